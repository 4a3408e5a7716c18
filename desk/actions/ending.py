"""A ticket ends, and may begin again."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community import actions as community
from community.models import Answer, Question, Voice
from desk import numbers, permissions, queries
from desk.actions import opening, recording, telling
from desk.actions.recording import INTERNAL, PUBLIC, Kind
from desk.errors import (
    AnotherTicketIsOpen,
    NoSuchTicket,
    TicketIsOpen,
    TooLateToReopen,
)
from desk.models import Ticket, TicketEvent, TicketMessage, TicketState
from desk.signals import ticket_ended, ticket_reopened
from people.models import Person


@transaction.atomic
def close(
    *, ticket: Ticket, by: Person, at: datetime, note: str = "", resolved: bool = False
) -> Ticket:
    """End a ticket. Without a solution its thread is free again: a rule may come back.

    `note` tells the customer why. `resolved`: they have what they came for, and if our
    team answered in their thread, that answer settles it.
    """
    recording.refuse_unless_worker(ticket, by)
    ticket = recording.lock_open_ticket(ticket)
    data = {}
    if note.strip():
        message = recording.write_message(
            ticket, by, TicketMessage.Kind.TO_ASKER, note, at
        )
        data["message"] = message.pk
    answer = _official_answer(ticket) if resolved else None
    state = TicketState.RESOLVED if resolved else TicketState.CLOSED
    event = end(ticket, state, by, at, data)
    once = str(event.seq)
    telling.tell_customer(f"ticket_{state}", ticket, at, once_per=once, by=by)
    if answer is not None:
        community.settle_officially(
            question=answer.question, answer=answer, by=by, at=at
        )
    return ticket


@transaction.atomic
def say_it_is_solved(*, ticket: Ticket, by: Person, at: datetime) -> Ticket:
    """The customer says that nothing more is needed.

    If our team answered in their thread, that answer is accepted with it.
    """
    recording.refuse_unless_customer(ticket, by)
    ticket = recording.lock_open_ticket(ticket)
    answer = _official_answer(ticket)
    end(ticket, TicketState.RESOLVED, by, at)
    if answer is not None:
        community.accept(person=by, answer=answer, at=at)
    return ticket


@transaction.atomic
def reopen(*, ticket: Ticket, by: Person, at: datetime) -> Ticket:
    """Begin again: the customer for a while after the end, our team at any time."""
    if not permissions.may_see(by, ticket):
        raise NoSuchTicket
    ticket = recording.lock_ticket(ticket)
    if ticket.is_open:
        raise TicketIsOpen
    if not permissions.may_reopen(by, ticket, at):
        raise TooLateToReopen(days=numbers.REOPEN_WITHIN.days)
    question = ticket.question
    if question and (other := recording.lock_open_ticket_of(question)):
        raise AnotherTicketIsOpen(reference=other.reference)
    if not _still_at_the_desk(ticket.assignee):
        ticket.assignee = None
    held = ticket.assignee_id is not None
    recording.move(ticket, TicketState.ASSIGNED if held else TicketState.NEW, at)
    ticket.closed_at = None
    ticket.cycle += 1
    recording.start_clock(ticket, at)
    recording.keep(ticket)
    event = recording.add_event(
        ticket, Kind.REOPENED, at, actor=by, visibility=PUBLIC, cycle=ticket.cycle
    )
    if question and question.is_visible and question.solved_at is None:
        opening.show_with_staff(ticket, question, at)
    ticket_reopened.send(sender=Ticket, ticket=ticket, at=at)
    seq = str(event.seq)
    telling.tell_customer("ticket_reopened", ticket, at, once_per=seq, by=by)
    telling.tell_holder("ticket_written", ticket, at, once_per=seq, by=by)
    return ticket


def end(
    ticket: Ticket,
    state: TicketState,
    by: Person | None,
    at: datetime,
    data: dict[str, int] | None = None,
) -> TicketEvent:
    """End a locked, open ticket and give its thread back."""
    recording.move(ticket, state, at)
    recording.keep(ticket)
    kind = Kind.RESOLVED if state == TicketState.RESOLVED else Kind.CLOSED
    event = recording.add_event(
        ticket, kind, at, actor=by, visibility=PUBLIC, **(data or {})
    )
    if ticket.question is not None:
        community.hand_back(question=ticket.question)
    ticket_ended.send(sender=Ticket, ticket=ticket, at=at)
    # Of an answer in the thread they were told when it came.
    if ticket.reference not in queries.official_answers([ticket]):
        telling.tell_agent("escalation_ended", ticket, at, once_per=str(event.seq))
    return event


def solved_in_thread(ticket: Ticket, answer: Answer, by: Person, at: datetime) -> None:
    """The thread of a locked, open ticket was solved without us: politely step back."""
    recording.add_event(
        ticket,
        Kind.SOLVED_IN_THREAD,
        at,
        actor=by,
        visibility=PUBLIC,
        answer=answer.pk,
        voice=answer.voice,
    )
    telling.tell_holder(
        "ticket_solved_in_thread", ticket, at, once_per=str(answer.pk), by=by
    )
    end(ticket, TicketState.RESOLVED, by, at)


def note_about_thread(question: Question, kind: Kind, by: Person, at: datetime) -> None:
    """Write down for our team what became of a ticket's question, if it has one."""
    ticket = recording.lock_open_ticket_of(question)
    if ticket is not None:
        recording.add_event(ticket, kind, at, actor=by, visibility=INTERNAL)


def _official_answer(ticket: Ticket) -> Answer | None:
    if ticket.question is None or not ticket.question.is_visible:
        return None
    if ticket.question.solved_at is not None:
        return None
    answers = Answer.objects.visible().filter(question=ticket.question)
    return answers.filter(
        voice=Voice.OFFICIAL, ticket_reference=ticket.reference
    ).last()


def _still_at_the_desk(person: Person | None) -> bool:
    return person is not None and person.is_active and permissions.may_work(person)
