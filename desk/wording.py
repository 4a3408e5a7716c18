"""Moments, waits and the state of a ticket in the words of the person it concerns."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _, ngettext

from desk.models import TicketState

if TYPE_CHECKING:
    from desk.models import Ticket


def moment_in_words(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


def deadline_in_words(moment: datetime, at: datetime) -> str:
    """Short for what is near: "16:00 today", "09:30 tomorrow"."""
    local, today = timezone.localtime(moment), timezone.localtime(at).date()
    words = {"time": time_format(local, "H:i")}
    if local.date() == today:
        return _("%(time)s today") % words
    if local.date() == today + timedelta(days=1):
        return _("%(time)s tomorrow") % words
    return moment_in_words(moment)


def span_in_words(span: timedelta) -> str:
    """Rounded to one unit: 18 minutes, 5 hours, 3 days."""
    minutes = max(1, round(span.total_seconds() / 60))
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    hours = round(minutes / 60)
    if hours < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    days = round(hours / 24)
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def hours_in_words(hours: int) -> str:
    return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}


def state_for_customer(ticket: Ticket) -> str:
    """One sentence: who has it and whose turn it is."""
    name = ticket.assignee.name if ticket.assignee else ""
    match ticket.state:
        case TicketState.NEW:
            return _("It is in our queue; a colleague takes it soon.")
        case TicketState.ASSIGNED:
            return _("%(name)s has it and will look at it next.") % {"name": name}
        case TicketState.IN_PROGRESS:
            return _("%(name)s is working on it.") % {"name": name}
        case TicketState.WAITING_CUSTOMER:
            return _("We need something from you before we can go on.")
        case TicketState.ANSWERED:
            return _("We have answered. Tell us whether that settles it.")
        case TicketState.RESOLVED:
            return _("It is solved.")
        case _closed:
            return _("We closed it. You can re-open it if the trouble is still there.")


def pill_of(ticket: Ticket) -> str:
    """Which of the house's status pills the customer sees."""
    match ticket.state:
        case TicketState.RESOLVED:
            return "solved"
        case TicketState.CLOSED:
            return "closed"
        case TicketState.ANSWERED | TicketState.WAITING_CUSTOMER:
            return "answered"
        case _with_us:
            return "ticket"
