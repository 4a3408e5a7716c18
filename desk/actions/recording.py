"""What every change of a ticket does: lock, move on, write it down."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from common import markdown
from common.text import clean_body
from community.models import Question
from community.queries import picture_sizes
from desk import numbers, permissions
from desk.errors import (
    NoSuchTicket,
    NothingWritten,
    NotPossibleNow,
    NotYourTask,
    OnlyTheCustomer,
    TicketHasEnded,
)
from desk.models import ENDED, Ticket, TicketEvent, TicketMessage, TicketState
from people.models import Person

PUBLIC = TicketEvent.Visibility.PUBLIC
INTERNAL = TicketEvent.Visibility.INTERNAL
Kind = TicketEvent.Kind


def lock_question(question_id: int) -> Question:
    """The row as it is now, whatever its state, held until the transaction ends."""
    rows = Question.objects.select_related("author", "circle")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=question_id)


def lock_ticket(ticket: Ticket) -> Ticket:
    """The row as it is now. Everybody locks in one order: person, question, ticket."""
    question = lock_question(ticket.question_id) if ticket.question_id else None
    rows = Ticket.objects.select_related("requester", "assignee", "queue")
    locked = rows.select_for_update(no_key=True, of=("self",)).get(pk=ticket.pk)
    locked.question = question
    return locked


def lock_open_ticket_of(question: Question) -> Ticket | None:
    """The open ticket of a question whose row the caller holds."""
    rows = Ticket.objects.open().filter(question=question)
    ticket = rows.select_for_update(no_key=True).first()
    if ticket is not None:
        ticket.question = question
    return ticket


def refuse_unless_worker(ticket: Ticket, by: Person) -> None:
    """Our team works on tickets. To others than the customer, they are not there."""
    if not permissions.may_work(by):
        raise NotYourTask if permissions.is_requester(by, ticket) else NoSuchTicket


def refuse_unless_customer(ticket: Ticket, by: Person) -> None:
    if not permissions.is_requester(by, ticket):
        raise OnlyTheCustomer if permissions.may_work(by) else NoSuchTicket


def lock_open_ticket(ticket: Ticket) -> Ticket:
    locked = lock_ticket(ticket)
    if not locked.is_open:
        raise TicketHasEnded
    return locked


def lock_person(person: Person) -> None:
    """Whoever posts in two tabs does one after the other."""
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)


def move(ticket: Ticket, state: str, at: datetime) -> None:
    """Let a locked ticket become that; saved by `keep`. No step: nothing changes."""
    if ticket.state == state:
        return
    if not ticket.may_become(state):
        raise NotPossibleNow
    ticket.state = state
    if state in ENDED:
        ticket.closed_at, ticket.due_at = at, None
    elif not ticket.is_with_us:
        ticket.due_at = None


def start_clock(ticket: Ticket, at: datetime) -> None:
    """We owe a word again; what was promised before stays promised."""
    ticket.due_at = ticket.due_at or at + ticket.promised.answer_within


def wait_for_us(ticket: Ticket, at: datetime) -> None:
    """The customer said something: back to whoever has it, or into the queue."""
    if not ticket.is_with_us:
        held = ticket.assignee_id is not None
        move(ticket, TicketState.IN_PROGRESS if held else TicketState.NEW, at)
    start_clock(ticket, at)


def keep(ticket: Ticket) -> None:
    ticket.save(
        update_fields=[
            "state",
            "assignee",
            "queue",
            "priority",
            "cycle",
            "due_at",
            "first_answered_at",
            "closed_at",
        ]
    )


def add_event(
    ticket: Ticket,
    kind: TicketEvent.Kind,
    at: datetime,
    *,
    actor: Person | None = None,
    visibility: TicketEvent.Visibility = INTERNAL,
    **data: Any,
) -> TicketEvent:
    """Number the next step of a ticket whose row the caller holds."""
    ticket.event_count += 1
    Ticket.objects.filter(pk=ticket.pk).update(event_count=ticket.event_count)
    return TicketEvent.objects.create(
        ticket=ticket,
        seq=ticket.event_count,
        at=at,
        actor=actor,
        kind=kind,
        visibility=visibility,
        data=data,
    )


def said_just_now(
    ticket: Ticket, author: Person, kind: TicketMessage.Kind, body: str, at: datetime
) -> TicketMessage | None:
    """The newest message, if a second click sends it once more."""
    newest = ticket.messages.order_by("-pk").first()
    if newest is None or (newest.author_id, newest.kind) != (author.pk, kind):
        return None
    is_recent = at - newest.at <= numbers.SECOND_CLICK_WITHIN
    is_same = newest.body == clean_body(body, numbers.MESSAGE_MOST)
    return newest if is_recent and is_same else None


def write_message(
    ticket: Ticket, author: Person, kind: TicketMessage.Kind, body: str, at: datetime
) -> TicketMessage:
    body = clean_body(body, numbers.MESSAGE_MOST)
    rendered = markdown.render(body, picture_sizes)
    if not (rendered.text.strip() or "<img" in rendered.html):
        raise NothingWritten
    return TicketMessage.objects.create(
        ticket=ticket,
        author=author,
        kind=kind,
        body=body,
        html=rendered.html,
        renderer_version=markdown.RENDERER_VERSION,
        at=at,
    )
