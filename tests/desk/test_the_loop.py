"""One loop, one address: asked, escalated, a ticket, answered officially, solved."""

import pytest

from community.models import Question
from desk import actions, queries
from desk.models import Ticket, TicketState
from tests.desk.conftest import OFFICIAL

pytestmark = pytest.mark.django_db


def test_what_nobody_solves_comes_back_solved_to_the_same_thread(
    thread, asker, desk_agent, clock, trace_of, told
):
    address = thread.get_absolute_url()

    # Nobody answers in time: the thread becomes a ticket by itself.
    actions.run_escalations(at=clock.move(hours=24))
    ticket = Ticket.objects.get(question=thread)
    assert Question.objects.get(pk=thread.pk).status == "ticket"

    # The asker follows it in plain words, without the public seeing more.
    page = queries.ticket_page(ticket, asker, clock.now)
    assert [step.word for step in page.steps] == [
        "You asked",
        "It became a ticket",
        "Our answer",
        "You say if it is solved",
    ]

    # A colleague takes it, writes a note, and answers in public.
    clock.move(minutes=12)
    actions.take(ticket=ticket, by=desk_agent, at=clock.now)
    actions.add_internal_note(
        ticket=ticket, by=desk_agent, body="Third case this week.", at=clock.now
    )
    answer = actions.post_reply_to_thread(
        ticket=ticket,
        by=desk_agent,
        body=OFFICIAL,
        at=clock.move(hours=2),
        resolve=True,
    )

    # The same address holds the solution, and the trace says how it came about.
    solved = Question.objects.get(pk=thread.pk)
    assert (solved.get_absolute_url(), solved.status) == (address, "solved")
    assert trace_of(solved) == [
        "asked",
        "escalated",
        "ticket_opened",
        "official_answer",
        "solved",
    ]
    ats = list(solved.events.order_by("seq").values_list("at", flat=True))
    assert ats == sorted(ats)
    assert (answer.voice, answer.ticket_reference) == ("official", ticket.reference)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.RESOLVED
    assert told(asker) == ["ticket_opened"]

    # Nothing of it happens twice.
    assert actions.run_escalations(at=clock.move(days=30)).opened == 0
    assert Ticket.objects.count() == 1
