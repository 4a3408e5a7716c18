"""What the desk hands a person who asks for their data, and what it forgets."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from desk.actions import ending, recording
from desk.models import Ticket, TicketMessage, TicketState
from people.models import Person


@transaction.atomic
def forget_tickets(*, person: Person, at: datetime) -> None:
    """Blank what was written about a person's troubles. That there were some stays."""
    theirs = Ticket.objects.of(person)
    for ticket in theirs.open().filter(question__isnull=True):
        ending.end(recording.lock_ticket(ticket), TicketState.CLOSED, None, at)
    TicketMessage.objects.filter(ticket__in=theirs).update(body="", html="")
    theirs.filter(question__isnull=True).update(subject="")


def export_tickets(person: Person) -> list[dict[str, Any]]:
    """A person's tickets with what they and our team wrote to each other."""
    tickets = Ticket.objects.of(person).newest_first()
    return [
        {
            "reference": ticket.reference,
            "subject": ticket.subject,
            "state": ticket.state,
            "opened_at": ticket.opened_at.isoformat(),
            "closed_at": ticket.closed_at.isoformat() if ticket.closed_at else None,
            "messages": [
                {
                    "at": message.at.isoformat(),
                    "from_you": message.author_id == person.pk,
                    "body": message.body,
                }
                for message in ticket.messages.all()
                if not message.is_note
            ],
        }
        for ticket in tickets.prefetch_related("messages")
    ]
