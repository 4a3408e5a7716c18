"""Help is summed by day, month and year, and leaderboards are made of the sums."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, TruncDate

from common.freshness import changed
from common.site_day import site_day
from community.models import Answer, PostState, Voice
from rewards import numbers
from rewards.freshness import LEADERS
from rewards.models import BoardPlace, BoardWatch, DayTouch, HelpSum, LeaderBoard
from rewards.months import moments_of
from rewards.queries.boards import LANGUAGES, WORTH, key_of, span_of, sums_of

Span = HelpSum.Span
Period = LeaderBoard.Period


def sum_later(answered_at: datetime) -> None:
    """Have the day of an answer summed anew, inside the caller's transaction."""
    DayTouch.objects.create(day=site_day(answered_at))


def sum_help(*, at: datetime, most: int = numbers.HELP_DAYS_AT_ONCE) -> int:
    """Sum the days on which something changed, the oldest first; returns how many.

    Of this month every time; once a day of all times, with days whose answers were
    imported, and then the years. A transaction each day: what is left over, or was
    left by a killed run, is done by the next.
    """
    today = site_day(at)
    is_nightly = _is_due(Period.EVER, at)
    touched = DayTouch.objects.order_by("day")
    if is_nightly:
        _find_new_days()
        _touch(today, *_last_night())
    else:
        _touch(today)
        touched = touched.filter(day__gte=today.replace(day=1))
    days = list(touched.values_list("day", flat=True).distinct()[:most])
    for day in days:
        _sum_day(day)
    months = {day.replace(day=1) for day in days}
    for month in sorted(months):
        _sum_up(Span.MONTH, month, _next_month(month), Span.DAY)
    for year in sorted({month.replace(month=1) for month in months if is_nightly}):
        _sum_up(Span.YEAR, year, year.replace(year=year.year + 1), Span.MONTH)
    return len(days)


def _touch(*days: date) -> None:
    DayTouch.objects.bulk_create([DayTouch(day=day) for day in days])


def _last_night() -> list[date]:
    """The day of the last nightly run: its year lacks what came later that day."""
    made = LeaderBoard.objects.filter(period=Period.EVER).order_by("-made_at").first()
    return [site_day(made.made_at)] if made else []


def make_boards(*, at: datetime) -> int:
    """Make every board anew from the sums; returns how many there are.

    Weeks and months each time, years and ever once a day: those read more, and move
    less. A board that nobody stands on any more goes.
    """
    made = 0
    for period in Period:
        if _is_due(period, at):
            made += sum(_make(period, language, at) for language in LANGUAGES)
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
        subject: Coalesce | F = Coalesce(
            f"{tag}__synonym_of", f"{tag}__translation_of", tag
        )
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


def _is_due(period: str, at: datetime) -> bool:
    if period in (Period.WEEK, Period.MONTH):
        return True
    made = LeaderBoard.objects.filter(period=period).order_by("-made_at").first()
    return made is None or site_day(made.made_at) < site_day(at)


@transaction.atomic
def _make(period: str, language: str, at: datetime) -> int:
    """A period's boards in one language: overall, each circle, the busy topics.

    Three queries read all of the sums, piece by piece. Where people stood on the day
    before is kept.
    """
    _span, first, _end = span_of(period, at)
    was = LeaderBoard.objects.filter(period=period, language=language)
    before = _stood_before(was, first, at)
    boards, places = [], []
    for circle, tag, rows in _standings(period, language, at):
        key = key_of(period, language=language, circle=circle, tag=tag)
        board, best = _board(rows, before.get(key, {}))
        board.key, board.period, board.language = key, period, language
        board.circle_id, board.tag_id = circle, tag
        board.starts_on, board.made_at = first, at
        boards.append(board)
        places.append(best)
    was.delete()
    LeaderBoard.objects.bulk_create(boards, batch_size=numbers.HELP_ROWS_AT_ONCE)
    for board, best in zip(boards, places, strict=True):
        for place in best:
            place.board_id = board.pk
    BoardPlace.objects.bulk_create(
        [place for best in places for place in best],
        batch_size=numbers.HELP_ROWS_AT_ONCE,
    )
    return len(boards)


# person, worth, answers, accepted, votes
_Row = tuple[int, int, int, int, int]


def _standings(
    period: str, language: str, at: datetime
) -> Iterator[tuple[int | None, int | None, Iterator[_Row]]]:
    """Circle, tag (None: all of them) and its people, the best first."""
    of_circles = sums_of(period, at=at, language=language, circle=None, tag=None)
    of_tags = sums_of(period, at=at, language=language, topics=True)
    busy = of_tags.order_by().values("tag").annotate(n=Sum("answers")).order_by("-n")
    topics = list(busy.values_list("tag", flat=True)[: numbers.BOARD_TOPICS])
    for place, sums in (
        (None, of_circles),
        ("circle", of_circles),
        ("tag", of_tags.filter(tag__in=topics)),
    ):
        rows = _best_first(sums, place)
        for subject, group in groupby(rows, key=itemgetter(0)):
            people = (row[1:] for row in group)
            yield (
                subject if place == "circle" else None,
                subject if place == "tag" else None,
                people,
            )


def _best_first(sums: QuerySet[HelpSum], place: str | None) -> Iterator[tuple]:
    subject = F(place) if place else Value(0)
    return (
        sums.filter(
            person__erased_at__isnull=True,
            person__merged_into__isnull=True,
            person__is_active=True,
            person__hidden_helper__isnull=True,
        )
        .order_by()
        .annotate(subject=subject)
        .values("subject", "person")
        .annotate(
            worth=WORTH, n=Sum("answers"), n_accepted=Sum("accepted"), n_up=Sum("votes")
        )
        .order_by("subject", "-worth", "-n_accepted", "person_id")
        .values_list("subject", "person", "worth", "n", "n_accepted", "n_up")
        .iterator(chunk_size=numbers.HELP_ROWS_AT_ONCE)
    )


def _board(
    rows: Iterator[_Row], before: dict[int, int | None]
) -> tuple[LeaderBoard, list[BoardPlace]]:
    """A board of these people, not stored yet: the best, and how many did how much."""
    best: list[BoardPlace] = []
    steps: Counter[int] = Counter()
    for place, (person, worth, answers, accepted, votes) in enumerate(rows, start=1):
        # Who did the same has the same place.
        rank = best[-1].rank if best and best[-1].worth == worth else place
        steps[worth] += 1
        if place <= numbers.BOARD_PLACES:
            best.append(
                BoardPlace(
                    person_id=person,
                    rank=rank,
                    rank_before=before.get(person),
                    worth=worth,
                    answers=answers,
                    accepted=accepted,
                    votes=votes,
                )
            )
    people = sum(steps.values())
    return LeaderBoard(people=people, steps=list(steps.items())), best


def _stood_before(
    was: QuerySet[LeaderBoard], first: date | None, at: datetime
) -> dict[str, dict[int, int | None]]:
    """By board each one's place on the day before, of the same week, month or year."""
    before: dict[str, dict[int, int | None]] = {}
    same = was.filter(starts_on=first) if first else was
    for board in same.prefetch_related("places"):
        same_day = site_day(board.made_at) == site_day(at)
        before[board.key] = {
            one.person_id: one.rank_before if same_day else one.rank
            for one in board.places.all()
        }
    return before


def _next_month(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.ANSWERHALL_TIME_ZONE)
