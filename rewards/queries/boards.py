"""Leaderboards by period, topic, circle and language, and one's own place."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from common.site_day import site_day
from community.models import Circle, Tag
from people.models import Person
from rewards import numbers
from rewards.models import BoardPlace, HiddenHelper, LeaderBoard
from rewards.months import moments_of
from rewards.queries.help_given import LANGUAGES, help_by_year, worth_of

Period = LeaderBoard.Period
# "": every language.
ALL_LANGUAGES = ("", *LANGUAGES)


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


def my_place(board: LeaderBoard, person: Person) -> MyPlace | None:
    """This person's place on the board, in three queries; None if they have none.

    Who is not among the best is placed by what their help of that time is worth now.
    """
    if is_hidden(person):
        return None
    if place := board.places.filter(person=person).first():
        return MyPlace(rank=place.rank, of=board.people, worth=place.worth)
    worth = worth_of(
        person,
        since=begins_at(board.period, board.made_at),
        language=board.language,
        circle_id=board.circle_id,
        tag_id=board.tag_id,
    )
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


def begins_at(period: str, at: datetime) -> datetime | None:
    """The first moment of the site's week, month or year; None: since ever."""
    today = site_day(at)
    if period == Period.WEEK:
        return moments_of(today - timedelta(days=today.weekday()))[0]
    if period == Period.MONTH:
        return moments_of(today.replace(day=1))[0]
    if period == Period.YEAR:
        return moments_of(today.replace(month=1, day=1))[0]
    return None


def places_export(person: Person) -> dict[str, object]:
    """What boards and badges know of somebody who asks for their data."""
    wish = HiddenHelper.objects.filter(person=person).first()
    return {
        "hidden_since": wish.at if wish else None,
        "help_by_year": help_by_year(person),
    }
