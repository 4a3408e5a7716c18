"""What people did that badges are given for: how often, and when."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, ExtractYear, TruncDate

from common.site_day import site_day
from community.models import (
    Answer,
    ArticleSource,
    Flag,
    PostRevision,
    PostState,
    Question,
    Tag,
    Tagging,
    Voice,
    Vote,
)
from rewards import numbers
from rewards.models import Badge
from rewards.models.badges import Tier

Feat = Badge.Feat
Window = Badge.Window
READ_ROWS = 5000


@dataclass(frozen=True)
class Feats:
    """Rows of which each is one feat: whose, when, and of which thread.

    `who`, `when` and `thread` (a prefix that ends in "__", or "") are paths from the
    row; `imported` lists paths to sources that are "" for what was written here.
    """

    rows: Callable[[Badge], QuerySet]
    who: str
    when: str
    thread: str
    imported: tuple[str, ...]


@dataclass(frozen=True)
class Reached:
    """The highest tier somebody has, and until when (None: for good)."""

    tier: Tier
    expires_at: datetime | None


def _answers(_badge: Badge | None = None) -> QuerySet[Answer]:
    """Members' answers to others. Official ones are the staff's work."""
    seen = Answer.objects.visible().filter(question__state=PostState.VISIBLE)
    return seen.exclude(voice=Voice.OFFICIAL).exclude(author=F("question__author"))


def _accepted(_badge: Badge) -> QuerySet[Answer]:
    return _answers().filter(question__accepted_answer=F("pk"))


def _first_answers(badge: Badge) -> QuerySet[Answer]:
    in_time = F("question__created_at") + timedelta(minutes=badge.minutes or 0)
    first = _answers().filter(created_at=F("question__first_answer_at"))
    return first.filter(created_at__lte=in_time)


def _rescues(badge: Badge) -> QuerySet[Answer]:
    long_after = F("question__created_at") + numbers.RESCUE_AFTER
    return _accepted(badge).filter(
        created_at=F("question__first_answer_at"), created_at__gte=long_after
    )


def _up_votes(_badge: Badge) -> QuerySet[Vote]:
    return (
        Vote.objects.filter(
            value=1,
            answer__state=PostState.VISIBLE,
            answer__question__state=PostState.VISIBLE,
        )
        .exclude(answer__voice=Voice.OFFICIAL)
        .exclude(answer__author=F("answer__question__author"))
        .exclude(voter=F("answer__author"))
    )


def _articles(_badge: Badge) -> QuerySet[ArticleSource]:
    return ArticleSource.objects.filter(answer__isnull=False, credited_at__isnull=False)


def _solved_questions(_badge: Badge) -> QuerySet[Question]:
    solved = Question.objects.visible().filter(solved_at__isnull=False)
    by_others = Q(accepted_answer=None) | ~Q(accepted_answer__author=F("author"))
    return solved.filter(by_others)


def _upheld_flags(_badge: Badge) -> QuerySet[Flag]:
    return Flag.objects.filter(state=Flag.State.UPHELD, handled_at__isnull=False)


def _edits(_badge: Badge) -> QuerySet[PostRevision]:
    """A version keeps how a post read before; reads it so again, the edit is gone."""
    answers = Q(answer__state=PostState.VISIBLE) & ~Q(answer__author=F("editor"))
    questions = Q(question__state=PostState.VISIBLE) & ~Q(question__author=F("editor"))
    as_before = Q(question__body=F("body"), question__title=F("title"))
    return PostRevision.objects.filter(
        (answers & ~Q(answer__body=F("body"))) | (questions & ~as_before)
    )


_OF_ANSWER = ("source", "question__source")
FEATS: dict[str, Feats] = {
    Feat.ANSWERS: Feats(_answers, "author", "created_at", "question__", _OF_ANSWER),
    Feat.ACCEPTED: Feats(
        _accepted, "author", "question__accepted_at", "question__", _OF_ANSWER
    ),
    Feat.FIRST_ANSWERS: Feats(
        _first_answers, "author", "created_at", "question__", _OF_ANSWER
    ),
    Feat.RESCUES: Feats(
        _rescues, "author", "question__accepted_at", "question__", _OF_ANSWER
    ),
    Feat.UP_VOTES: Feats(
        _up_votes, "answer__author", "at", "answer__question__", ("source",)
    ),
    Feat.ARTICLES: Feats(
        _articles, "person", "credited_at", "question__", ("answer__source",)
    ),
    Feat.SOLVED_QUESTIONS: Feats(
        _solved_questions, "author", "solved_at", "", ("source",)
    ),
    Feat.UPHELD_FLAGS: Feats(_upheld_flags, "person", "handled_at", "", ()),
    Feat.DAYS_IN_A_ROW: Feats(
        _answers, "author", "created_at", "question__", _OF_ANSWER
    ),
    Feat.TOPICS: Feats(
        _accepted, "author", "question__accepted_at", "question__", _OF_ANSWER
    ),
    Feat.EDITS: Feats(_edits, "editor", "at", "", ()),
}


def candidates(badge: Badge, *, after: int = 0, most: int) -> list[int]:
    """The next people by id who did enough of it in all for the lowest tier.

    Whoever earns the badge is among them; of those counted within days or in a row
    not all do. One query over all that was ever done.
    """
    of = FEATS[badge.feat]
    lowest = badge.thresholds[0][1]
    people = (
        _totals(badge, _rows(badge))
        .filter(n__gte=lowest, **{f"{of.who}__gt": after})
        .order_by(of.who)
        .values_list(of.who, flat=True)
        .distinct()
    )
    return list(people[:most])


def reached(
    badge: Badge, people: Sequence[int], *, at: datetime
) -> dict[tuple[int, str], Reached]:
    """What these people have earned of a badge, by person and series ("" or a year).

    In one query for plain counts, two for what needs each moment.
    """
    if badge.window == Window.DAYS:
        return _within_days(badge, people, at)
    if badge.feat == Feat.DAYS_IN_A_ROW:
        counts = _runs(badge, people)
    else:
        of = FEATS[badge.feat]
        rows = _totals(badge, _rows(badge, people)).order_by()
        named = ("series",) if badge.window == Window.YEAR else ()
        counts = {
            (who, str(series[0]) if series else ""): n
            for who, *series, n in rows.values_list(of.who, *named, "n")
        }
    return {
        key: Reached(tier, None)
        for key, n in counts.items()
        if (tier := _tier_for(badge, n)) is not None
    }


def _rows(badge: Badge, people: Sequence[int] | None = None) -> QuerySet:
    """The feats that count for this badge, of everybody or of some."""
    of = FEATS[badge.feat]
    rows = of.rows(badge)
    if people is not None:
        rows = rows.filter(**{f"{of.who}__in": people})
    if not badge.counts_imported:
        rows = rows.filter(**dict.fromkeys(of.imported, ""))
        rows = rows.filter(**{f"{of.who}__source": ""})
    if badge.circle_id is not None:
        rows = rows.filter(**{f"{of.thread}circle": badge.circle_id})
    if badge.language:
        rows = rows.filter(**{f"{of.thread}language": badge.language})
    if badge.tag_id is not None:
        tagged = Tagging.objects.filter(
            tag__in=_names_of(badge.tag_id), question=OuterRef(f"{of.thread}pk")
        )
        rows = rows.filter(Exists(tagged))
    return rows


def _names_of(tag_id: int) -> QuerySet[Tag, Any]:
    """A topic's tag, its synonyms and its translations."""
    same = Q(pk=tag_id) | Q(synonym_of=tag_id) | Q(translation_of=tag_id)
    return Tag.objects.filter(same).order_by().values("pk")


def _totals(badge: Badge, rows: QuerySet) -> QuerySet:
    """How many of them, as `n`, by person; a yearly badge's by `series` as well."""
    of = FEATS[badge.feat]
    groups = [of.who]
    if badge.window == Window.YEAR:
        rows = rows.annotate(series=ExtractYear(of.when, tzinfo=_zone()))
        groups.append("series")
    if badge.feat == Feat.TOPICS:
        tag = f"{of.thread}tags"
        topic = Coalesce(f"{tag}__synonym_of", f"{tag}__translation_of", tag)
        counted = Count(topic, distinct=True)
    elif badge.feat == Feat.DAYS_IN_A_ROW:
        counted = Count(TruncDate(of.when, tzinfo=_zone()), distinct=True)
    else:
        counted = Count("pk")
    return rows.order_by().values(*groups).annotate(n=counted)


def _within_days(
    badge: Badge, people: Sequence[int], at: datetime
) -> dict[tuple[int, str], Reached]:
    """Who ever had enough within the days; where it ends, who had so not long ago."""
    window = timedelta(days=badge.window_days or 0)
    found = {}
    for who, moments in _moments(badge, people):
        for tier, needed in reversed(badge.thresholds):
            last = _last_met(moments, needed, window)
            ends = _ends(badge, last)
            if last is not None and (ends is None or ends > at):
                found[who, ""] = Reached(tier, ends)
                break
    return found


def _last_met(
    moments: Sequence[datetime], needed: int, window: timedelta
) -> datetime | None:
    """When the last of `needed` feats within the window was done."""
    for last in range(len(moments) - 1, needed - 2, -1):
        if moments[last] - moments[last - needed + 1] <= window:
            return moments[last]
    return None


def _ends(badge: Badge, last: datetime | None) -> datetime | None:
    if last is None or badge.valid_days is None:
        return None
    return last + timedelta(days=badge.valid_days)


def _moments(
    badge: Badge, people: Sequence[int]
) -> Iterator[tuple[int, list[datetime]]]:
    """Person by person when they did it, only of those who did enough in all."""
    of = FEATS[badge.feat]
    lowest = badge.thresholds[0][1]
    enough = _totals(badge, _rows(badge, people)).filter(n__gte=lowest)
    busy = list(enough.values_list(of.who, flat=True))
    rows = _rows(badge, busy).order_by(of.who, of.when).values_list(of.who, of.when)
    found = rows.iterator(chunk_size=READ_ROWS)
    for who, group in groupby(found, key=lambda row: row[0]):
        yield who, [moment for _who, moment in group]


def _runs(badge: Badge, people: Sequence[int]) -> dict[tuple[int, str], int]:
    """The longest row of days, ever or in each year, by person and series."""
    days: dict[tuple[int, str], list[date]] = defaultdict(list)
    for who, moments in _moments(badge, people):
        for day in sorted({site_day(moment) for moment in moments}):
            series = str(day.year) if badge.window == Window.YEAR else ""
            days[who, series].append(day)
    return {key: _longest_run(found) for key, found in days.items()}


def _longest_run(days: Iterable[date]) -> int:
    longest = run = 0
    before: date | None = None
    for day in days:
        run = run + 1 if before and day - before == timedelta(days=1) else 1
        longest = max(longest, run)
        before = day
    return longest


def _tier_for(badge: Badge, n: int) -> Tier | None:
    met = [tier for tier, needed in badge.thresholds if n >= needed]
    return met[-1] if met else None


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.ANSWERHALL_TIME_ZONE)
