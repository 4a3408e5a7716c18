"""The leaderboard, a person's own score, and whom a manager might invite."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet

from community.models import Tag
from people.models import Person
from rewards.models import AgentTerm, LeaderRun, LeaderScore, ScoreModel
from rewards.scoring.model import PARTS, Model

PLACES_SHOWN = 50
# Whoever stood among these in two runs in a row is worth a manager's look.
CANDIDATE_PLACES = 20
CANDIDATE_RUNS = 2


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


def candidates() -> QuerySet[LeaderScore]:
    """Members near the top in the last two runs, who are neither agents nor staff."""
    recent = list(
        LeaderRun.objects.filter(finished_at__isnull=False)
        .order_by("-at", "-pk")
        .values_list("pk", flat=True)[:CANDIDATE_RUNS]
    )
    if len(recent) < CANDIDATE_RUNS:
        return LeaderScore.objects.none()
    steady = LeaderScore.objects.filter(
        run=recent[-1],
        tag=None,
        rank__lte=CANDIDATE_PLACES,
        person=OuterRef("person"),
    )
    serving = AgentTerm.objects.filter(person=OuterRef("person"), ended_at=None)
    return (
        LeaderScore.objects.filter(
            Exists(steady), run=recent[0], tag=None, rank__lte=CANDIDATE_PLACES
        )
        .exclude(Exists(serving))
        .filter(person__standing=Person.Standing.MEMBER)
        .filter(person__source="", person__is_active=True)
        .select_related("person")
        .order_by("rank")
    )


def serving_agents() -> QuerySet[AgentTerm]:
    return (
        AgentTerm.objects.filter(ended_at=None)
        .select_related("person", "appointed_by")
        .order_by("-started_at")
    )


def parts_in_order(row: LeaderScore) -> list[tuple[str, float]]:
    names = [*PARTS, *(name for name in row.parts if name not in PARTS)]
    return [(name, row.parts.get(name, 0.0)) for name in names if name in row.parts]
