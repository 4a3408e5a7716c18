"""The public trace in the reader's words: kind and data become steps to show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import (
    get_language,
    gettext as _,
    gettext_lazy,
    ngettext,
    pgettext,
    pgettext_lazy,
)

from community.models import Question, QuestionEvent

Kind = QuestionEvent.Kind

_WORDS = {
    Kind.ASKED: pgettext_lazy("step", "Asked"),
    Kind.ANSWERED: pgettext_lazy("step", "Answered"),
    Kind.ACCEPTED: pgettext_lazy("step", "Accepted"),
    Kind.UNACCEPTED: pgettext_lazy("step", "Re-opened"),
    Kind.ESCALATED: pgettext_lazy("step", "Escalated"),
    Kind.TICKET_OPENED: pgettext_lazy("step", "Ticket"),
    Kind.OFFICIAL_ANSWER: pgettext_lazy("step", "Official"),
    Kind.SOLVED: pgettext_lazy("step", "Solved"),
    Kind.ARTICLE_PUBLISHED: pgettext_lazy("step", "Article"),
}
_LOOK: dict[str, tuple[str, str]] = {
    Kind.ASKED: ("message-circle-question", ""),
    Kind.ANSWERED: ("message-2", ""),
    Kind.ACCEPTED: ("check", ""),
    Kind.UNACCEPTED: ("history", "is-wait"),
    Kind.ESCALATED: ("clock", "is-wait"),
    Kind.TICKET_OPENED: ("ticket", ""),
    Kind.OFFICIAL_ANSWER: ("building-arch", "is-official"),
    Kind.SOLVED: ("check", "is-solved"),
    Kind.ARTICLE_PUBLISHED: ("book-2", ""),
}
# What the small trace of a list draws, in this order, and how it is read out.
_STATIONS: list[tuple[set[str], str, object]] = [
    ({Kind.ASKED}, "", gettext_lazy("asked")),
    ({Kind.ANSWERED}, "", gettext_lazy("answered")),
    ({Kind.ESCALATED, Kind.TICKET_OPENED}, "", gettext_lazy("ticket")),
    ({Kind.OFFICIAL_ANSWER}, "hall-dot", gettext_lazy("official answer")),
    ({Kind.SOLVED}, "yes", gettext_lazy("solved")),
    ({Kind.ARTICLE_PUBLISHED}, "", gettext_lazy("article")),
]
# Longer traces keep their beginning and their end on the line.
_ON_THE_LINE = 8

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Step:
    """One step that happened, or one that surely comes (`at` is None).

    `gap` is the time since the station before, `following` the time until the next
    step.
    """

    kind: str
    word: str
    icon: str
    tone: str
    at: datetime | None = None
    href: str = ""
    sentence: str = ""
    when: str = ""
    gap: str = ""
    following: str = ""


@dataclass(frozen=True)
class Trace:
    """`line` is the short way across the page, `steps` every row below it."""

    steps: list[Step]
    line: list[Step]
    solved_in: str


@dataclass(frozen=True)
class SmallTrace:
    """Dots for a row of a list: their classes, and words for those who listen."""

    dots: tuple[str, ...]
    label: str


@dataclass(frozen=True)
class Links:
    """What steps of a thread can lead to.

    `answers` are on the same page: links to them need no request. `articles` are the
    addresses of those that are public now; one that was taken down has none.
    """

    answers: Set[int] = frozenset()
    articles: Mapping[int, str] = field(default_factory=dict)


def trace_of(
    question: Question, events: Sequence[QuestionEvent], links: Links
) -> Trace:
    """The events of a thread, as found by thread_page, in the reader's language."""
    steps: list[Step] = []
    last_day = None
    for event, after in zip(events, [*events[1:], None], strict=True):
        day = timezone.localtime(event.at).date()
        steps.append(_step(question, event, after, links, is_new_day=day != last_day))
        last_day = day
    return Trace(
        steps=steps,
        line=_line(question, steps),
        solved_in=span(question.solved_at - question.created_at)
        if question.solved_at
        else "",
    )


def small_trace(question: Question, steps: Set[str]) -> SmallTrace:
    """What happened, as dots; a solution that was taken back is no station."""
    kinds = set(steps) or {Kind.ASKED}
    if question.solved_at is None:
        kinds -= {Kind.SOLVED}
    else:
        kinds |= {Kind.SOLVED}
    if question.answer_count and Kind.OFFICIAL_ANSWER not in kinds:
        kinds |= {Kind.ANSWERED}
    return _small(frozenset(kinds), bool(question.answer_count), get_language())


# There are few ways a thread can have gone, and a list shows twenty of them.
@lru_cache(maxsize=256)
def _small(
    kinds: frozenset[str],
    is_answered: bool,
    language: str | None,  # noqa: ARG001  the words depend on it
) -> SmallTrace:
    found = [(dot, word) for of, dot, word in _STATIONS if of & kinds]
    dots = [dot for dot, _word in found]
    if Kind.SOLVED not in kinds:
        dots += ["no"] if is_answered else ["no", "no"]
    words = pgettext("between steps", ", ").join(str(word) for _dot, word in found)
    return SmallTrace(tuple(dots), _("Trace: %(steps)s") % {"steps": words})


def span(delta: timedelta) -> str:
    """How long somebody waited, in at most two units: "2 days 3 hours"."""
    if delta < _MINUTE:
        return _("less than a minute")
    days, rest = divmod(delta, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes = rest // _MINUTE
    parts = [
        ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else "",
        ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours} if hours else "",
        ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
        if minutes and not days
        else "",
    ]
    return " ".join(part for part in parts if part)


def _step(
    question: Question,
    event: QuestionEvent,
    after: QuestionEvent | None,
    links: Links,
    *,
    is_new_day: bool,
) -> Step:
    icon, tone = _LOOK[event.kind]
    return Step(
        kind=event.kind,
        word=str(_WORDS[Kind(event.kind)]),
        icon=icon,
        tone=tone,
        at=event.at,
        href=_href(event, links),
        sentence=_sentence(question, event),
        when=_when(event.at, is_new_day=is_new_day),
        following=_later(after.gap) if after and after.gap is not None else "",
    )


def _line(question: Question, steps: list[Step]) -> list[Step]:
    """Accepting and solving are one station when they are one moment."""
    shown = [
        step
        for step, after in zip(steps, [*steps[1:], None], strict=True)
        if not (step.kind == Kind.ACCEPTED and after and after.kind == Kind.SOLVED)
    ]
    if len(shown) > _ON_THE_LINE:
        shown = [shown[0], *shown[1 - _ON_THE_LINE :]]
    shown = [
        replace(step, gap=_gap(step.at - before.at))
        if before and before.at and step.at
        else step
        for step, before in zip(shown, [None, *shown], strict=False)
    ]
    if question.solved_at is None:
        if not question.answer_count:
            shown.append(_still_to_come(Kind.ANSWERED))
        shown.append(_still_to_come(Kind.SOLVED))
    return shown


def _still_to_come(kind: QuestionEvent.Kind) -> Step:
    return Step(kind, str(_WORDS[kind]), _LOOK[kind][0], "is-next")


def _href(event: QuestionEvent, links: Links) -> str:
    if event.kind == Kind.ASKED:
        return "#question"
    if event.kind == Kind.ARTICLE_PUBLISHED:
        return links.articles.get(event.data.get("article", 0), "")
    answer = event.data.get("answer")
    if not isinstance(answer, int) or event.kind == Kind.UNACCEPTED:
        return ""
    if answer in links.answers:
        return f"#answer-{answer}"
    return reverse("community:answer_page", args=[answer])


def _gap(delta: timedelta) -> str:
    if delta < _MINUTE:
        return _("at once")
    if delta < _HOUR:
        return _("%(n)d min") % {"n": delta // _MINUTE}
    if delta < 2 * _DAY:
        return _("%(n)d h") % {"n": delta // _HOUR}
    days = delta // _DAY
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days}


def _later(delta: timedelta) -> str:
    if delta < _MINUTE:
        return _("at once")
    if delta < _HOUR:
        return _("%(n)d min later") % {"n": delta // _MINUTE}
    if delta < 2 * _DAY:
        return _("%(n)d h later") % {"n": delta // _HOUR}
    days = delta // _DAY
    return ngettext("%(n)d day later", "%(n)d days later", days) % {"n": days}


def _when(at: datetime, *, is_new_day: bool) -> str:
    local = timezone.localtime(at)
    if not is_new_day:
        return date_format(local, "H:i")
    if local.year == timezone.localtime().year:
        return date_format(local, pgettext("day and time of a step", "j M H:i"))
    return date_format(local, pgettext("date and time of a step", "j M Y H:i"))


def _sentence(question: Question, event: QuestionEvent) -> str:
    names = {
        "name": event.actor.name if event.actor else "",
        "author": event.subject.name if event.subject else "",
        "circle": question.circle.name,
        "ticket": event.data.get("ticket", ""),
    }
    return _words(question, event) % names


def _words(question: Question, event: QuestionEvent) -> str:
    match event.kind:
        case Kind.ASKED:
            if question.me_too_count:
                return _asked_by_many(question.me_too_count)
            return _("%(name)s asked in %(circle)s.")
        case Kind.ANSWERED:
            return _("%(name)s was the first to answer.")
        case Kind.ACCEPTED if event.actor_id == event.data.get("author"):
            return _("%(name)s marked their own answer as the solution.")
        case Kind.ACCEPTED:
            return _("%(name)s accepted the answer by %(author)s.")
        case Kind.UNACCEPTED:
            return _("%(name)s opened the question again: it still needs an answer.")
        case Kind.ESCALATED if event.actor_id:
            return _("%(name)s asked our team to look at it.")
        case Kind.ESCALATED if hours := event.data.get("hours"):
            return _escalated_after(hours, event.data.get("rule") == "unanswered")
        case Kind.ESCALATED:
            return _("No answer had solved it, so our team got it by itself.")
        case Kind.TICKET_OPENED:
            return _("Ticket %(ticket)s was opened: our team has it.")
        case Kind.OFFICIAL_ANSWER:
            return _("%(name)s answered in the name of our team.")
        case Kind.SOLVED if event.data.get("official"):
            return _("Our team settled it with an official answer.")
        case Kind.SOLVED:
            return _("The answer by %(author)s solved it.")
        case Kind.ARTICLE_PUBLISHED:
            return _("The editors made it an article, so the next person finds it.")
    return ""


def _escalated_after(hours: int, is_unanswered: bool) -> str:
    if is_unanswered:
        words = ngettext(
            "Nobody had answered in %(hours)d hour, so our team got it by itself.",
            "Nobody had answered in %(hours)d hours, so our team got it by itself.",
            hours,
        )
    else:
        words = ngettext(
            "Nothing had solved it in %(hours)d hour, so our team got it by itself.",
            "Nothing had solved it in %(hours)d hours, so our team got it by itself.",
            hours,
        )
    return words % {"hours": hours}


def _asked_by_many(count: int) -> str:
    # The number goes in first: the sentence is filled with names afterwards.
    return ngettext(
        "%%(name)s asked in %%(circle)s. %(count)d person has the same problem.",
        "%%(name)s asked in %%(circle)s. %(count)d people have the same problem.",
        count,
    ) % {"count": count}
