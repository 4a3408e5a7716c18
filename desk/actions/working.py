"""Our team works on a ticket, and the customer adds to it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from community import actions as community
from community.models import Answer
from desk import numbers, permissions
from desk.actions import ending, recording, telling
from desk.actions.recording import PUBLIC, Kind
from desk.errors import (
    NoThreadToAnswer,
    NotOnTheDesk,
    TakenByAnother,
    WritingTooMuch,
)
from desk.models import Priority, Queue, Ticket, TicketMessage, TicketState
from desk.signals import ticket_answered
from people.models import Person


@transaction.atomic
def take(*, ticket: Ticket, by: Person, at: datetime) -> Ticket:
    """Begin to work on a ticket that nobody else has. Taking it again changes nothing.

    Two colleagues may take it at once: the second is told who has it.
    """
    recording.refuse_unless_worker(ticket, by)
    ticket = recording.lock_open_ticket(ticket)
    holder = ticket.assignee
    if holder is not None and holder.pk != by.pk:
        raise TakenByAnother(name=holder.name)
    before = (ticket.assignee_id, ticket.state)
    ticket.assignee = by
    if ticket.state in (TicketState.NEW, TicketState.ASSIGNED):
        recording.move(ticket, TicketState.IN_PROGRESS, at)
    if before != (by.pk, ticket.state):
        recording.keep(ticket)
        recording.add_event(ticket, Kind.TAKEN, at, actor=by, visibility=PUBLIC)
    return ticket


@transaction.atomic
def assign(*, ticket: Ticket, to: Person, by: Person, at: datetime) -> Ticket:
    """Hand a ticket to somebody at the desk. They have it already: nothing changes."""
    recording.refuse_unless_worker(ticket, by)
    ticket = recording.lock_open_ticket(ticket)
    if not (to.is_active and permissions.may_work(to)):
        raise NotOnTheDesk(name=to.name)
    if ticket.assignee_id == to.pk:
        return ticket
    ticket.assignee = to
    if ticket.state in (TicketState.NEW, TicketState.IN_PROGRESS):
        recording.move(ticket, TicketState.ASSIGNED, at)
    recording.keep(ticket)
    event = recording.add_event(
        ticket, Kind.ASSIGNED, at, actor=by, visibility=PUBLIC, to=to.pk
    )
    telling.tell_holder("ticket_assigned", ticket, at, once_per=str(event.seq), by=by)
    return ticket


@transaction.atomic
def route(
    *, ticket: Ticket, queue: Queue, priority: int, by: Person, at: datetime
) -> Ticket:
    """Put a ticket into another queue or priority.

    A promise that is running keeps its beginning and gets the new length.
    """
    recording.refuse_unless_worker(ticket, by)
    ticket = recording.lock_open_ticket(ticket)
    if (ticket.queue_id, ticket.priority) == (queue.pk, priority):
        return ticket
    if ticket.due_at is not None and ticket.priority != priority:
        started = ticket.due_at - ticket.promised.answer_within
        ticket.due_at = started + Priority(priority).answer_within
    ticket.queue, ticket.priority = queue, priority
    recording.keep(ticket)
    recording.add_event(
        ticket, Kind.ROUTED, at, actor=by, queue=queue.slug, priority=priority
    )
    return ticket


@transaction.atomic
def add_internal_note(
    *, ticket: Ticket, by: Person, body: str, at: datetime
) -> TicketMessage:
    """Tell colleagues something. Possible after the end, too."""
    recording.refuse_unless_worker(ticket, by)
    ticket = recording.lock_ticket(ticket)
    kind = TicketMessage.Kind.NOTE
    if said := recording.said_just_now(ticket, by, kind, body, at):
        return said
    note = recording.write_message(ticket, by, kind, body, at)
    recording.add_event(ticket, Kind.NOTED, at, actor=by, message=note.pk)
    return note


@transaction.atomic
def reply_to_asker(
    *,
    ticket: Ticket,
    by: Person,
    body: str,
    at: datetime,
    ask_back: bool = False,
    resolve: bool = False,
) -> TicketMessage:
    """Write to the customer, and to nobody else.

    `ask_back`: we need something from them before we go on. `resolve`: that settles it.
    """
    recording.refuse_unless_worker(ticket, by)
    ticket = recording.lock_open_ticket(ticket)
    kind = TicketMessage.Kind.TO_ASKER
    if said := recording.said_just_now(ticket, by, kind, body, at):
        return said
    message = recording.write_message(ticket, by, kind, body, at)
    state = TicketState.WAITING_CUSTOMER if ask_back else TicketState.ANSWERED
    _answered(ticket, by, state, at)
    event = recording.add_event(
        ticket,
        Kind.REPLIED,
        at,
        actor=by,
        visibility=PUBLIC,
        message=message.pk,
        ask_back=ask_back,
    )
    telling.tell_customer("ticket_replied", ticket, at, once_per=str(event.seq), by=by)
    if resolve:
        ending.end(ticket, TicketState.RESOLVED, by, at)
    return message


@transaction.atomic
def post_reply_to_thread(
    *, ticket: Ticket, by: Person, body: str, at: datetime, resolve: bool = False
) -> Answer:
    """Answer officially in the public thread. `resolve`: that settles both.

    The ticket's own steps follow from the answer, as for one posted in the thread.
    """
    recording.refuse_unless_worker(ticket, by)
    recording.lock_person(by)
    ticket = recording.lock_open_ticket(ticket)
    question = ticket.question
    if question is None:
        raise NoThreadToAnswer
    answer = community.post_official_answer(
        person=by,
        question=question,
        body=body,
        at=at,
        ticket_reference=ticket.reference,
    )
    if resolve:
        # The answer has moved the ticket on, through the community's signal.
        ticket = recording.lock_ticket(ticket)
        ending.end(ticket, TicketState.RESOLVED, by, at)
        community.settle_officially(question=question, answer=answer, by=by, at=at)
    return answer


@transaction.atomic
def write_to_us(
    *, ticket: Ticket, by: Person, body: str, at: datetime
) -> TicketMessage:
    """The customer adds something, or answers what we asked.

    A second click returns the message of the first.
    """
    recording.refuse_unless_customer(ticket, by)
    recording.lock_person(by)
    ticket = recording.lock_open_ticket(ticket)
    kind = TicketMessage.Kind.FROM_ASKER
    if said := recording.said_just_now(ticket, by, kind, body, at):
        return said
    _refuse_flood(by, at)
    message = recording.write_message(ticket, by, kind, body, at)
    recording.wait_for_us(ticket, at)
    recording.keep(ticket)
    event = recording.add_event(
        ticket, Kind.WROTE, at, actor=by, visibility=PUBLIC, message=message.pk
    )
    telling.tell_holder("ticket_written", ticket, at, once_per=str(event.seq), by=by)
    return message


def answered_officially(ticket: Ticket, answer: Answer, at: datetime) -> None:
    """The thread of a locked, open ticket got an official answer: our word is given."""
    _answered(ticket, answer.author, TicketState.ANSWERED, at)
    recording.add_event(
        ticket,
        Kind.OFFICIAL_ANSWER,
        at,
        actor=answer.author,
        visibility=PUBLIC,
        answer=answer.pk,
    )
    once = str(answer.pk)
    telling.tell_agent("escalation_answered", ticket, at, once_per=once, answer=answer)


def _answered(ticket: Ticket, by: Person, state: TicketState, at: datetime) -> None:
    if ticket.assignee_id is None and permissions.may_work(by):
        ticket.assignee = by
    ticket.first_answered_at = ticket.first_answered_at or at
    recording.move(ticket, state, at)
    recording.keep(ticket)
    ticket_answered.send(sender=Ticket, ticket=ticket, by=by, at=at)


def _refuse_flood(by: Person, at: datetime) -> None:
    hour_ago = at - timedelta(hours=1)
    written = TicketMessage.objects.filter(author=by, at__gt=hour_ago, at__lte=at)
    newest_first = list(written.order_by("-at").values_list("at", flat=True))
    if len(newest_first) >= numbers.MESSAGES_AN_HOUR:
        free_at = newest_first[numbers.MESSAGES_AN_HOUR - 1] + timedelta(hours=1)
        raise WritingTooMuch(retry_after=round((free_at - at).total_seconds()))
