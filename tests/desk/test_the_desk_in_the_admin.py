"""Our team's screens: the queues, a ticket, rules and queues, the first page."""

from datetime import timedelta

import pytest
from django.urls import reverse

from desk import actions, queries
from desk.models import EscalationRule, Queue, Ticket, TicketState
from desk.queries import Filters
from tests.desk.conftest import OFFICIAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(desk_agent, client_of):
    return client_of(desk_agent)


@pytest.fixture
def managers_browser(manager, client_of):
    return client_of(manager)


def step(name, ticket):
    return reverse(f"desk_admin:{name}", args=[ticket.reference])


def listed(person, at, **wanted):
    page = queries.queue_page(person, Filters(**wanted), at).page
    return [row.ticket for row in page.object_list]


def test_what_is_due_soonest_stands_first(
    make_thread, make_person, desk_agent, clock, browser
):
    late = make_thread(by=make_person("zhang"))
    later = make_thread(by=make_person("wang"))
    tickets = [
        actions.open_ticket(question=thread, by=desk_agent, at=clock.move(hours=1))
        for thread in (late, later)
    ]
    waiting = actions.open_private_ticket(
        person=late.author, subject="My bill", body="Wrong.", at=clock.now
    )
    actions.reply_to_asker(
        ticket=waiting, by=desk_agent, body="Which?", at=clock.now, ask_back=True
    )

    assert listed(desk_agent, clock.now) == [*tickets, waiting]
    text = browser.get(reverse("desk_admin:inbox")).content.decode()
    assert text.index(tickets[0].reference) < text.index(tickets[1].reference)
    assert "waiting for the customer" in text


def test_the_queues_are_filtered(
    ticket, private_ticket, desk_agent, manager, clock, browser
):
    bills = Queue.objects.create(slug="bills", name_en="Bills", name_zh="账务组")
    actions.route(
        ticket=private_ticket, queue=bills, priority=1, by=desk_agent, at=clock.now
    )
    actions.take(ticket=ticket, by=desk_agent, at=clock.now)
    at = clock.move(hours=1)

    assert listed(desk_agent, at, queue=bills) == [private_ticket]
    assert listed(desk_agent, at, mine=True) == [ticket]
    assert listed(manager, at, mine=True) == []
    assert listed(desk_agent, at, unassigned=True) == [private_ticket]
    assert listed(desk_agent, at, overdue=True) == [private_ticket]
    assert listed(desk_agent, at, state=TicketState.IN_PROGRESS) == [ticket]
    assert listed(desk_agent, at, words=ticket.reference.lower()) == [ticket]
    assert listed(desk_agent, at, words="cancelling") == [private_ticket]
    text = browser.get(
        reverse("desk_admin:inbox"), {"queue": "bills", "state": "new"}
    ).content.decode()
    assert private_ticket.reference in text
    assert ticket.reference not in text


def test_filters_that_make_no_sense_are_passed_over(browser, ticket):
    for asked in (
        {"state": "burning", "queue": "nowhere", "mine": "[]"},
        {"state": ["new", "closed"], "words": "\u202e" * 3},
    ):
        assert browser.get(reverse("desk_admin:inbox"), asked).status_code == 200
    assert browser.get(reverse("desk_admin:inbox"), {"page": "0"}).status_code == 404


def test_ended_tickets_are_found_when_asked_for(ticket, desk_agent, clock):
    actions.close(ticket=ticket, by=desk_agent, at=clock.now)

    assert listed(desk_agent, clock.now) == []
    assert listed(desk_agent, clock.now, state="closed") == [ticket]
    assert listed(desk_agent, clock.now, words=ticket.reference) == [ticket]


def test_a_ticket_is_worked_on_from_its_page(browser, ticket, thread, desk_agent):
    browser.post(step("take", ticket))
    browser.post(step("write", ticket), {"to": "note", "body": "Third case this week."})
    browser.post(
        step("write", ticket),
        {"to": "customer", "body": "Which day was it?", "after": "ask_back"},
    )
    page = browser.get(ticket.get_desk_url())

    text = page.content.decode()
    assert "Third case this week." in text
    assert "Which day was it?" in text
    assert thread.body in text
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.state) == (desk_agent, "waiting_customer")


def test_the_official_answer_is_posted_and_settles_the_thread(browser, ticket, thread):
    page = browser.post(
        step("write", ticket), {"to": "official", "body": OFFICIAL, "after": "resolve"}
    )

    assert page.url == ticket.get_desk_url()
    thread.refresh_from_db()
    ticket.refresh_from_db()
    assert (thread.status, ticket.state) == ("solved", TicketState.RESOLVED)
    assert OFFICIAL in browser.get(thread.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({"to": "official", "body": "Short."}, "at least 20 characters"),
        ({"to": "customer", "body": ""}, "required"),
        ({"to": "everybody", "body": "Hello."}, "not one of the available"),
        ({"to": "note", "body": "x" * 30_001}, "1 character too long"),
    ],
)
def test_what_cannot_be_sent_stays_with_what_was_typed(browser, ticket, sent, says):
    page = browser.post(step("write", ticket), sent)

    assert page.status_code == 400
    text = page.content.decode()
    assert says in text
    assert sent["body"] in text
    ticket.refresh_from_db()
    assert ticket.event_count == 1


def test_a_note_can_be_read_by_nobody_but_our_team(
    browser, ticket, asker, stranger, client_of
):
    browser.post(step("write", ticket), {"to": "note", "body": "secretword here"})

    for page in (
        client_of(asker).get(ticket.get_absolute_url()),
        client_of(asker).get(ticket.question.get_absolute_url()),
        client_of(stranger).get(ticket.question.get_absolute_url()),
    ):
        assert b"secretword" not in page.content


def test_a_ticket_is_handed_over_routed_closed_and_reopened(
    browser, ticket, manager, front_desk
):
    browser.post(step("assign", ticket), {"to": manager.pk})
    browser.post(step("route", ticket), {"queue": front_desk.pk, "priority": 2})
    browser.post(step("close", ticket), {"note": "Nothing we can do, sorry."})
    ticket.refresh_from_db()
    assert (ticket.assignee, ticket.priority) == (manager, 2)
    assert ticket.state == TicketState.CLOSED

    browser.post(step("reopen", ticket))
    ticket.refresh_from_db()
    assert ticket.is_open


def test_a_refused_change_says_why_on_the_same_page(browser, ticket, manager, clock):
    actions.take(ticket=ticket, by=manager, at=clock.now)

    page = browser.post(step("take", ticket), follow=True)

    assert "Guolan has this ticket already" in page.content.decode()


def test_choices_from_nowhere_change_nothing(browser, ticket, stranger):
    for name, sent in (
        ("assign", {"to": stranger.pk}),
        ("assign", {"to": "[]"}),
        ("route", {"queue": "999", "priority": "1"}),
        ("route", {"queue": "1", "priority": "nine"}),
    ):
        page = browser.post(step(name, ticket), sent, follow=True)
        assert "nothing was changed" in page.content.decode()
    ticket.refresh_from_db()
    assert ticket.event_count == 1


def test_the_first_page_says_what_waits(browser, ticket, private_ticket, clock):
    Ticket.objects.filter(pk=ticket.pk).update(due_at=clock.now - timedelta(hours=1))

    text = browser.get("/admin/").content.decode()

    assert "late or nearly so" in text
    counts = queries.counts(ticket.requester, clock.now)
    assert counts == (2, 2, 0, 1, 1)


def test_other_staff_see_no_desk_on_the_first_page(moderator, client_of, ticket):
    first_page = client_of(moderator).get("/admin/")

    assert first_page.status_code == 200
    assert "late or nearly so" not in first_page.content.decode()


def test_managers_edit_rules_and_the_next_thread_obeys(
    managers_browser, make_thread, unanswered, clock
):
    address = reverse("desk_rules:edit", args=[unanswered.pk])
    assert managers_browser.get(address).status_code == 200

    page = managers_browser.post(
        address,
        {
            "kind": "unanswered",
            "hours": 3,
            "is_enabled": "on",
            "language": "",
            "priority": 2,
            "queue": "",
            "position": 0,
        },
    )

    assert page.status_code == 302
    unanswered.refresh_from_db()
    assert (unanswered.hours, unanswered.version) == (3, 2)
    make_thread()
    assert actions.run_escalations(at=clock.move(hours=3)).opened == 1


def test_a_rule_gives_members_at_least_an_hour(managers_browser, unanswered):
    page = managers_browser.post(
        reverse("desk_rules:edit", args=[unanswered.pk]),
        {"kind": "unanswered", "hours": 0, "priority": 3, "position": 0},
    )

    assert "at least one hour" in page.content.decode()
    unanswered.refresh_from_db()
    assert unanswered.hours == 24


def test_managers_make_rules_and_queues(managers_browser, circle):
    managers_browser.post(
        reverse("desk_queues:add"),
        {
            "name_en": "Bills",
            "name_zh": "账务组",
            "slug": "bills",
            "circles": [circle.pk],
            "position": 1,
        },
    )
    bills = Queue.objects.get(slug="bills")
    managers_browser.post(
        reverse("desk_rules:add"),
        {
            "kind": "unaccepted",
            "hours": 12,
            "is_enabled": "on",
            "circles": [circle.pk],
            "language": "zh-hans",
            "priority": 1,
            "queue": bills.pk,
            "position": 9,
        },
    )

    rule = EscalationRule.objects.get(position=9)
    assert (rule.queue, rule.language) == (bills, "zh-hans")
    assert list(rule.circles.all()) == list(bills.circles.all()) == [circle]


def test_what_tickets_refer_to_cannot_be_deleted(
    managers_browser, ticket, thread, unanswered, front_desk, desk_agent, clock
):
    actions.close(ticket=ticket, by=desk_agent, at=clock.now)
    actions.run_escalations(at=clock.move(days=3))
    spare = EscalationRule.objects.create(kind="unanswered", hours=99)

    for address in (
        reverse("desk_rules:delete", args=[unanswered.pk]),
        reverse("desk_queues:delete", args=[front_desk.pk]),
        reverse("desk_rules:delete", args=[spare.pk]),
    ):
        managers_browser.post(address)

    assert EscalationRule.objects.filter(pk=unanswered.pk).exists()
    assert Queue.objects.filter(pk=front_desk.pk).exists()
    assert not EscalationRule.objects.filter(pk=spare.pk).exists()


def test_only_managers_edit_rules_and_queues(
    desk_agent, moderator, editor, client_of, unanswered, front_desk
):
    for person in (desk_agent, moderator, editor):
        browser = client_of(person)
        for address in (
            reverse("desk_rules:index"),
            reverse("desk_rules:add"),
            reverse("desk_rules:edit", args=[unanswered.pk]),
            reverse("desk_queues:edit", args=[front_desk.pk]),
        ):
            assert browser.get(address).status_code in (302, 403, 404)
            browser.post(address, {"kind": "unanswered", "hours": 1})
    unanswered.refresh_from_db()
    assert (unanswered.hours, unanswered.version) == (24, 1)
    assert EscalationRule.objects.count() == 3


def test_the_first_page_leads_into_each_busy_queue(
    browser, ticket, private_ticket, front_desk, desk_agent, clock
):
    bills = Queue.objects.create(slug="bills", name_en="Bills", name_zh="账单")
    Queue.objects.create(slug="idle", name_en="Idle", name_zh="空闲")
    Ticket.objects.filter(pk=private_ticket.pk).update(
        queue=bills, due_at=clock.now - timedelta(hours=1)
    )
    closed = actions.open_private_ticket(
        person=desk_agent, subject="Done", body="It is done.", at=clock.now
    )
    actions.close(ticket=closed, by=desk_agent, at=clock.now)

    page = browser.get("/admin/").text

    busy = queries.busy_queues(clock.now)
    assert {(one.slug, one.waiting, one.late) for one in busy} == {
        (front_desk.slug, 1, 0),
        ("bills", 1, 1),
    }
    assert "/admin/desk/?queue=bills" in page
    assert "1 open, 1 late" in page
    assert "Idle" not in page


def test_a_desk_without_tickets_says_where_they_come_from(browser, site):
    assert "No ticket is open." in browser.get("/admin/").text


def test_a_longer_list_costs_no_more_queries(
    make_thread, make_person, desk_agent, clock, django_assert_num_queries
):
    for number in range(5):
        thread = make_thread(by=make_person(f"customer{number}"))
        actions.open_ticket(question=thread, by=desk_agent, at=clock.now)

    with django_assert_num_queries(2):
        page = queries.queue_page(desk_agent, Filters(), clock.now).page
        assert len({row.ticket.requester.name for row in page.object_list}) == 5


def test_a_longer_conversation_costs_no_more_queries(
    ticket, asker, desk_agent, make_answer, clock, django_assert_max_num_queries
):
    make_answer()
    for number in range(8):
        words = {"ticket": ticket, "by": desk_agent, "at": clock.now}
        actions.add_internal_note(body=f"Note {number}.", **words)
        actions.reply_to_asker(body=f"Reply {number}.", **words)
    found = queries.find_ticket(ticket.reference, desk_agent)

    with django_assert_max_num_queries(10):  # nine, and the body of the question
        page = queries.staff_ticket_page(found, desk_agent, clock.now)
    assert len(page.lines) == 1 + 2 + 16
