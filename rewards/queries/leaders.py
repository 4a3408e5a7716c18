"""The leaderboard, and a person's own score."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from community.models import Tag
from people.models import Person
from rewards.models import LeaderRun, LeaderScore, ScoreModel
from rewards.scoring.model import PARTS, Model

PLACES_SHOWN = 50


@dataclass
class Board:
    run: LeaderRun | None
    model: Model
    tag: Tag | None
    rows: list[LeaderScore]
    topics: list[Tag]


def newest_run() -> LeaderRun | None:
    return (
        LeaderRun.objects.filter(finished_at__isnull=False)
        .order_by("-at", "-pk")
        .first()
    )


def leaderboard(tag: Tag | None = None) -> Board:
    """The newest run's best, with where they stood in the run before, in 4 queries.

    The model is the run's own: a newer one is explained when it has been used.
    """
    run = newest_run()
    if run is None:
        stored = ScoreModel.objects.first()
        return Board(None, stored.as_model() if stored else Model(), tag, [], [])
    rows = list(
        run.scores.filter(tag=tag, person__erased_at=None)
        .select_related("person")
        .order_by("rank")[:PLACES_SHOWN]
    )
    before = _ranks_before(run, tag, [row.person_id for row in rows])
    for row in rows:
        row.moved = before[row.person_id] - row.rank if row.person_id in before else 0
    topics = Tag.objects.filter(
        Exists(LeaderScore.objects.filter(run=run, tag=OuterRef("pk")))
    ).order_by("-question_count", "name")[:40]
    return Board(run, Model.from_dict(run.config), tag, rows, list(topics))


def _ranks_before(run: LeaderRun, tag: Tag | None, people: list[int]) -> dict[int, int]:
    earlier = (
        LeaderRun.objects.filter(finished_at__isnull=False, at__lt=run.at)
        .order_by("-at")
        .values("pk")[:1]
    )
    rows = LeaderScore.objects.filter(run__in=earlier, tag=tag, person__in=people)
    return dict(rows.values_list("person_id", "rank"))


def score_of(person: Person) -> LeaderScore | None:
    """The person's overall score in the newest run."""
    run = newest_run()
    if run is None:
        return None
    return run.scores.filter(person=person, tag=None).first()


def parts_in_order(row: LeaderScore) -> list[tuple[str, float]]:
    names = [*PARTS, *(name for name in row.parts if name not in PARTS)]
    return [(name, row.parts.get(name, 0.0)) for name in names if name in row.parts]
