"""Leaderboards by period, topic, circle and language, and one's own place."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet, Sum

from common.site_day import site_day
from community.models import Circle, Tag
from people.models import Person
from rewards import numbers
from rewards.models import BoardPlace, HelpSum, HiddenHelper, LeaderBoard

Period = LeaderBoard.Period
Span = HelpSum.Span
# "": both.
LANGUAGES = ("", *dict(settings.LANGUAGES))
WORTH = Sum(
    F("answers") * numbers.WORTH_OF_ANSWER
    + F("accepted") * numbers.WORTH_OF_ACCEPTED
    + F("votes") * numbers.WORTH_OF_VOTE
)


@dataclass(frozen=True)
class MyPlace:
    """Where somebody stands who may not be among the best."""

    rank: int
    of: int
    worth: int


@dataclass(frozen=True)
class PeriodBoard:
    board: LeaderBoard | None
    rows: list[BoardPlace]


def period_board(
    period: str, *, language: str = "", circle: Circle | None, tag: Tag | None
) -> PeriodBoard:
    """The best of a period as last made, without who is hidden, in two queries."""
    key = key_of(
        period,
        language=language,
        circle=circle.pk if circle else None,
        tag=tag.pk if tag else None,
    )
    board = LeaderBoard.objects.filter(key=key).first()
    if board is None:
        return PeriodBoard(None, [])
    rows = (
        board.places.filter(person__erased_at=None)
        .exclude(Exists(hidden(OuterRef("person"))))
        .select_related("person")
        .order_by("rank", "-accepted", "person_id")
    )
    return PeriodBoard(board, list(rows[: numbers.BOARD_PLACES_SHOWN]))


def my_place(board: LeaderBoard, person: Person, *, at: datetime) -> MyPlace | None:
    """This person's place on the board, in two queries; None if they have none."""
    if is_hidden(person):
        return None
    sums = sums_of(
        board.period,
        at=at,
        language=board.language,
        circle=board.circle_id,
        tag=board.tag_id,
    )
    worth = sums.filter(person=person).aggregate(n=WORTH)["n"]
    if not worth:
        return None
    above = sum(people for step, people in board.steps if step > worth)
    return MyPlace(rank=above + 1, of=max(board.people, above + 1), worth=worth)


def topics_on_boards(period: str, language: str) -> list[Tag]:
    """Topics somebody helped in, the busiest first."""
    boards = LeaderBoard.objects.filter(period=period, tag__isnull=False)
    found = boards.filter(language=language).select_related("tag")
    busy = sorted(found.only("tag", "people"), key=lambda one: -one.people)
    return [one.tag for one in busy if one.tag][: numbers.BOARD_TOPICS_SHOWN]


def hidden(person: Any) -> QuerySet[HiddenHelper]:
    """The wish of a person, or of an OuterRef to one."""
    return HiddenHelper.objects.filter(person=person)


def is_hidden(person: Person) -> bool:
    return hidden(person).exists()


def key_of(period: str, *, language: str, circle: int | None, tag: int | None) -> str:
    place = f"circle:{circle}" if circle else f"tag:{tag}" if tag else "all"
    return f"{period}|{language}|{place}"


def span_of(period: str, at: datetime) -> tuple[str, date | None, date]:
    """Of which sums a period is made, from when on (None: ever), and until when."""
    today = site_day(at)
    tomorrow = today + timedelta(days=1)
    if period == Period.WEEK:
        return Span.DAY, today - timedelta(days=today.weekday()), tomorrow
    if period == Period.MONTH:
        return Span.MONTH, today.replace(day=1), tomorrow
    if period == Period.YEAR:
        return Span.YEAR, today.replace(month=1, day=1), tomorrow
    return Span.YEAR, None, tomorrow


def sums_of(
    period: str,
    *,
    at: datetime,
    language: str,
    circle: int | None = None,
    tag: int | None = None,
    topics: bool = False,
) -> QuerySet[HelpSum]:
    """Everybody's sums in a period and place; `topics`: those of all topics instead.

    Circles and topics have sums of their own, each of the same answers.
    """
    span, first, end = span_of(period, at)
    sums = HelpSum.objects.filter(span=span, starts_on__lt=end)
    if first is not None:
        sums = sums.filter(starts_on__gte=first)
    if language:
        sums = sums.filter(language=language)
    if topics:
        return sums.filter(tag__isnull=False)
    sums = sums.filter(tag=tag) if tag else sums.filter(tag__isnull=True)
    return sums.filter(circle=circle) if circle else sums


def places_export(person: Person) -> dict[str, object]:
    """What boards and badges know of somebody who asks for their data."""
    wish = HiddenHelper.objects.filter(person=person).first()
    years = (
        HelpSum.objects.filter(person=person, span=Span.YEAR, tag__isnull=True)
        .order_by("starts_on")
        .values("starts_on")
        .annotate(n=Sum("answers"), n_accepted=Sum("accepted"), n_votes=Sum("votes"))
    )
    return {
        "hidden_since": wish.at if wish else None,
        "help_by_year": [
            {
                "year": row["starts_on"].year,
                "answers": row["n"],
                "accepted": row["n_accepted"],
                "votes": row["n_votes"],
            }
            for row in years
        ],
    }
