"""Moments, waits and the state of a ticket in the words of the person it concerns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _, ngettext, pgettext

from desk.models import EscalationRule, TicketEvent, TicketState

if TYPE_CHECKING:
    from community.models import Answer, Question
    from desk.models import Ticket, TicketMessage
    from people.models import Person

Kind = TicketEvent.Kind
RuleKind = EscalationRule.Kind


@dataclass(frozen=True)
class Entry:
    """An event of a ticket with what it is about, ready to be put into words."""

    event: TicketEvent
    message: TicketMessage | None = None
    answer: Answer | None = None
    to: Person | None = None


@dataclass
class Step:
    """One row of the trace as the customer reads it; what comes has no `at`.

    `following` is the time until the next one, `tones` say how it looks.
    """

    icon: str
    word: str
    text: str = ""
    html: str = ""
    url: str = ""
    at: datetime | None = None
    following: str = ""
    tones: tuple[str, ...] = ()

    @property
    def is_now(self) -> bool:
        return "now" in self.tones


def moment_in_words(moment: datetime) -> str:
    """On the reader's clock; the year only when it is not this one."""
    local = timezone.localtime(moment)
    if local.year == timezone.localtime().year:
        return date_format(local, pgettext("a moment this year", "j M, H:i"))
    return date_format(local, pgettext("a moment of any year", "j M Y, H:i"))


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


def steps_for_customer(
    ticket: Ticket, entries: list[Entry], at: datetime
) -> list[Step]:
    """What has happened, and while the ticket is open, what happens next."""
    steps = [_asked(ticket.question)] if ticket.question else []
    for entry in entries:
        is_now = ticket.is_open and entry is entries[-1]
        steps.append(_step(ticket, entry, "now" if is_now else ""))
    for step, after in pairwise(steps):
        if step.at and after.at:
            step.following = span_in_words(after.at - step.at)
    return steps + (_coming(ticket, at) if ticket.is_open else [])


@dataclass(frozen=True)
class Line:
    """One entry of the conversation as our team reads it. `side` is who says it."""

    side: str
    head: str
    at: datetime
    when: str
    html: str = ""
    url: str = ""
    readers: str = ""


_SIDES = {
    Kind.NOTED: "note",
    Kind.REPLIED: "us",
    Kind.CLOSED: "us",
    Kind.RESOLVED: "us",
    Kind.OFFICIAL_ANSWER: "official",
}


def lines_for_staff(ticket: Ticket, entries: list[Entry]) -> list[Line]:
    """The whole conversation: the public question, what followed, our notes."""
    lines = [_question_line(ticket, ticket.question)] if ticket.question else []
    return lines + [_line(ticket, entry) for entry in entries]


def left_in_words(ticket: Ticket, at: datetime) -> str:
    """How long our team still has, or whose turn it is."""
    if ticket.due_at is None:
        return str(ticket.get_state_display())
    span = {"span": span_in_words(abs(ticket.due_at - at))}
    if ticket.is_overdue(at):
        return _("%(span)s late") % span
    return _("%(span)s left") % span


def _question_line(ticket: Ticket, question: Question) -> Line:
    return Line(
        side="customer",
        head=_("%(name)s, in public") % {"name": ticket.requester.name},
        at=question.created_at,
        when=moment_in_words(question.created_at),
        html=question.body_html,
        url=_thread_address(question),
        readers=_("everybody") if question.is_visible else _("nobody any more"),
    )


def _line(ticket: Ticket, entry: Entry) -> Line:
    event = entry.event
    html, answer = _html_of(entry), entry.answer
    side = _SIDES.get(Kind(event.kind), "customer") if html else "event"
    readers = {
        "note": _("our team only"),
        "us": _("the customer and our team"),
        "customer": _("the customer and our team"),
    }
    return Line(
        side=side,
        head=_head_for_staff(entry),
        at=event.at,
        when=moment_in_words(event.at),
        html=html,
        url=_answer_address(ticket, answer),
        readers=_("everybody") if answer else readers.get(side, ""),
    )


def _head_for_staff(entry: Entry) -> str:
    event = entry.event
    words = {
        "name": event.actor.name if event.actor else _("The rules"),
        "to": entry.to.name if entry.to else "",
        "queue": event.data.get("queue", ""),
    }
    lines = {
        Kind.OPENED: _("%(name)s opened the ticket"),
        Kind.ROUTED: _("%(name)s moved it to “%(queue)s” or changed its priority"),
        Kind.ASSIGNED: _("%(name)s handed it to %(to)s"),
        Kind.TAKEN: _("%(name)s took it"),
        Kind.NOTED: _("%(name)s, note for colleagues"),
        Kind.REPLIED: _("%(name)s, private to the customer"),
        Kind.WROTE: _("%(name)s, private to us"),
        Kind.ANSWERED_IN_THREAD: _("%(name)s answered in the thread"),
        Kind.OFFICIAL_ANSWER: _("%(name)s, official answer in the thread"),
        Kind.SOLVED_IN_THREAD: _("%(name)s solved the question in its thread"),
        Kind.THREAD_REMOVED: _("%(name)s removed the question"),
        Kind.THREAD_RESTORED: _("%(name)s brought the question back"),
        Kind.THREAD_REOPENED: _("%(name)s re-opened the question"),
        Kind.RESOLVED: _("%(name)s said it is solved"),
        Kind.CLOSED: _("%(name)s closed it without a solution"),
        Kind.REOPENED: _("%(name)s re-opened the ticket"),
    }
    return lines[Kind(event.kind)] % words


def _asked(question: Question) -> Step:
    count = question.answer_count
    place = {"circle": question.circle.name, "n": count}
    if count:
        text = ngettext(
            "In public, in %(circle)s. There is %(n)d answer.",
            "In public, in %(circle)s. There are %(n)d answers.",
            count,
        )
    else:
        text = _("In public, in %(circle)s.")
    if not question.is_visible:
        text = _("The question is not public any more.")
    return Step(
        "message-circle-question",
        _("You asked"),
        text % place,
        url=_thread_address(question),
        at=question.created_at,
    )


def _step(ticket: Ticket, entry: Entry, tone: str) -> Step:
    event = entry.event
    icon, word, text = _words(ticket, entry)
    tones = {
        Kind.OFFICIAL_ANSWER: "official",
        Kind.SOLVED_IN_THREAD: "solved",
        Kind.RESOLVED: "solved",
    }
    # What peers answered is read in the thread; what we answered, here as well.
    is_ours = event.kind == Kind.OFFICIAL_ANSWER
    return Step(
        icon,
        word,
        text,
        html=_html_of(entry) if entry.message or is_ours else "",
        url=_answer_address(ticket, entry.answer),
        at=event.at,
        tones=tuple(filter(None, (tones.get(Kind(event.kind), ""), tone))),
    )


def _html_of(entry: Entry) -> str:
    if entry.answer is not None:
        return entry.answer.body_html
    return entry.message.html if entry.message is not None else ""


def _answer_address(ticket: Ticket, answer: Answer | None) -> str:
    thread = _thread_address(ticket.question)
    return f"{thread}#answer-{answer.pk}" if thread and answer else ""


def _thread_address(question: Question | None) -> str:
    """Where everybody reads it. None once it is hidden, deleted or merged."""
    if question is None or not question.is_visible:
        return ""
    return question.get_absolute_url()


def _words(ticket: Ticket, entry: Entry) -> tuple[str, str, str]:
    event = entry.event
    actor = event.actor
    is_mine = actor is not None and actor.pk == ticket.requester_id
    names = {
        "name": actor.name if actor else "",
        "to": entry.to.name if entry.to else "",
    }
    match event.kind:
        case Kind.OPENED:
            return _opened(ticket, entry, names, is_mine=is_mine)
        case Kind.ASSIGNED:
            return "user", _("%(to)s has it") % names, ""
        case Kind.TAKEN:
            return "user", _("%(name)s took it") % names, ""
        case Kind.REPLIED:
            asks = event.data.get("ask_back")
            text = _("We go on as soon as we hear from you.") if asks else ""
            return "mail", _("%(name)s wrote to you") % names, text
        case Kind.WROTE:
            return "message-2", _("You wrote"), ""
        case Kind.ANSWERED_IN_THREAD:
            return "message-2", _("%(name)s answered in the thread") % names, ""
        case Kind.OFFICIAL_ANSWER:
            text = _("In public, so that it helps others too.")
            return "building-arch", _("%(name)s answered officially") % names, text
        case Kind.SOLVED_IN_THREAD:
            return "check", _("Solved in the public thread"), ""
        case Kind.RESOLVED:
            word = _("You said it is solved") if is_mine else _("Solved")
            return "check", word, ""
        case Kind.REOPENED:
            word = _("You opened it again") if is_mine else _("We opened it again")
            return "history", word, ""
        case _closed:
            return "lock", _("We closed it"), ""


def _opened(
    ticket: Ticket, entry: Entry, names: dict[str, str], *, is_mine: bool
) -> tuple[str, str, str]:
    if ticket.question_id is None:
        return "mail", _("You wrote to us"), _("Only you and our team can read this.")
    if is_mine:
        text = _("Your private details stay out of the public page.")
        return "ticket", _("You asked our team"), text
    hours = {"hours": hours_in_words(entry.event.data.get("hours", 0))}
    match entry.event.data.get("rule"):
        case RuleKind.UNANSWERED:
            text = _(
                "Nobody had answered for %(hours)s, so it came to us by itself. "
                "Your private details stay out of the public page."
            )
            return "ticket", _("It became a ticket"), text % hours
        case RuleKind.UNACCEPTED:
            text = _(
                "No answer had solved it after %(hours)s, so it came to us by itself. "
                "Your private details stay out of the public page."
            )
            return "ticket", _("It became a ticket"), text % hours
        case _asked_for:
            text = _(
                "%(name)s asked our team to look at it. "
                "Your private details stay out of the public page."
            )
            return "ticket", _("It became a ticket"), text % names


def _coming(ticket: Ticket, at: datetime) -> list[Step]:
    last = Step("check", _("You say if it is solved"), tones=("next",))
    if ticket.state == TicketState.WAITING_CUSTOMER:
        return [Step("message-2", _("Your answer"), tones=("next",)), last]
    if ticket.due_at is None:
        return [last]
    due = {"due": deadline_in_words(ticket.due_at, at)}
    if ticket.is_overdue(at):
        text = _("We promised it by %(due)s and are late. We are sorry.") % due
    else:
        text = _("Due by %(due)s.") % due
    return [Step("building-arch", _("Our answer"), text, tones=("next",)), last]
