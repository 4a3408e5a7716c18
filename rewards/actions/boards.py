"""Leaderboards are made anew from the answers of their time."""

from collections.abc import Iterator
from datetime import datetime
from operator import itemgetter

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from common.freshness import changed
from common.site_day import site_day
from community.queries.leaders import topics_of_questions
from rewards import numbers
from rewards.freshness import LEADERS
from rewards.models import BoardPlace, LeaderBoard
from rewards.queries.boards import ALL_LANGUAGES, begins_at, key_of
from rewards.queries.help_given import LANGUAGES, help_given
from rewards.scoring.boards import Help, Standing, by_circle, standing
from rewards.scoring.history import Bools, Ints, rows_by_topic

Period = LeaderBoard.Period


def make_boards(*, at: datetime) -> int:
    """Make every board that is due; returns how many there are.

    Weeks and months each time, years and ever once a day: those read more, and move
    less. A board that nobody stands on any more goes. The answers are read once for
    all of them, so what was undone, imported or hidden needs no telling.
    """
    periods = [period for period in Period if _is_due(period, at)]
    starts = [begins_at(period, at) for period in periods]
    since = None if None in starts else min(filter(None, starts))
    given = help_given(since=since, until=at)
    topics = topics_of_questions(since=since)
    of_circles = list(by_circle(given))
    of_topics = list(rows_by_topic(given.question, **topics))
    made = 0
    for period, start in zip(periods, starts, strict=True):
        for language in ALL_LANGUAGES:
            counts = _counted(given, start, language)
            standings = _standings(given, counts, of_circles, of_topics)
            made += _store(period, language, standings, at=at)
    changed(LEADERS)
    return made


def _is_due(period: str, at: datetime) -> bool:
    if period in (Period.WEEK, Period.MONTH):
        return True
    made = LeaderBoard.objects.filter(period=period).order_by("-made_at").first()
    return made is None or site_day(made.made_at) < site_day(at)


def _counted(given: Help, start: datetime | None, language: str) -> Bools:
    counts = np.ones(len(given), dtype=np.bool_)
    if start:
        counts &= given.answered_at >= start.timestamp()
    if language:
        counts &= given.language == LANGUAGES.index(language)
    return counts


def _standings(
    given: Help,
    counts: Bools,
    of_circles: list[tuple[int, Ints]],
    of_topics: list[tuple[int, Ints]],
) -> Iterator[tuple[int | None, int | None, Standing]]:
    """Circle, tag (None: all of them) and who stands there: the busy topics only."""
    busy = [(int(counts[rows].sum()), topic, rows) for topic, rows in of_topics]
    busy = sorted(busy, key=itemgetter(0), reverse=True)[: numbers.BOARD_TOPICS]
    places: list[tuple[int | None, int | None, Bools | Ints]] = [
        (None, None, counts),
        *((circle, None, rows[counts[rows]]) for circle, rows in of_circles),
        *((None, topic, rows[counts[rows]]) for _size, topic, rows in busy),
    ]
    for circle, topic, rows in places:
        found = standing(given, rows, most=numbers.BOARD_PLACES)
        if len(found.people):
            yield circle, topic, found


@transaction.atomic
def _store(
    period: str,
    language: str,
    standings: Iterator[tuple[int | None, int | None, Standing]],
    *,
    at: datetime,
) -> int:
    """Put a period's boards in one language in the place of those that were.

    Where people stood on the day before is kept.
    """
    start = begins_at(period, at)
    was = LeaderBoard.objects.filter(period=period, language=language)
    starts_on = site_day(start) if start else None
    before = _stood_before(was.filter(starts_on=starts_on), at)
    was.delete()
    made = 0
    for circle, tag, found in standings:
        board = LeaderBoard.objects.create(
            key=key_of(period, language=language, circle=circle, tag=tag),
            period=period,
            language=language,
            circle_id=circle,
            tag_id=tag,
            starts_on=starts_on,
            made_at=at,
            people=sum(people for _worth, people in found.steps),
            steps=found.steps,
        )
        _store_places(board, found, before.get(board.key, {}))
        made += 1
    return made


def _store_places(
    board: LeaderBoard, found: Standing, before: dict[int, int | None]
) -> None:
    columns = (
        found.people,
        found.rank,
        found.worth,
        found.answers,
        found.accepted,
        found.votes,
    )
    BoardPlace.objects.bulk_create(
        BoardPlace(
            board=board,
            person_id=person,
            rank=rank,
            rank_before=before.get(person),
            worth=worth,
            answers=answers,
            accepted=accepted,
            votes=votes,
        )
        for person, rank, worth, answers, accepted, votes in zip(
            *(column.tolist() for column in columns), strict=True
        )
    )


def _stood_before(
    was: QuerySet[LeaderBoard], at: datetime
) -> dict[str, dict[int, int | None]]:
    """By board each one's place on the day before, of the same week, month or year."""
    before: dict[str, dict[int, int | None]] = {}
    rows = BoardPlace.objects.filter(board__in=was).values_list(
        "board__key", "board__made_at", "person_id", "rank", "rank_before"
    )
    for key, made_at, person, rank, rank_before in rows.iterator():
        same_day = site_day(made_at) == site_day(at)
        before.setdefault(key, {})[person] = rank_before if same_day else rank
    return before
