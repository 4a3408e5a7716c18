"""Our team takes, hands over, notes, replies, answers in public, closes, re-opens."""

from datetime import timedelta

import pytest

from common.text import TextTooLong, UnprintableText
from community import actions as community
from community.models import Answer
from desk import actions, errors, numbers
from desk.models import Priority, Queue, Ticket, TicketMessage, TicketState
from desk.models.tickets import ALPHABET, reference_from
from tests.conftest import PASSWORD
from tests.desk.conftest import OFFICIAL

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(make_staff):
    return make_staff("chenyu", "Desk")


def test_a_colleague_takes_a_ticket(ticket, desk_agent, clock, story_of):
    taken = actions.take(ticket=ticket, by=desk_agent, at=clock.now)
    actions.take(ticket=ticket, by=desk_agent, at=clock.now)

    assert (taken.assignee, taken.state) == (desk_agent, TicketState.IN_PROGRESS)
    assert story_of(ticket) == ["opened", "taken"]


def test_the_second_to_take_it_hears_who_has_it(ticket, desk_agent, colleague, clock):
    actions.take(ticket=ticket, by=desk_agent, at=clock.now)

    with pytest.raises(errors.TakenByAnother, match="Tangwei has this ticket"):
        actions.take(ticket=ticket, by=colleague, at=clock.now)


def test_a_ticket_is_handed_over(ticket, desk_agent, colleague, clock, told):
    actions.take(ticket=ticket, by=desk_agent, at=clock.now)

    handed = actions.assign(ticket=ticket, to=colleague, by=desk_agent, at=clock.now)

    assert (handed.assignee, handed.state) == (colleague, TicketState.ASSIGNED)
    assert told(colleague) == ["ticket_assigned"]
    begun = actions.take(ticket=ticket, by=colleague, at=clock.now)
    assert begun.state == TicketState.IN_PROGRESS


def test_only_the_desk_can_be_handed_a_ticket(
    ticket, desk_agent, moderator, asker, clock
):
    for person in (moderator, asker):
        with pytest.raises(errors.NotOnTheDesk):
            actions.assign(ticket=ticket, to=person, by=desk_agent, at=clock.now)

    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_a_ticket_moves_to_another_queue_and_priority(
    ticket, desk_agent, clock, story_of
):
    bills = Queue.objects.create(slug="bills", name_en="Bills", name_zh="账务组")

    moved = actions.route(
        ticket=ticket,
        queue=bills,
        priority=Priority.HIGH,
        by=desk_agent,
        at=clock.move(hours=1),
    )

    assert (moved.queue, moved.priority) == (bills, Priority.HIGH)
    assert moved.due_at == ticket.opened_at + timedelta(hours=2)
    assert story_of(ticket) == ["opened", "routed"]


def test_a_note_is_for_colleagues_only(ticket, desk_agent, asker, clock, told):
    note = actions.add_internal_note(
        ticket=ticket, by=desk_agent, body="Third case this week.", at=clock.now
    )

    assert note.kind == TicketMessage.Kind.NOTE
    assert not ticket.events.get(kind="noted").is_public
    assert told(asker) == ["ticket_opened"]
    ticket.refresh_from_db()
    assert ticket.state == TicketState.NEW


def test_a_reply_reaches_the_asker_alone(
    ticket, thread, desk_agent, asker, clock, told
):
    actions.reply_to_asker(
        ticket=ticket, by=desk_agent, body="I found **both** charges.", at=clock.now
    )

    ticket.refresh_from_db()
    assert (ticket.state, ticket.assignee) == (TicketState.ANSWERED, desk_agent)
    assert ticket.first_answered_at == clock.now
    assert ticket.due_at is None
    assert told(asker) == ["ticket_opened", "ticket_replied"]
    assert not Answer.objects.filter(question=thread).exists()
    assert ticket.messages.get().html == (
        "<p>I found <strong>both</strong> charges.</p>"
    )


def test_asking_back_waits_for_the_customer_and_their_word_wakes_us(
    ticket, desk_agent, asker, clock, told
):
    actions.reply_to_asker(
        ticket=ticket, by=desk_agent, body="Which day?", at=clock.now, ask_back=True
    )
    ticket.refresh_from_db()
    assert (ticket.state, ticket.due_at) == (TicketState.WAITING_CUSTOMER, None)

    actions.write_to_us(ticket=ticket, by=asker, body="Monday.", at=clock.move(hours=9))

    ticket.refresh_from_db()
    assert ticket.state == TicketState.IN_PROGRESS
    assert ticket.due_at == clock.now + timedelta(hours=8)
    assert told(desk_agent)[-1] == "ticket_written"


def test_writing_more_does_not_put_off_the_promise(ticket, asker, clock):
    promised = ticket.due_at

    actions.write_to_us(ticket=ticket, by=asker, body="Hello?", at=clock.move(hours=3))

    ticket.refresh_from_db()
    assert (ticket.state, ticket.due_at) == (TicketState.NEW, promised)


def test_the_reply_becomes_the_official_answer_and_settles_both(
    ticket, thread, desk_agent, clock, story_of, trace_of
):
    answer = actions.post_reply_to_thread(
        ticket=ticket, by=desk_agent, body=OFFICIAL, at=clock.now, resolve=True
    )

    ticket.refresh_from_db()
    thread.refresh_from_db()
    assert (answer.voice, answer.ticket_reference) == ("official", ticket.reference)
    assert (ticket.state, ticket.closed_at) == (TicketState.RESOLVED, clock.now)
    assert ticket.first_answered_at == clock.now
    assert (thread.status, thread.with_staff_since) == ("solved", None)
    assert story_of(ticket) == ["opened", "official_answer", "resolved"]
    assert trace_of(thread) == [
        "asked",
        "escalated",
        "ticket_opened",
        "official_answer",
        "solved",
    ]


def test_an_official_answer_may_leave_the_ticket_open(
    ticket, thread, desk_agent, clock
):
    actions.post_reply_to_thread(
        ticket=ticket, by=desk_agent, body=OFFICIAL, at=clock.now
    )

    ticket.refresh_from_db()
    thread.refresh_from_db()
    assert (ticket.state, ticket.due_at) == (TicketState.ANSWERED, None)
    assert (thread.status, thread.solved_at) == ("ticket", None)


def test_an_official_answer_from_the_thread_itself_counts_as_ours(
    ticket, thread, editor, clock, story_of
):
    community.post_official_answer(
        person=editor, question=thread, body=OFFICIAL, at=clock.now
    )

    ticket.refresh_from_db()
    # An editor does not work at the desk: the ticket stays nobody's.
    assert (ticket.state, ticket.assignee) == (TicketState.ANSWERED, None)
    assert story_of(ticket) == ["opened", "official_answer"]


def test_a_private_ticket_has_no_thread_to_answer_in(private_ticket, desk_agent, clock):
    with pytest.raises(errors.NoThreadToAnswer):
        actions.post_reply_to_thread(
            ticket=private_ticket, by=desk_agent, body=OFFICIAL, at=clock.now
        )


def test_a_private_ticket_is_answered_and_solved_in_one_go(
    private_ticket, desk_agent, asker, clock, told
):
    actions.reply_to_asker(
        ticket=private_ticket,
        by=desk_agent,
        body="58 yuan go back to your balance.",
        at=clock.now,
        resolve=True,
    )

    private_ticket.refresh_from_db()
    assert private_ticket.state == TicketState.RESOLVED
    assert told(asker) == ["ticket_replied"]


def test_peers_solve_the_thread_and_the_ticket_steps_back(
    ticket, thread, desk_agent, asker, make_answer, clock, story_of, told
):
    actions.take(ticket=ticket, by=desk_agent, at=clock.now)
    answer = make_answer(at=clock.move(hours=1))

    community.accept(person=asker, answer=answer, at=clock.move(hours=1))

    ticket.refresh_from_db()
    thread.refresh_from_db()
    assert (ticket.state, ticket.closed_at) == (TicketState.RESOLVED, clock.now)
    assert thread.with_staff_since is None
    assert story_of(ticket) == [
        "opened",
        "taken",
        "answered_in_thread",
        "solved_in_thread",
        "resolved",
    ]
    assert "ticket_solved_in_thread" in told(desk_agent)


def test_closing_tells_the_customer_why(ticket, desk_agent, asker, clock, told):
    closed = actions.close(
        ticket=ticket,
        by=desk_agent,
        at=clock.now,
        note="Only the maker of your phone can tell.",
    )

    assert closed.state == TicketState.CLOSED
    message = ticket.messages.get()
    assert ticket.events.get(kind="closed").data == {"message": message.pk}
    assert told(asker)[-1] == "ticket_closed"


def test_closing_as_solved_settles_the_thread_by_our_answer(
    ticket, thread, desk_agent, clock, trace_of
):
    actions.post_reply_to_thread(
        ticket=ticket, by=desk_agent, body=OFFICIAL, at=clock.now
    )

    actions.close(ticket=ticket, by=desk_agent, at=clock.move(days=2), resolved=True)

    thread.refresh_from_db()
    assert thread.status == "solved"
    assert trace_of(thread)[-2:] == ["official_answer", "solved"]


def test_the_customer_says_it_is_solved_and_accepts_our_answer_with_it(
    ticket, thread, asker, desk_agent, clock, trace_of
):
    answer = actions.post_reply_to_thread(
        ticket=ticket, by=desk_agent, body=OFFICIAL, at=clock.now
    )

    actions.say_it_is_solved(ticket=ticket, by=asker, at=clock.move(hours=1))

    thread.refresh_from_db()
    ticket.refresh_from_db()
    assert (ticket.state, thread.accepted_answer) == (TicketState.RESOLVED, answer)
    assert trace_of(thread)[-3:] == ["official_answer", "accepted", "solved"]


def test_it_solved_itself_frees_the_thread(ticket, thread, asker, clock):
    actions.say_it_is_solved(ticket=ticket, by=asker, at=clock.now)

    thread.refresh_from_db()
    assert (thread.with_staff_since, thread.solved_at) == (None, None)


def test_the_customer_reopens_within_fourteen_days(
    ticket, thread, asker, desk_agent, clock, trace_of, told
):
    actions.take(ticket=ticket, by=desk_agent, at=clock.now)
    actions.close(ticket=ticket, by=desk_agent, at=clock.now)
    at = clock.move(days=14)

    again = actions.reopen(ticket=ticket, by=asker, at=at)

    thread.refresh_from_db()
    assert (again.state, again.cycle) == (TicketState.ASSIGNED, 2)
    assert (again.closed_at, again.due_at) == (None, at + timedelta(hours=8))
    assert thread.with_staff_since == at
    assert trace_of(thread)[-1] == "ticket_opened"
    assert told(desk_agent)[-1] == "ticket_written"


def test_after_fourteen_days_only_our_team_reopens(ticket, asker, desk_agent, clock):
    actions.close(ticket=ticket, by=desk_agent, at=clock.now)
    at = clock.move(days=14, seconds=1)

    with pytest.raises(errors.TooLateToReopen):
        actions.reopen(ticket=ticket, by=asker, at=at)

    assert actions.reopen(ticket=ticket, by=desk_agent, at=at).is_open


def test_a_solved_thread_stays_solved_when_its_ticket_goes_on(
    ticket, thread, asker, desk_agent, clock, trace_of
):
    actions.post_reply_to_thread(
        ticket=ticket, by=desk_agent, body=OFFICIAL, at=clock.now, resolve=True
    )

    actions.reopen(ticket=ticket, by=asker, at=clock.move(days=1))

    thread.refresh_from_db()
    assert (thread.status, thread.with_staff_since) == ("solved", None)
    assert trace_of(thread)[-1] == "solved"
    community.reopen(person=asker, question=thread, at=clock.move(hours=1))
    thread.refresh_from_db()
    assert thread.status == "ticket"
    assert trace_of(thread)[-2:] == ["unaccepted", "ticket_opened"]


def test_an_older_ticket_stays_closed_while_a_newer_is_open(
    ticket, thread, desk_agent, clock
):
    actions.close(ticket=ticket, by=desk_agent, at=clock.now)
    newer = actions.open_ticket(question=thread, by=desk_agent, at=clock.now)

    with pytest.raises(errors.AnotherTicketIsOpen, match=newer.reference):
        actions.reopen(ticket=ticket, by=desk_agent, at=clock.now)


def test_a_closed_ticket_takes_no_more_words_but_notes(
    ticket, desk_agent, asker, clock
):
    actions.close(ticket=ticket, by=desk_agent, at=clock.now)
    words = {"ticket": ticket, "body": "One more thing.", "at": clock.now}

    for act, by in (
        (actions.reply_to_asker, desk_agent),
        (actions.post_reply_to_thread, desk_agent),
        (actions.write_to_us, asker),
    ):
        with pytest.raises(errors.TicketHasEnded):
            act(by=by, **words)
    assert actions.add_internal_note(by=desk_agent, **words).pk


def test_when_the_question_is_removed_our_team_learns_it_and_goes_on(
    ticket, thread, moderator, desk_agent, clock, story_of
):
    community.delete(person=moderator, post=thread, at=clock.now)

    ticket.refresh_from_db()
    assert ticket.is_open
    assert not ticket.events.get(kind="thread_removed").is_public
    with pytest.raises(community.guarding.NoLongerThere):
        actions.post_reply_to_thread(
            ticket=ticket, by=desk_agent, body=OFFICIAL, at=clock.now
        )
    actions.close(ticket=ticket, by=desk_agent, at=clock.now)
    community.restore(person=moderator, post=thread, at=clock.now)
    assert story_of(ticket) == ["opened", "thread_removed", "closed"]


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ("  \n ", errors.NothingWritten),
        ("a" * 30_001, TextTooLong),
        ("nul \x00", UnprintableText),
        ("lone \ud800", UnprintableText),
    ],
)
def test_what_cannot_be_kept_is_refused_everywhere(
    ticket, desk_agent, asker, clock, body, refusal
):
    words = {"ticket": ticket, "body": body, "at": clock.now}

    for act, by in (
        (actions.add_internal_note, desk_agent),
        (actions.reply_to_asker, desk_agent),
        (actions.write_to_us, asker),
    ):
        with pytest.raises(refusal):
            act(by=by, **words)
    ticket.refresh_from_db()
    assert not ticket.messages.exists()
    assert ticket.event_count == 1


def test_script_in_a_message_is_only_text(ticket, desk_agent, clock):
    message = actions.reply_to_asker(
        ticket=ticket,
        by=desk_agent,
        body="<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=y>",
        at=clock.now,
    )

    assert "<script" not in message.html
    assert "<img" not in message.html
    assert 'href="javascript' not in message.html


def test_a_colleague_s_second_click_writes_nothing_twice(
    ticket, desk_agent, asker, clock, told
):
    for _click in range(2):
        actions.add_internal_note(
            ticket=ticket, by=desk_agent, body="Third case.", at=clock.now
        )
    for _click in range(2):
        actions.reply_to_asker(
            ticket=ticket, by=desk_agent, body="We look at it.", at=clock.now
        )
    actions.reply_to_asker(
        ticket=ticket, by=desk_agent, body="We look at it.", at=clock.move(hours=1)
    )

    kinds = [one.kind for one in ticket.messages.order_by("pk")]
    assert kinds == ["note", "to_asker", "to_asker"]
    assert told(asker).count("ticket_replied") == 2


def test_a_customer_cannot_flood_us(ticket, asker, clock):
    for number in range(numbers.MESSAGES_AN_HOUR):
        actions.write_to_us(
            ticket=ticket, by=asker, body=f"Hello {number}", at=clock.move(minutes=1)
        )

    with pytest.raises(errors.WritingTooMuch):
        actions.write_to_us(ticket=ticket, by=asker, body="Hello!", at=clock.now)


def test_references_are_read_as_people_write_them(ticket):
    assert len(ticket.reference) == 8
    assert set(ticket.reference) <= set(ALPHABET)
    assert reference_from(" 0o1i-lL7z ") == "0011117Z"


def test_erasing_a_person_blanks_what_was_written_about_them(
    private_ticket, ticket, asker, desk_agent, clock
):
    from people.actions import erase_person

    actions.reply_to_asker(
        ticket=ticket, by=desk_agent, body="Dear Lin Jian, …", at=clock.now
    )
    erase_person(person=asker, at=clock.now)

    assert set(TicketMessage.objects.values_list("body", "html")) == {("", "")}
    private_ticket.refresh_from_db()
    assert (private_ticket.subject, private_ticket.is_open) == ("", False)
    assert Ticket.objects.count() == 2


def test_a_person_gets_their_tickets_with_their_data(
    private_ticket, asker, desk_agent, clock
):
    from people import registries

    words = {"ticket": private_ticket, "by": desk_agent, "at": clock.now}
    actions.add_internal_note(body="A difficult one.", **words)
    actions.reply_to_asker(body="We are on it.", **words)

    (exported,) = registries.exports()["tickets"](asker)

    assert exported["reference"] == private_ticket.reference
    assert [one["body"] for one in exported["messages"]] == [
        "My bill still shows the old plan.",
        "We are on it.",
    ]


def test_before_closing_their_account_a_person_reads_what_becomes_of_tickets(
    private_ticket, asker, stranger, client_of
):
    pages = []
    for person in (asker, stranger):
        client = client_of(person)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        pages.append(client.get("/en/members/me/close/").content.decode())

    assert "One open ticket" in pages[0]
    assert "open ticket" not in pages[1]
