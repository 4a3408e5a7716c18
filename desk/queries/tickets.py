"""What the pages of a ticket, of a person's tickets and of the queues show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Count, F, Q, QuerySet

from common.paging import page_of
from community.models import Answer, Attachment, MemberTally, Question
from community.queries import tally_of
from desk import numbers, permissions, wording
from desk.models import (
    ENDED,
    Queue,
    Ticket,
    TicketEvent,
    TicketMessage,
    TicketState,
)
from desk.models.tickets import WITH_US, TicketQuerySet, reference_from
from desk.wording import Entry, Line, Step
from people.models import Person
from rewards.queries import spendable

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from common.paging import CappedPage

    Reader = Person | AnonymousUser

OTHERS = 5
Kind = TicketEvent.Kind


class MyTicket(NamedTuple):
    """A row of somebody's list: whose turn it is, in words."""

    ticket: Ticket
    pill: str
    state: str
    due: str


class QueueRow(NamedTuple):
    """A row of the queues: how much time is left, in words."""

    ticket: Ticket
    left: str
    is_late: bool
    is_at_risk: bool


@dataclass(frozen=True)
class TicketPage:
    """What the customer sees of their ticket."""

    ticket: Ticket
    steps: list[Step]
    others: list[Ticket]
    pill: str
    state: str
    due: str
    promise: str
    is_late: bool
    may_write: bool
    may_reopen: bool
    reopen_days: int = numbers.REOPEN_WITHIN.days

    @property
    def notice_icon(self) -> str:
        if self.is_late:
            return "hourglass"
        return "clock" if self.due else "ticket" if self.ticket.is_open else "check"


@dataclass(frozen=True)
class StaffTicketPage:
    """What our team sees: the conversation, and the person it is with."""

    ticket: Ticket
    lines: list[Line]
    tally: MemberTally
    points: int
    threads: list[Question]
    tickets: list[Ticket]
    time_used: int
    left: str
    is_late: bool
    is_at_risk: bool
    may_take: bool
    reopen_days: int = numbers.REOPEN_WITHIN.days


@dataclass(frozen=True)
class Filters:
    """Which tickets the queue page lists. Empty: whatever is open."""

    state: str = ""
    queue: Queue | None = None
    mine: bool = False
    unassigned: bool = False
    at_risk: bool = False
    overdue: bool = False
    words: str = ""


class DeskCounts(NamedTuple):
    open: int = 0
    unassigned: int = 0
    mine: int = 0
    at_risk: int = 0
    overdue: int = 0


@dataclass(frozen=True)
class QueuePage:
    page: CappedPage
    counts: DeskCounts


@dataclass(frozen=True)
class ThreadState:
    """What one signed-in reader sees of our team's part in a thread."""

    ticket: Ticket | None = None
    is_asker: bool = False
    may_work: bool = False
    may_ask_us: bool = False
    may_ask_us_from: datetime | None = None


def find_ticket(typed: str, person: Reader) -> Ticket:
    """The ticket with this reference, if this person may see it. In one query.

    Raises Ticket.DoesNotExist otherwise, whether it is there or not.
    """
    return _with_people(Ticket.objects.visible_to(person)).get(
        reference=reference_from(typed)
    )


def may_see_picture(person: Reader, name: str) -> bool:
    """Whether a private picture, by the name of its file, is theirs to see.

    The team sees all, its owner it, and a customer what the team sent them: to name
    it in a message of one's own opens nothing.
    """
    if not person.is_authenticated:
        return False
    if permissions.may_work(person):
        return True
    sent = TicketMessage.objects.filter(ticket__requester=person, body__contains=name)
    return (
        Attachment.objects.filter(file=name, owner=person).exists()
        or sent.exclude(author=person).exclude(kind=TicketMessage.Kind.NOTE).exists()
    )


def tickets_of(person: Person) -> TicketQuerySet:
    """Somebody's own tickets with the people in them, in no order yet."""
    return _with_people(Ticket.objects.of(person))


def my_tickets(person: Person, at: datetime, number: str | None = None) -> CappedPage:
    """A page of somebody's tickets as MyTicket rows, open ones first. In one query."""
    rows = tickets_of(person).order_by(
        F("closed_at").desc(nulls_first=True), "-opened_at", "-pk"
    )
    page = page_of(rows, number, numbers.TICKETS_PER_PAGE)
    page.object_list = [
        MyTicket(
            ticket,
            wording.pill_of(ticket),
            wording.state_for_customer(ticket),
            _due_in_words(ticket, at),
        )
        for ticket in page.object_list
    ]
    return page


def ticket_page(ticket: Ticket, person: Reader, at: datetime) -> TicketPage:
    """Everything the customer's page of a found ticket shows. In five queries."""
    events = ticket.events.filter(visibility=TicketEvent.Visibility.PUBLIC)
    others = Ticket.objects.filter(requester=ticket.requester_id).exclude(pk=ticket.pk)
    is_theirs = permissions.is_requester(person, ticket)
    return TicketPage(
        ticket=ticket,
        steps=wording.steps_for_customer(
            ticket, _entries(ticket, events, with_notes=False), at
        ),
        others=list(others.newest_first()[:OTHERS]),
        pill=wording.pill_of(ticket),
        state=wording.state_for_customer(ticket),
        due=_due_in_words(ticket, at),
        promise=wording.span_in_words(ticket.promised.answer_within),
        is_late=ticket.is_overdue(at),
        may_write=is_theirs and ticket.is_open,
        may_reopen=permissions.may_reopen(person, ticket, at),
    )


def staff_ticket_page(ticket: Ticket, person: Person, at: datetime) -> StaffTicketPage:
    """Everything our team's page of a found ticket shows. In nine queries."""
    asker = ticket.requester
    threads = Question.objects.visible().filter(author=asker)
    others = Ticket.objects.of(asker).exclude(pk=ticket.pk)
    return StaffTicketPage(
        ticket=ticket,
        lines=wording.lines_for_staff(
            ticket, _entries(ticket, ticket.events.all(), with_notes=True)
        ),
        tally=tally_of(asker),
        points=spendable(asker),
        threads=list(threads.order_by("-created_at", "-pk")[:OTHERS]),
        tickets=list(others.newest_first()[:OTHERS]),
        time_used=_time_used(ticket, at),
        left=wording.left_in_words(ticket, at),
        is_late=ticket.is_overdue(at),
        is_at_risk=ticket.is_at_risk(at),
        may_take=ticket.is_open
        and ticket.assignee_id in (None, person.pk)
        and ticket.state != TicketState.IN_PROGRESS,
    )


def queue_page(
    person: Person, filters: Filters, at: datetime, number: str | None = None
) -> QueuePage:
    """A page of tickets, soonest due first, and what waits in all. In two queries."""
    rows = _filtered(_with_people(Ticket.objects.all()), person, filters, at)
    ended_first = filters.state in ENDED
    rows = rows.order_by("-closed_at", "-pk") if ended_first else rows.due_first()
    page = page_of(rows, number, numbers.TICKETS_PER_PAGE)
    page.object_list = [
        QueueRow(
            ticket,
            wording.left_in_words(ticket, at),
            ticket.is_overdue(at),
            ticket.is_at_risk(at),
        )
        for ticket in page.object_list
    ]
    return QueuePage(
        page=page,
        counts=counts(person, at),
    )


def counts(person: Person, at: datetime) -> DeskCounts:
    """What waits for our team. In one query."""
    soon = at + numbers.AT_RISK
    row = Ticket.objects.open().aggregate(
        open=Count("pk"),
        unassigned=Count("pk", filter=Q(assignee__isnull=True)),
        mine=Count("pk", filter=Q(assignee=person)),
        at_risk=Count("pk", filter=Q(due_at__lte=soon)),
        overdue=Count("pk", filter=Q(due_at__lt=at)),
    )
    return DeskCounts(**row)


def busy_queues(at: datetime) -> list[Queue]:
    """Queues with open tickets, with how many: `waiting`, `late`. In one query."""
    is_open = Q(tickets__state__in=set(TicketState) - ENDED)
    return list(
        Queue.objects.annotate(
            waiting=Count("tickets", filter=is_open),
            late=Count("tickets", filter=is_open & Q(tickets__due_at__lt=at)),
        )
        .filter(waiting__gt=0)
        .order_by("position", "slug")
    )


def colleagues(but: Person | None = None) -> QuerySet[Person]:
    """Who works at the desk, by name."""
    work = "work_tickets"
    team = Person.objects.filter(is_active=True).filter(
        Q(groups__permissions__codename=work)
        | Q(user_permissions__codename=work)
        | Q(is_superuser=True)
    )
    if but is not None:
        team = team.exclude(pk=but.pk)
    return team.distinct().order_by("display_name", "handle")


def thread_state(question: Question, person: Reader, at: datetime) -> ThreadState:
    """Our team's part in a thread, for one reader. At most one query, and the role's.

    Only the asker and our team see the ticket; others read what the thread says.
    """
    if not person.is_authenticated:
        return ThreadState()
    is_asker = question.author_id == person.pk
    may_work = permissions.may_work(person)
    ticket = None
    if is_asker or may_work:
        of_thread = Ticket.objects.filter(question=question).select_related("assignee")
        ticket = of_thread.newest_first().first()
    is_waiting = (
        question.is_visible
        and not question.is_imported
        and question.solved_at is None
        and question.with_staff_since is None
    )
    may_ask = is_waiting and permissions.may_hand_over(person, question)
    moment = permissions.may_hand_over_from(person, question) if may_ask else None
    return ThreadState(
        ticket=ticket,
        is_asker=is_asker,
        may_work=may_work,
        may_ask_us=may_ask and moment is not None and moment <= at,
        may_ask_us_from=moment,
    )


def _with_people(tickets: TicketQuerySet) -> TicketQuerySet:
    return tickets.select_related(
        "requester", "assignee", "queue", "question", "question__circle"
    ).defer("question__body", "question__body_text", "question__body_html")


def _filtered(
    rows: TicketQuerySet, person: Person, filters: Filters, at: datetime
) -> TicketQuerySet:
    if filters.state:
        rows = rows.filter(state=filters.state)
    elif not filters.words:
        # Somebody looking for a number means old tickets too.
        rows = rows.open()
    if filters.queue is not None:
        rows = rows.filter(queue=filters.queue)
    if filters.mine:
        rows = rows.held_by(person)
    if filters.unassigned:
        rows = rows.unassigned()
    if filters.at_risk:
        rows = rows.at_risk(at)
    if filters.overdue:
        rows = rows.overdue(at)
    if filters.words:
        rows = rows.filter(
            Q(reference=reference_from(filters.words))
            | Q(subject__icontains=filters.words)
        )
    return rows


def _entries(
    ticket: Ticket, events: QuerySet[TicketEvent], *, with_notes: bool
) -> list[Entry]:
    """The events in order with messages, answers and people, in four queries."""
    rows = list(events.select_related("actor").order_by("seq"))
    told = ticket.messages.select_related("author")
    if not with_notes:
        told = told.exclude(kind=TicketMessage.Kind.NOTE)
    messages = {message.pk: message for message in told}
    people = Person.objects.in_bulk(_ids(rows, "to"))
    posted = Answer.objects.visible().filter(pk__in=_ids(rows, "answer"))
    answers = {
        answer.pk: answer
        for answer in posted.select_related("author").defer("body", "body_text")
    }
    return [
        Entry(
            event=event,
            message=messages.get(event.data.get("message")),
            answer=answers.get(event.data.get("answer")),
            to=people.get(event.data.get("to")),
        )
        for event in rows
    ]


def _ids(events: Iterable[TicketEvent], name: str) -> set[int]:
    return {event.data[name] for event in events if name in event.data}


def _due_in_words(ticket: Ticket, at: datetime) -> str:
    return wording.deadline_in_words(ticket.due_at, at) if ticket.due_at else ""


def _time_used(ticket: Ticket, at: datetime) -> int:
    """How much of the promised time is gone, in percent from 0 to 100."""
    if ticket.due_at is None or ticket.state not in WITH_US:
        return 0
    promised = ticket.promised.answer_within
    used = promised - (ticket.due_at - at)
    return min(100, max(0, round(100 * used / promised)))
