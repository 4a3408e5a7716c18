"""A trouble becomes a ticket: from a thread, or written to us in private."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from common.site_day import start_of_site_day
from common.text import clean_line
from community import actions as community
from community.errors import NoLongerThere
from community.models import Question, QuestionEvent
from desk import numbers, permissions, queries, wording
from desk.actions import recording, telling
from desk.errors import (
    AskedAlready,
    AskedEnoughToday,
    AskingIsOff,
    CameFromElsewhere,
    NotForOurTeam,
    OpenedEnoughToday,
    SolvedAlready,
    SubjectTooShort,
    TooEarlyToAsk,
)
from desk.models import (
    EscalationRule,
    Priority,
    Queue,
    RuleFiring,
    Ticket,
    TicketEvent,
    TicketMessage,
)
from desk.models.tickets import TicketQuerySet
from desk.setup import default_queue
from desk.signals import ticket_opened
from people.models import Person
from rewards.queries import escalations_a_day

REQUESTED = EscalationRule.Kind.REQUESTED
FROM_ASKER = TicketMessage.Kind.FROM_ASKER


@transaction.atomic
def open_ticket(
    *,
    question: Question,
    by: Person | None = None,
    rule: EscalationRule | None = None,
    at: datetime,
) -> Ticket:
    """Hand a thread to our team: `by` one of us, or by a rule alone.

    A thread has at most one open ticket: if there is one, it is returned.
    """
    if by is not None and not permissions.may_work(by):
        raise NotForOurTeam
    locked = recording.lock_question(question.pk)
    return recording.lock_open_ticket_of(locked) or _open(locked, by, rule, at)


@transaction.atomic
def request_escalation(*, person: Person, question: Question, at: datetime) -> Ticket:
    """Somebody asks our team to look at a thread now.

    Staff always may, service agents a few times a day, askers in their own thread
    after a while. Asking again while a ticket is open changes nothing.
    """
    recording.lock_person(person)
    locked = recording.lock_question(question.pk)
    if not locked.is_visible:
        raise NoLongerThere
    if not permissions.may_hand_over(person, locked):
        raise NotForOurTeam
    if ticket := recording.lock_open_ticket_of(locked):
        return ticket
    rule = queries.rule_for_requests(locked)
    if rule is None:
        raise AskingIsOff
    if not _is_staff(person):
        _refuse_haste(person, locked, at)
        _refuse_excess(person, at)
    firing = _fire(rule, locked, at)
    if firing is None and not permissions.may_work(person):
        earlier = Ticket.objects.filter(question=locked).newest_first().first()
        raise AskedAlready(reference=earlier.reference if earlier else "")
    ticket = _open(locked, person, rule, at)
    _remember(firing, ticket)
    return ticket


@transaction.atomic
def escalate(*, rule: EscalationRule, question_id: int, at: datetime) -> Ticket | None:
    """Let a rule send one thread to our team, if that is still due.

    None if it is not: somebody answered, another runner did it or is just doing it.
    Firing, ticket, trace and notification stand or fall together.
    """
    due = queries.due(rule, at).filter(pk=question_id)
    # Rows another runner holds are passed by: it does them.
    free = due.select_for_update(skip_locked=True, no_key=True, of=("self",))
    question = free.select_related("author", "circle").first()
    if question is None or recording.lock_open_ticket_of(question):
        return None
    firing = _fire(rule, question, at)
    if firing is None:
        return None
    ticket = _open(question, None, rule, at)
    _remember(firing, ticket)
    return ticket


@transaction.atomic
def open_private_ticket(
    *, person: Person, subject: str, body: str, at: datetime
) -> Ticket:
    """Write to our team about something that is nobody else's business.

    A second click returns the ticket of the first.
    """
    subject = clean_line(subject, numbers.SUBJECT_MOST)
    if len(subject) < numbers.SUBJECT_LEAST:
        raise SubjectTooShort(least=numbers.SUBJECT_LEAST)
    recording.lock_person(person)
    opened = Ticket.objects.filter(opened_by=person, question__isnull=True)
    newest = opened.filter(subject=subject).newest_first().first()
    if newest and recording.said_just_now(newest, person, FROM_ASKER, body, at):
        return newest
    if _count_today(opened, at) >= numbers.PRIVATE_A_DAY and not _is_staff(person):
        raise OpenedEnoughToday(retry_after=_until_tomorrow(at))
    ticket = Ticket.objects.create(
        requester=person,
        opened_by=person,
        queue=default_queue(),
        subject=subject,
        opened_at=at,
        due_at=at + Priority.NORMAL.answer_within,
    )
    message = recording.write_message(ticket, person, FROM_ASKER, body, at)
    recording.add_event(
        ticket,
        TicketEvent.Kind.OPENED,
        at,
        actor=person,
        visibility=recording.PUBLIC,
        message=message.pk,
    )
    ticket_opened.send(sender=Ticket, ticket=ticket, at=at)
    return ticket


def show_with_staff(ticket: Ticket, question: Question, at: datetime) -> None:
    """Say in the public thread that our team has it. The trace is told once a cycle."""
    community.add_event(
        question=question,
        kind=QuestionEvent.Kind.TICKET_OPENED,
        key=f"ticket_opened:{ticket.reference}:{ticket.cycle}",
        at=at,
        data={"ticket": ticket.reference},
    )
    community.hand_to_staff(question=question, at=at)


def _open(
    question: Question, by: Person | None, rule: EscalationRule | None, at: datetime
) -> Ticket:
    """Open the ticket of a locked question that has none."""
    if not question.is_visible:
        raise NoLongerThere
    if question.is_imported:
        raise CameFromElsewhere
    if question.solved_at is not None:
        raise SolvedAlready
    priority = Priority(rule.priority) if rule else Priority.NORMAL
    ticket = Ticket.objects.create(
        question=question,
        requester=question.author,
        opened_by=by,
        queue=_queue_for(question, rule),
        priority=priority,
        subject=question.title,
        opened_at=at,
        due_at=at + priority.answer_within,
    )
    why = {"rule": rule.kind if rule else REQUESTED, "hours": rule.hours if rule else 0}
    recording.add_event(
        ticket,
        TicketEvent.Kind.OPENED,
        at,
        actor=by,
        visibility=recording.PUBLIC,
        **why,
    )
    community.add_event(
        question=question,
        kind=QuestionEvent.Kind.ESCALATED,
        key=f"escalated:{ticket.reference}",
        at=at,
        actor=by,
        data={**why, "ticket": ticket.reference},
    )
    show_with_staff(ticket, question, at)
    ticket_opened.send(sender=Ticket, ticket=ticket, at=at)
    telling.tell_customer("ticket_opened", ticket, at, once_per="1", by=by)
    return ticket


def _queue_for(question: Question, rule: EscalationRule | None) -> Queue:
    if rule is not None and rule.queue is not None:
        return rule.queue
    of_circle = Queue.objects.filter(circles=question.circle_id)
    return of_circle.order_by("position", "slug").first() or default_queue()


def _fire(rule: EscalationRule, question: Question, at: datetime) -> RuleFiring | None:
    """The firing, or None if this rule fired for this thread and cycle before."""
    firing, is_new = RuleFiring.objects.get_or_create(
        rule=rule,
        question=question,
        cycle=question.cycle,
        defaults={"at": at, "rule_version": rule.version},
    )
    return firing if is_new else None


def _remember(firing: RuleFiring | None, ticket: Ticket) -> None:
    if firing is not None:
        firing.ticket = ticket
        firing.save(update_fields=["ticket"])


def _is_staff(person: Person) -> bool:
    return person.has_perm("desk.request_escalation")


def _refuse_haste(person: Person, question: Question, at: datetime) -> None:
    moment = permissions.may_hand_over_from(person, question)
    if at < moment:
        raise TooEarlyToAsk(moment=wording.moment_in_words(moment))


def _refuse_excess(person: Person, at: datetime) -> None:
    handed_over = Ticket.objects.filter(opened_by=person, question__isnull=False)
    most = numbers.ASKER_A_DAY
    if permissions.is_agent(person):
        most = escalations_a_day()
    if _count_today(handed_over, at) >= most:
        raise AskedEnoughToday(retry_after=_until_tomorrow(at))


def _count_today(tickets: TicketQuerySet, at: datetime) -> int:
    today = start_of_site_day(at)
    return tickets.filter(opened_at__gte=today, opened_at__lte=at).count()


def _until_tomorrow(at: datetime) -> int:
    tomorrow = start_of_site_day(start_of_site_day(at) + timedelta(hours=36))
    return round((tomorrow - at).total_seconds())
