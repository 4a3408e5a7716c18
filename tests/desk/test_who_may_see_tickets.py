"""Somebody else's ticket is not there: not to read, not to write, not to guess."""

import pytest
from django.test import Client
from django.urls import reverse

from common.errors import NotAllowed
from desk import actions, errors, queries
from desk.models import Queue, Ticket, TicketEvent

pytestmark = pytest.mark.django_db

LOGIN = "/accounts/login/"


@pytest.fixture
def browsers(asker, stranger, agent, moderator, editor, desk_agent, client_of):
    people = {
        "requester": asker,
        "member": stranger,
        "agent": agent,
        "moderator": moderator,
        "editor": editor,
        "desk": desk_agent,
    }
    return {who: client_of(person) for who, person in people.items()} | {
        "anonymous": Client()
    }


def outcome(response):
    """What a person gets: a status, or the sign-in page."""
    if response.status_code in (301, 302) and LOGIN in response.url:
        return "login"
    return response.status_code


def outcomes(browsers, method, address, data=None):
    return {
        who: outcome(getattr(browser, method)(address, data or {}))
        for who, browser in browsers.items()
    }


NOT_THERE = {"member": 404, "agent": 404, "moderator": 404, "editor": 404}


def test_a_ticket_is_read_by_its_customer_and_the_desk(browsers, ticket):
    address = ticket.get_absolute_url()

    assert outcomes(browsers, "get", address) == NOT_THERE | {
        "requester": 200,
        "desk": 200,
        "anonymous": "login",
    }


def test_what_is_not_there_looks_like_what_is_not_yours(browsers, ticket):
    missing = reverse("desk:ticket", args=["00000000"])

    somebody_elses = browsers["member"].get(ticket.get_absolute_url())
    nobodys = browsers["member"].get(missing)

    assert somebody_elses.status_code == nobodys.status_code == 404


@pytest.mark.parametrize("step", ["reply", "solved", "reopen"])
def test_nobody_else_writes_in_closes_or_reopens_a_ticket(browsers, ticket, step):
    address = reverse(f"desk:{step}", args=[ticket.reference])
    others = {who: browsers[who] for who in (*NOT_THERE, "anonymous")}
    before = TicketEvent.objects.count()

    got = outcomes(others, "post", address, {"body": "Let me in."})

    assert got == NOT_THERE | {"anonymous": "login"}
    assert TicketEvent.objects.count() == before


def test_our_team_does_not_speak_as_the_customer(browsers, ticket, desk_agent, clock):
    address = reverse("desk:reply", args=[ticket.reference])

    assert browsers["desk"].post(address, {"body": "I am you."}).status_code == 403
    with pytest.raises(errors.OnlyTheCustomer):
        actions.say_it_is_solved(ticket=ticket, by=desk_agent, at=clock.now)


def test_the_desk_is_for_the_desk(browsers, ticket):
    """Members come no further than the admin's door; other staff find nothing."""
    for address in (reverse("desk_admin:inbox"), ticket.get_desk_url()):
        got = outcomes(browsers, "get", address)

        assert got == {
            "desk": 200,
            "moderator": 404,
            "editor": 404,
            "requester": 404,
            "member": 404,
            "agent": 404,
            "anonymous": "login",
        }


STAFF_STEPS = {
    "write": {"to": "note", "body": "Let me in.", "after": ""},
    "take": {},
    "assign": {"to": "1"},
    "route": {"queue": "1", "priority": "1"},
    "close": {},
    "reopen": {},
}


@pytest.mark.parametrize("step", STAFF_STEPS)
def test_nobody_but_the_desk_works_on_a_ticket(browsers, ticket, step):
    address = reverse(f"desk_admin:{step}", args=[ticket.reference])
    before = Ticket.objects.values().get()

    others = {who: browsers[who] for who in browsers if who != "desk"}
    got = outcomes(others, "post", address, STAFF_STEPS[step])

    assert got == {
        "moderator": 404,
        "editor": 404,
        "requester": 404,
        "member": 404,
        "agent": 404,
        "anonymous": "login",
    }
    assert Ticket.objects.values().get() == before
    assert not ticket.messages.exists()


@pytest.mark.parametrize("step", ["reply", "solved", "reopen"])
def test_nothing_changes_by_opening_an_address(browsers, ticket, step):
    address = reverse(f"desk:{step}", args=[ticket.reference])

    for who in ("requester", "desk", "member"):
        assert browsers[who].get(address).status_code == 405
    assert ticket.events.count() == 1


@pytest.mark.parametrize("step", STAFF_STEPS)
def test_nothing_changes_by_opening_an_address_of_the_desk(browsers, ticket, step):
    address = reverse(f"desk_admin:{step}", args=[ticket.reference])

    assert browsers["desk"].get(address).status_code == 405
    assert ticket.events.count() == 1


def test_every_form_needs_its_token(ticket, thread, asker, desk_agent):
    customer, colleague = (
        Client(enforce_csrf_checks=True),
        Client(enforce_csrf_checks=True),
    )
    backend = "django.contrib.auth.backends.ModelBackend"
    customer.force_login(asker, backend)
    colleague.force_login(desk_agent, backend)
    mine = [
        reverse(f"desk:{step}", args=[ticket.reference])
        for step in ("reply", "solved", "reopen")
    ]
    mine += [reverse("desk:new"), reverse("desk:ask_our_team", args=[thread.pk])]
    ours = [
        reverse(f"desk_admin:{step}", args=[ticket.reference]) for step in STAFF_STEPS
    ]

    statuses = {customer.post(address).status_code for address in mine}
    statuses |= {colleague.post(address).status_code for address in ours}

    assert statuses == {403}


def test_actions_ask_for_themselves_whoever_calls_them(
    ticket, asker, stranger, moderator, desk_agent, front_desk, clock
):
    work = {"ticket": ticket, "at": clock.now}
    bills = Queue.objects.create(slug="bills", name_en="Bills", name_zh="账务组")
    staff_only = [
        lambda by: actions.take(by=by, **work),
        lambda by: actions.assign(by=by, to=desk_agent, **work),
        lambda by: actions.route(by=by, queue=bills, priority=1, **work),
        lambda by: actions.add_internal_note(by=by, body="x", **work),
        lambda by: actions.reply_to_asker(by=by, body="x", **work),
        lambda by: actions.post_reply_to_thread(by=by, body="x" * 30, **work),
        lambda by: actions.close(by=by, **work),
    ]
    customer_only = [
        lambda by: actions.write_to_us(by=by, body="x", **work),
        lambda by: actions.say_it_is_solved(by=by, **work),
    ]

    for act in [*staff_only, *customer_only, lambda by: actions.reopen(by=by, **work)]:
        for person in (stranger, moderator):
            with pytest.raises(errors.NoSuchTicket):
                act(person)
    for act in staff_only:
        with pytest.raises(NotAllowed):
            act(asker)
    for act in customer_only:
        with pytest.raises(NotAllowed):
            act(desk_agent)
    ticket.refresh_from_db()
    assert (ticket.state, ticket.event_count) == ("new", 1)


def test_lists_hold_only_what_one_may_see(ticket, private_ticket, stranger, clock):
    assert queries.my_tickets(stranger, clock.now).object_list == []
    with pytest.raises(Ticket.DoesNotExist):
        queries.find_ticket(ticket.reference, stranger)


def test_signed_in_members_read_in_a_thread_what_visitors_read(
    browsers, ticket, thread
):
    text = browsers["member"].get(thread.get_absolute_url()).content.decode()

    assert "Our team has it since" in text
    assert f"/tickets/{ticket.reference}" not in text
    assert f"/admin/desk/{ticket.reference}" not in text


def test_handing_over_a_thread_one_cannot_read_finds_nothing(
    thread, stranger, moderator, client_of, clock
):
    from community import actions as community

    community.hide_post(post=thread, by=moderator, at=clock.now)
    address = reverse("desk:ask_our_team", args=[thread.pk])

    assert client_of(stranger).post(address).status_code == 404
    assert Client().post(address).status_code == 302
    assert not Ticket.objects.exists()


def test_handing_over_a_thread_of_somebody_else_is_refused_with_a_sentence(
    thread, stranger, client_of
):
    address = reverse("desk:ask_our_team", args=[thread.pk])

    page = client_of(stranger).post(address)

    assert page.status_code == 403
    assert "say “me too”" in page.content.decode()
