"""Who hears of a ticket. What they read is put into words when they read it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone, translation

from community.models import Answer
from desk.models import Ticket
from people.actions import notify
from people.models import Person

# Demonstrations and restored histories pass moments long gone: they wake nobody up.
NEWS_FOR = timedelta(days=1)


def tell_customer(
    what: str, ticket: Ticket, at: datetime, *, once_per: str, by: Person | None = None
) -> None:
    """Tell the person whose ticket it is; never of what they did themselves."""
    if by is None or by.pk != ticket.requester_id:
        _tell(ticket.requester, what, ticket, at, once_per, by, ticket_address)


def tell_holder(
    what: str, ticket: Ticket, at: datetime, *, once_per: str, by: Person | None = None
) -> None:
    """Tell whoever of our team has the ticket."""
    holder = ticket.assignee
    if holder is not None and (by is None or by.pk != holder.pk):
        _tell(holder, what, ticket, at, once_per, by, desk_address)


def tell_agent(
    what: str,
    ticket: Ticket,
    at: datetime,
    *,
    once_per: str,
    answer: Answer | None = None,
) -> None:
    """Tell the agent who handed the thread to us what became of it.

    With an answer of ours, where it stands in the thread.
    """
    agent = ticket.opened_by
    if agent is None or agent.pk == ticket.requester_id or ticket.question is None:
        return
    if not agent.is_staff:
        address = thread_address if answer is None else _address_of(answer)
        _tell(agent, what, ticket, at, once_per, None, address)


def _address_of(answer: Answer) -> Callable[[Ticket], str]:
    return lambda _ticket: answer.get_absolute_url()


def ticket_address(ticket: Ticket) -> str:
    return ticket.get_absolute_url()


def desk_address(ticket: Ticket) -> str:
    return ticket.get_desk_url()


def thread_address(ticket: Ticket) -> str:
    return ticket.question.get_absolute_url() if ticket.question else ""


def _tell(
    person: Person,
    what: str,
    ticket: Ticket,
    at: datetime,
    once_per: str,
    by: Person | None,
    address: Callable[[Ticket], str],
) -> None:
    if timezone.now() - at >= NEWS_FOR:
        return
    with translation.override(person.language or settings.LANGUAGE_CODE):
        url = address(ticket)
    notify(
        person=person,
        kind=what,
        key=f"{what}:{ticket.reference}:{once_per}:{person.pk}",
        at=at,
        data={
            "ticket": ticket.reference,
            "title": ticket.subject,
            "name": by.name if by else "",
        },
        url=url,
    )
