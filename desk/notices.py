"""What people are told about tickets, put into words in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from people.registries import notification

MY_TICKETS = gettext_lazy("News about my tickets")
MY_WORK = gettext_lazy("Tickets I work on")
HANDED_OVER = gettext_lazy("Questions I handed to the team")


@notification("ticket_opened", MY_TICKETS, by_mail=True)
def ticket_opened(data: dict[str, Any]) -> str:
    return _("Our team has your question “%(title)s” now, as ticket %(ticket)s") % data


@notification("ticket_replied", MY_TICKETS, by_mail=True)
def ticket_replied(data: dict[str, Any]) -> str:
    return _("%(name)s wrote to you in ticket %(ticket)s, “%(title)s”") % data


@notification("ticket_resolved", MY_TICKETS, by_mail=True)
def ticket_resolved(data: dict[str, Any]) -> str:
    return _("Your ticket %(ticket)s, “%(title)s”, is solved") % data


@notification("ticket_closed", MY_TICKETS, by_mail=True)
def ticket_closed(data: dict[str, Any]) -> str:
    sentence = _(
        "Our team closed your ticket %(ticket)s, “%(title)s”. "
        "You can re-open it for a while."
    )
    return sentence % data


@notification("ticket_reopened", MY_TICKETS, by_mail=True)
def ticket_reopened(data: dict[str, Any]) -> str:
    return _("Your ticket %(ticket)s, “%(title)s”, is open again") % data


@notification("ticket_assigned", MY_WORK)
def ticket_assigned(data: dict[str, Any]) -> str:
    return _("%(name)s handed you ticket %(ticket)s, “%(title)s”") % data


@notification("ticket_written", MY_WORK)
def ticket_written(data: dict[str, Any]) -> str:
    return _("%(name)s has something new in ticket %(ticket)s, “%(title)s”") % data


@notification("ticket_solved_in_thread", MY_WORK)
def ticket_solved_in_thread(data: dict[str, Any]) -> str:
    sentence = _("“%(title)s” was solved in its thread; ticket %(ticket)s has ended")
    return sentence % data


@notification("escalation_answered", HANDED_OVER)
def escalation_answered(data: dict[str, Any]) -> str:
    return _("Our team answered “%(title)s”, which you handed over") % data


@notification("escalation_ended", HANDED_OVER)
def escalation_ended(data: dict[str, Any]) -> str:
    return _("Our team has finished with “%(title)s”, which you handed over") % data
