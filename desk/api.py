"""Somebody's own tickets for programs; nobody else's are there at all."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from pydantic import Field

from common.api import (
    MOST_ROWS,
    Asked,
    Listed,
    Order,
    Query,
    Router,
    Shown,
    member,
    page_of,
)
from desk import (
    converters,  # noqa: F401  registers itself
    queries,
    wording,
)
from desk.models import Ticket

router = Router(tags=["me"])

NEWEST = (Order("opened_at", datetime), Order("pk", int))


class TicketRow(Shown):
    reference: str
    subject: str
    state: str
    sentence: Annotated[str, Field(description="Whose turn it is, in words.")]
    question: int | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    url: str


class Tickets(Listed[TicketRow]):
    pass


class TicketStep(Shown):
    at: datetime | None
    word: str
    text: str
    html: str
    url: str


class TicketShown(TicketRow):
    """A ticket with what happened and, while it is open, what comes next (no `at`)."""

    steps: list[TicketStep]


@router.get("/me/tickets/", auth=member, response=Tickets)
def list_tickets(request: HttpRequest, asked: Query[Asked]) -> Tickets:
    """Your tickets, newest first."""
    person: Any = request.user
    piece = page_of(queries.tickets_of(person), NEWEST, asked, request)
    return Tickets(
        items=[TicketRow(**_row(ticket)) for ticket in piece.rows], next=piece.next
    )


@router.get(
    "/me/tickets/{ticket_reference:reference}/", auth=member, response=TicketShown
)
def read_ticket(request: HttpRequest, reference: str) -> TicketShown:
    """One of your tickets; anybody else's does not exist."""
    person: Any = request.user
    ticket = queries.tickets_of(person).filter(reference=reference).first()
    if ticket is None:
        raise Http404
    page = queries.ticket_page(ticket, person, timezone.now())
    return TicketShown(
        **_row(ticket),
        steps=[
            TicketStep(
                at=step.at, word=step.word, text=step.text, html=step.html, url=step.url
            )
            for step in page.steps[-MOST_ROWS:]
        ],
    )


def _row(ticket: Ticket) -> dict[str, Any]:
    return {
        "reference": ticket.reference,
        "subject": ticket.subject,
        "state": ticket.state,
        "sentence": wording.state_for_customer(ticket),
        "question": ticket.question_id,
        "opened_at": ticket.opened_at,
        "due_at": ticket.due_at,
        "closed_at": ticket.closed_at,
        "url": ticket.get_absolute_url(),
    }
