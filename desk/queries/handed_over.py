"""What became of the threads a service agent handed to our team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from common.site_day import start_of_site_day
from community.models import Answer, Voice
from desk.models import Ticket, TicketState
from people.models import Person
from rewards.queries import escalations_a_day

ROWS_SHOWN = 10


class Outcome(TextChoices):
    """What an agent is told of a ticket: nothing that only its customer may read."""

    ANSWERED = "answered", _("Our team answered in the thread")
    SOLVED = "solved", _("Solved")
    ENDED = "ended", _("Our team has finished with it")
    OPEN = "open", _("Our team has it")


@dataclass(frozen=True)
class HandedOver:
    ticket: Ticket
    outcome: Outcome
    # Where the answer stands; the thread, while there is none.
    url: str


@dataclass(frozen=True)
class HandedOverPage:
    rows: list[HandedOver]
    left_today: int


def handed_over_by(person: Person, at: datetime) -> HandedOverPage:
    """The newest threads an agent handed over, and how many more today. 4 queries."""
    mine = Ticket.objects.filter(opened_by=person, question__isnull=False)
    shown = mine.select_related("question").order_by("-opened_at", "-pk")[:ROWS_SHOWN]
    # A thread that was removed since is nobody's to read any more.
    tickets = [one for one in shown if one.question and one.question.is_visible]
    answers = official_answers(tickets)
    today = mine.filter(opened_at__gte=start_of_site_day(at), opened_at__lte=at)
    rows = [_row(ticket, answers.get(ticket.reference)) for ticket in tickets]
    return HandedOverPage(rows, max(0, escalations_a_day() - today.count()))


def official_answers(tickets: list[Ticket]) -> dict[str, Answer]:
    """By ticket reference, the newest visible answer our team gave in the thread."""
    answers = Answer.objects.visible().filter(
        question__in=[ticket.question_id for ticket in tickets],
        voice=Voice.OFFICIAL,
        ticket_reference__in=[ticket.reference for ticket in tickets],
    )
    found = {one.ticket_reference: one for one in answers.order_by("pk")}
    for ticket in tickets:
        if ticket.reference in found and ticket.question is not None:
            found[ticket.reference].question = ticket.question
    return found


def _row(ticket: Ticket, answer: Answer | None) -> HandedOver:
    if answer is not None:
        return HandedOver(ticket, Outcome.ANSWERED, answer.get_absolute_url())
    url = ticket.question.get_absolute_url() if ticket.question else ""
    return HandedOver(ticket, _outcome(ticket), url)


def _outcome(ticket: Ticket) -> Outcome:
    if ticket.is_open:
        return Outcome.OPEN
    return Outcome.SOLVED if ticket.state == TicketState.RESOLVED else Outcome.ENDED
