"""Who may do what. Pages ask to show a button, actions ask before they act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk import numbers
from people.models import Person
from rewards import actions as rewards

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from community.models import Question
    from desk.models import Ticket

    Reader = Person | AnonymousUser


def may_work(person: Reader) -> bool:
    return person.has_perm("desk.work_tickets")


def may_manage_rules(person: Reader) -> bool:
    return person.has_perm("desk.manage_rules")


def is_requester(person: Reader, ticket: Ticket) -> bool:
    return person.is_authenticated and ticket.requester_id == person.pk


def may_see(person: Reader, ticket: Ticket) -> bool:
    return is_requester(person, ticket) or may_work(person)


def may_hand_over_any(person: Reader) -> bool:
    """Staff and service agents may hand us threads that others asked."""
    return person.is_authenticated and (
        person.has_perm("desk.request_escalation") or is_agent(person)
    )


def is_agent(person: Reader) -> bool:
    """The badge spares members a query; the role decides, so its end counts at once."""
    return (
        person.is_authenticated
        and person.standing == Person.Standing.AGENT
        and rewards.is_agent(person)
    )


def may_hand_over(person: Reader, question: Question) -> bool:
    if not person.is_authenticated:
        return False
    return question.author_id == person.pk or may_hand_over_any(person)


def may_hand_over_from(person: Person, question: Question) -> datetime:
    """Askers give the others some time first; nobody else has to wait."""
    if may_hand_over_any(person):
        return question.cycle_started_at
    return question.cycle_started_at + numbers.ASKER_WAITS


def may_reopen(person: Reader, ticket: Ticket, at: datetime) -> bool:
    if ticket.closed_at is None:
        return False
    if may_work(person):
        return True
    return is_requester(person, ticket) and (
        at - ticket.closed_at <= numbers.REOPEN_WITHIN
    )
