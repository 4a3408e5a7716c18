"""Help is summed by day, month and year, and leaderboards are made of the sums."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from common.freshness import changed
from common.site_day import site_day
from community.models import Answer, Circle, PostState, Tag, Voice
from rewards import numbers
from rewards.actions.summing import moments_of
from rewards.freshness import LEADERS
from rewards.models import BoardPlace, BoardWatch, DayTouch, HelpSum, LeaderBoard
from rewards.queries.boards import LANGUAGES, WORTH, key_of, span_of, sums_of

Span = HelpSum.Span
Period = LeaderBoard.Period


def sum_later(answered_at: datetime) -> None:
    """Have the day of an answer summed anew, inside the caller's transaction."""
    DayTouch.objects.create(day=site_day(answered_at))


def sum_help(*, at: datetime, most: int = numbers.HELP_DAYS_AT_ONCE) -> int:
    """Sum the days on which something changed, the oldest first; returns how many.

    With today, and with days whose answers were imported. A transaction each day: what
    is left over, or was left by a killed run, is done by the next.
    """
    _find_new_days()
    DayTouch.objects.create(day=site_day(at))
    days = list(
        DayTouch.objects.order_by("day").values_list("day", flat=True).distinct()[:most]
    )
    months = set()
    for day in days:
        _sum_day(day)
        months.add(day.replace(day=1))
    for month in sorted(months):
        _sum_up(Span.MONTH, month, _next_month(month), Span.DAY)
    for year in sorted({month.replace(month=1) for month in months}):
        _sum_up(Span.YEAR, year, year.replace(year=year.year + 1), Span.MONTH)
    return len(days)


def make_boards(*, at: datetime) -> int:
    """Make every board anew from the sums; returns how many there are.

    Weeks and months each time, years and ever once a day: those read more, and move
    less. A board that nobody stands on any more goes.
    """
    made = 0
    for board in _boards(at):
        made += _make(board, at)
    current = [period for period in Period if _is_due(period, at)]
    LeaderBoard.objects.filter(period__in=current, made_at__lt=at).delete()
    changed(LEADERS)
    return made


@transaction.atomic
def _find_new_days() -> None:
    """Days of answers nobody announced: those of imports, and all on the first run."""
    watch, _new = BoardWatch.objects.select_for_update().get_or_create(pk=1)
    # Who took a number before others may be committed after them.
    unseen = Answer.objects.filter(pk__gt=watch.newest_answer - numbers.HELP_OVERLAP)
    newest = unseen.order_by("-pk").values_list("pk", flat=True).first()
    if newest is None or newest <= watch.newest_answer:
        return
    days = unseen.order_by().annotate(day=TruncDate("created_at", tzinfo=_zone()))
    found = days.values_list("day", flat=True).distinct()
    DayTouch.objects.bulk_create([DayTouch(day=day) for day in found])
    watch.newest_answer = newest
    watch.save(update_fields=["newest_answer"])


@transaction.atomic
def _sum_day(day: date) -> None:
    # Only those seen here: what is added meanwhile brings the day up once more.
    touches = list(DayTouch.objects.filter(day=day).values_list("pk", flat=True))
    HelpSum.objects.filter(span=Span.DAY, starts_on=day).delete()
    answers = _helpful(day)
    rows = [*_grouped(answers, "circle"), *_grouped(answers, "tag")]
    HelpSum.objects.bulk_create(
        [HelpSum(span=Span.DAY, starts_on=day, **row) for row in rows],
        batch_size=numbers.HELP_ROWS_AT_ONCE,
    )
    for start in range(0, len(touches), numbers.HELP_ROWS_AT_ONCE):
        some = touches[start : start + numbers.HELP_ROWS_AT_ONCE]
        DayTouch.objects.filter(pk__in=some).delete()


def _helpful(day: date) -> QuerySet[Answer]:
    start, end = moments_of(day)
    return (
        Answer.objects.visible()
        .filter(
            created_at__gte=start,
            created_at__lt=end,
            question__state=PostState.VISIBLE,
            author__erased_at__isnull=True,
        )
        .exclude(voice=Voice.OFFICIAL)
        .exclude(author=F("question__author"))
        .order_by()
    )


def _grouped(answers: QuerySet[Answer], place: str) -> Iterator[dict]:
    if place == "tag":
        tag = "question__tags"
        answers = answers.filter(**{f"{tag}__isnull": False})
        subject = Coalesce(f"{tag}__synonym_of", f"{tag}__translation_of", tag)
    else:
        subject = F("question__circle")
    rows = (
        answers.annotate(place=subject)
        .values("author", "place", "question__language")
        .annotate(
            n=Count("pk", distinct=True),
            n_accepted=Count(
                "pk", distinct=True, filter=Q(question__accepted_answer=F("pk"))
            ),
            n_votes=Sum("up_count"),
        )
    )
    for row in rows:
        yield {
            "person_id": row["author"],
            f"{place}_id": row["place"],
            "language": row["question__language"],
            "answers": row["n"],
            "accepted": row["n_accepted"],
            "votes": row["n_votes"],
        }


@transaction.atomic
def _sum_up(span: str, start: date, end: date, parts: str) -> None:
    """Sum a month from its days, or a year from its months, inside the database."""
    HelpSum.objects.filter(span=span, starts_on=start).delete()
    same = "person_id, circle_id, tag_id, language"
    table = HelpSum._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (span, starts_on, {same}, answers, accepted, votes)"  # noqa: S608
            f" SELECT %s, %s, {same}, SUM(answers), SUM(accepted), SUM(votes)"
            f" FROM {table} WHERE span = %s AND starts_on >= %s AND starts_on < %s"
            f" GROUP BY {same}",
            [span, start, parts, start, end],
        )


@dataclass(frozen=True)
class _Board:
    period: str
    language: str
    circle: Circle | None = None
    tag: Tag | None = None


def _boards(at: datetime) -> Iterator[_Board]:
    """Every board that may have somebody on it: overall, by circle, by busy topic."""
    circles = list(Circle.objects.order_by("pk"))
    for period in Period:
        if not _is_due(period, at):
            continue
        span, first, _end = span_of(period, at)
        sums = HelpSum.objects.filter(span=span, tag__isnull=False)
        if first is not None:
            sums = sums.filter(starts_on__gte=first)
        busy = sums.order_by().values("tag").annotate(n=Sum("answers")).order_by("-n")
        most = busy.values_list("tag", flat=True)[: numbers.BOARD_TOPICS]
        tags = Tag.objects.in_bulk(list(most))
        for language in LANGUAGES:
            yield _Board(period, language)
            yield from (_Board(period, language, circle=one) for one in circles)
            yield from (_Board(period, language, tag=one) for one in tags.values())


def _is_due(period: str, at: datetime) -> bool:
    if period in (Period.WEEK, Period.MONTH):
        return True
    made = LeaderBoard.objects.filter(period=period).order_by("-made_at").first()
    return made is None or made.made_at == at or site_day(made.made_at) < site_day(at)


@transaction.atomic
def _make(one: _Board, at: datetime) -> int:
    """One board anew; where people stood on the day before is kept. 0: nobody is."""
    period, language, circle, tag = one.period, one.language, one.circle, one.tag
    _span, first, _end = span_of(period, at)
    sums = sums_of(period, at=at, language=language, circle=circle, tag=tag)
    rows = list(
        sums.filter(
            person__erased_at__isnull=True,
            person__merged_into__isnull=True,
            person__is_active=True,
            person__hidden_helper__isnull=True,
        )
        .order_by()
        .values("person")
        .annotate(
            worth=WORTH, n=Sum("answers"), n_accepted=Sum("accepted"), n_up=Sum("votes")
        )
        .order_by("-worth", "-n_accepted", "person")
        .values_list("person", "worth", "n", "n_accepted", "n_up")
    )
    if not rows:
        return 0
    key = key_of(period, language=language, circle=circle, tag=tag)
    was = LeaderBoard.objects.filter(key=key).first()
    before = _stood_before(was, first, at)
    board, _new = LeaderBoard.objects.update_or_create(
        key=key,
        defaults={
            "period": period,
            "language": language,
            "circle": circle,
            "tag": tag,
            "starts_on": first,
            "made_at": at,
            "people": len(rows),
            "steps": list(Counter(row[1] for row in rows).items()),
        },
    )
    best = rows[: numbers.BOARD_PLACES]
    # Who did the same has the same place.
    ranks: dict[int, int] = {}
    for place, row in enumerate(best, start=1):
        ranks.setdefault(row[1], place)
    board.places.all().delete()
    BoardPlace.objects.bulk_create(
        [
            BoardPlace(
                board=board,
                person_id=person,
                rank=ranks[worth],
                rank_before=before.get(person),
                worth=worth,
                answers=answers,
                accepted=accepted,
                votes=votes,
            )
            for person, worth, answers, accepted, votes in best
        ]
    )
    return 1


def _stood_before(
    was: LeaderBoard | None, first: date | None, at: datetime
) -> dict[int, int | None]:
    """Each one's place on the day before, if it is the same week, month or year."""
    if was is None or was.starts_on != first:
        return {}
    same_day = site_day(was.made_at) == site_day(at)
    field = "rank_before" if same_day else "rank"
    return dict(was.places.values_list("person", field))


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.ANSWERHALL_TIME_ZONE)
