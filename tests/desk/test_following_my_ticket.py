"""A customer's own pages: the list, the trace in plain words, adding to it."""

import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from community import actions as community
from desk import actions, queries
from desk.models import Ticket, TicketState
from tests.desk.conftest import OFFICIAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def browser(asker, client_of):
    return client_of(asker)


def words_of(page):
    return re.findall(r'class="trace-word"[^>]*>([^<]+)<', page.content.decode())


def test_somebody_without_tickets_reads_what_tickets_are(browser, site):
    page = browser.get("/en/tickets/")

    assert page.status_code == 200
    assert b"No tickets" in page.content
    assert b"/en/questions/ask/" in page.content


def test_the_list_says_who_has_it_and_when_we_answer(
    browser, ticket, private_ticket, desk_agent, clock
):
    actions.take(ticket=ticket, by=desk_agent, at=clock.now)

    text = browser.get("/en/tickets/").content.decode()

    assert "Tangwei is working on it." in text
    assert "Our answer is due by" in text
    assert ticket.get_absolute_url() in text
    assert ticket.question.get_absolute_url() in text
    assert private_ticket.subject in text


def test_the_trace_reads_in_plain_words(browser, ticket, desk_agent, clock):
    actions.take(ticket=ticket, by=desk_agent, at=clock.move(minutes=12))
    actions.add_internal_note(
        ticket=ticket, by=desk_agent, body="Difficult customer.", at=clock.now
    )
    actions.reply_to_asker(
        ticket=ticket, by=desk_agent, body="I found both charges.", at=clock.now
    )

    page = browser.get(ticket.get_absolute_url())

    assert words_of(page) == [
        "You asked",
        "It became a ticket",
        "Tangwei took it",
        "Tangwei wrote to you",
        "You say if it is solved",
    ]
    assert b"I found both charges." in page.content
    assert b"Difficult customer" not in page.content
    assert b"12 minutes later" in page.content


def test_only_the_thread_page_marks_its_trace_for_machines(browser, ticket):
    assert b"data-event" not in browser.get(ticket.get_absolute_url()).content


def test_the_official_answer_is_read_where_one_looks_for_it(
    browser, ticket, desk_agent, clock
):
    answer = actions.post_reply_to_thread(
        ticket=ticket, by=desk_agent, body=OFFICIAL, at=clock.now, resolve=True
    )

    text = browser.get(ticket.get_absolute_url()).content.decode()

    assert OFFICIAL in text
    assert f"{ticket.question.get_absolute_url()}#answer-{answer.pk}" in text
    assert "Open it again" in text


def test_a_customer_adds_something(browser, ticket, clock):
    page = browser.post(
        reverse("desk:reply", args=[ticket.reference]), {"body": "It happened again."}
    )

    assert (page.status_code, page.url) == (302, ticket.get_absolute_url())
    followed = browser.get(page.url).content.decode()
    assert "It happened again." in followed
    assert "Our team has your message." in followed


@pytest.mark.parametrize(
    ("body", "says"),
    [("", "required"), ("  ", "required"), ("x" * 30_001, "1 character too long")],
)
def test_what_cannot_be_sent_stays_in_the_form(browser, ticket, body, says):
    page = browser.post(reverse("desk:reply", args=[ticket.reference]), {"body": body})

    assert page.status_code == 400
    assert says in page.content.decode()
    if body.strip():
        assert body in page.content.decode()
    assert not ticket.messages.exists()


def test_extra_fields_are_ignored(browser, ticket, asker, stranger):
    browser.post(
        reverse("desk:reply", args=[ticket.reference]),
        {
            "body": "Hello?",
            "kind": "note",
            "author": stranger.pk,
            "state": "closed",
            "assignee": asker.pk,
            "priority": 1,
            "resolve": "on",
            "at": "2001-01-01",
        },
    )

    ticket.refresh_from_db()
    message = ticket.messages.get()
    assert (message.author, message.kind) == (asker, "from_asker")
    assert (ticket.state, ticket.assignee, ticket.priority) == ("new", None, 3)


def test_a_customer_says_it_is_solved_and_opens_it_again(browser, ticket):
    browser.post(reverse("desk:solved", args=[ticket.reference]))
    ticket.refresh_from_db()
    assert ticket.state == TicketState.RESOLVED

    browser.post(reverse("desk:reopen", args=[ticket.reference]))
    ticket.refresh_from_db()
    assert ticket.is_open


def test_writing_to_our_team_in_private(browser, asker, site):
    page = browser.post(
        "/en/tickets/new/", {"subject": "Wrong bill", "body": "58 yuan too much."}
    )

    ticket = Ticket.objects.get()
    assert page.url == ticket.get_absolute_url()
    assert (ticket.requester, ticket.subject) == (asker, "Wrong bill")
    assert words_of(browser.get(page.url))[0] == "You wrote to us"


def test_a_private_ticket_that_says_nothing_is_refused_with_what_was_typed(
    browser, site
):
    page = browser.post("/en/tickets/new/", {"subject": "x", "body": "I typed this."})

    assert page.status_code == 400
    text = page.content.decode()
    assert "at least 4 characters" in text
    assert "I typed this." in text
    assert not Ticket.objects.exists()


def test_a_second_click_sends_nothing_twice(browser, ticket, asker, site):
    reply = reverse("desk:reply", args=[ticket.reference])
    for _click in range(2):
        browser.post(reply, {"body": "It happened again."})
        made = browser.post(
            reverse("desk:new"), {"subject": "My bill", "body": "Charged twice."}
        )
    browser.post(reply, {"body": "And again today."})
    browser.post(reply, {"body": "It happened again."})

    assert [one.body for one in ticket.messages.order_by("pk")] == [
        "It happened again.",
        "And again today.",
        "It happened again.",
    ]
    private = Ticket.objects.get(question=None)
    assert made.url == private.get_absolute_url()
    assert private.messages.count() == 1


@pytest.fixture
def screenshot(browser):
    """What the editor of a ticket gets for a picture: its address and its Markdown."""
    raw = BytesIO()
    Image.new("RGB", (8, 6), "teal").save(raw, "PNG")
    bill = SimpleUploadedFile("bill.png", raw.getvalue(), "image/png")
    return browser.post(
        reverse("community:private_uploads"),
        {"picture": bill},
        HTTP_ACCEPT="application/json",
    ).json()


def write_about(browser, screenshot):
    body = f"Look: {screenshot['markdown']}"
    return browser.post(reverse("desk:new"), {"subject": "My bill", "body": body}).url


def test_a_screenshot_goes_with_a_message(browser, site, screenshot):
    form = browser.get(reverse("desk:new")).content.decode()
    ticket = write_about(browser, screenshot)

    assert f'data-upload="{reverse("community:private_uploads")}"' in form
    assert 'data-mark="picture"' in form
    assert f'src="{screenshot["url"]}"' in browser.get(ticket).content.decode()


def test_only_the_customer_and_our_team_see_the_screenshot(
    browser, site, screenshot, desk_agent, stranger, client, client_of
):
    address = screenshot["url"]
    write_about(browser, screenshot)
    # Who heard of the address gains nothing by writing it to us as well.
    write_about(client_of(stranger), screenshot)

    seen = browser.get(address)

    assert (seen.status_code, seen["Cache-Control"]) == (200, "private, no-store")
    assert client_of(desk_agent).get(address).status_code == 200
    assert client_of(stranger).get(address).status_code == 404
    assert client.get(address).status_code == 404
    sideways = address.replace("uploads/private/", "uploads/x/../private/")
    assert client.get(sideways).status_code == 404


def test_a_customer_sees_the_screenshot_our_team_sends(
    browser, private_ticket, desk_agent, stranger, client_of, clock
):
    raw = BytesIO()
    Image.new("RGB", (8, 6), "teal").save(raw, "PNG")
    made = community.attach_picture(
        person=desk_agent,
        upload=SimpleUploadedFile("menu.png", raw.getvalue(), "image/png"),
        is_private=True,
        at=clock.now,
    )
    picture = f"![]({made.file.url})"
    note, reply = actions.add_internal_note, actions.reply_to_asker

    note(ticket=private_ticket, by=desk_agent, body=f"Is it {picture}?", at=clock.now)
    assert browser.get(made.file.url).status_code == 404
    reply(ticket=private_ticket, by=desk_agent, body=f"Here: {picture}", at=clock.now)

    assert browser.get(made.file.url).status_code == 200
    assert client_of(stranger).get(made.file.url).status_code == 404


def test_a_question_that_left_the_public_is_not_linked(
    browser, ticket, moderator, client_of, desk_agent, clock
):
    address = ticket.question.get_absolute_url()
    pages = {
        ticket.get_absolute_url(): browser,
        ticket.get_desk_url(): client_of(desk_agent),
    }
    for url, reader in pages.items():
        assert f'href="{address}"' in reader.get(url).content.decode()

    community.delete(person=moderator, post=ticket.question, at=clock.now)

    for url, reader in pages.items():
        assert address not in reader.get(url).content.decode()
    text = browser.get(ticket.get_absolute_url()).content.decode()
    assert "The question is not public any more." in text


def test_the_button_in_the_thread_hands_it_over(browser, thread, asker, clock):
    from community.models import Question

    Question.objects.filter(pk=thread.pk).update(cycle_started_at=clock.move(hours=-3))

    page = browser.post(reverse("desk:ask_our_team", args=[thread.pk]))

    assert page.url == Ticket.objects.get().get_absolute_url()


def test_the_thread_says_to_visitors_only_that_our_team_has_it(
    client, browser, ticket, thread
):
    seen_by_visitor = client.get(thread.get_absolute_url())
    seen_by_asker = browser.get(thread.get_absolute_url())

    assert "Our team has it since" in seen_by_visitor.content.decode()
    assert ticket.get_absolute_url() not in seen_by_visitor.content.decode()
    assert ticket.get_absolute_url() in seen_by_asker.content.decode()
    assert "csrfmiddlewaretoken" not in seen_by_visitor.content.decode()


def test_the_asker_reads_in_the_thread_when_our_team_comes(browser, client, thread):
    mine = browser.get(thread.get_absolute_url()).content.decode()
    anybody = client.get(thread.get_absolute_url()).content.decode()

    assert "If nobody answers, our team takes it at" in mine
    assert "You can ask our team yourself from" in mine
    assert "our team takes it at" not in anybody


def test_a_service_agent_finds_the_button_in_others_threads(thread, agent, client_of):
    text = client_of(agent).get(thread.get_absolute_url()).content.decode()

    assert "Ask our team" in text


def test_a_number_is_found_however_it_is_typed(browser, ticket):
    Ticket.objects.filter(pk=ticket.pk).update(reference="0A1B2C3D")

    assert browser.get("/en/tickets/oalb2c3d/").status_code == 200


def test_tickets_are_stored_by_nobody_on_the_way(browser, ticket):
    for address in ("/en/tickets/", "/en/tickets/new/", ticket.get_absolute_url()):
        said = browser.get(address)["Cache-Control"]
        assert "private" in said
        assert "no-store" in said


def test_a_long_story_costs_no_more_queries(
    ticket, asker, desk_agent, clock, django_assert_max_num_queries
):
    for number in range(12):
        actions.reply_to_asker(
            ticket=ticket, by=desk_agent, body=f"Step {number}.", at=clock.now
        )
        actions.write_to_us(ticket=ticket, by=asker, body=f"Ok {number}.", at=clock.now)
    found = queries.find_ticket(ticket.reference, asker)

    with django_assert_max_num_queries(5 + 2):  # and what the asker may do
        queries.ticket_page(found, asker, clock.now)


def test_many_tickets_cost_no_more_queries(
    make_thread, asker, desk_agent, clock, django_assert_num_queries
):
    for _ in range(4):
        thread = make_thread(at=clock.move(hours=1))
        actions.open_ticket(question=thread, by=desk_agent, at=clock.now)

    with django_assert_num_queries(1):
        page = queries.my_tickets(asker, clock.now)
        assert [row.ticket.question.circle.name for row in page.object_list] == [
            "General"
        ] * 4


def test_a_notification_reads_in_the_readers_language(ticket, asker, clock):
    from people.models import Person
    from people.queries import sentence_of

    told = asker.notifications.get(kind="ticket_opened")
    assert sentence_of(told, "en") == (
        f"Our team has your question “{ticket.subject}” now, "
        f"as ticket {ticket.reference}"
    )
    assert "工单" in sentence_of(told, "zh-hans")
    assert Person.objects.get(pk=asker.pk).notifications.count() == 1
