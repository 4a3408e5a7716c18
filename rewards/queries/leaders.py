"""The leaderboard, a person's own score and what it came from, the score's versions."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Exists, OuterRef

from community.models import Answer, PostState, Tag
from community.queries import find_tag
from people.models import Person
from rewards.models import LeaderRun, LeaderScore, ScoreModel
from rewards.queries.boards import hidden
from rewards.scoring.compared import Move
from rewards.scoring.model import PARTS, Model

PLACES_SHOWN = 50
# What a line of the board shows: a person has many more columns.
_SHOWN = (
    "run",
    "rank",
    "score",
    "parts",
    "answer_count",
    "person__handle",
    "person__display_name",
    "person__standing",
)


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


def topic_at(slug: str) -> Tag:
    """The canonical tag: a topic is one, whatever word and language it is asked in.

    Raises Tag.DoesNotExist.
    """
    tag = find_tag(slug)
    return tag.translation_of or tag


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
        .exclude(Exists(hidden(OuterRef("person"))))
        .select_related("person")
        .only(*_SHOWN)
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


def parts_in_order(row: LeaderScore) -> list[tuple[str, int]]:
    names = [*PARTS, *(name for name in row.parts if name not in PARTS)]
    return [(name, row.parts[name]) for name in names if name in row.parts]


@dataclass(frozen=True)
class Post:
    """An answer behind a part. No answer: it is no longer public."""

    answer: Answer | None
    brought: int
    trust_percent: int


@dataclass(frozen=True)
class Behind:
    """A part of somebody's score and the answers that brought most of it."""

    name: str
    points: int
    posts: list[Post]
    # What all other answers together brought.
    rest: int


@dataclass(frozen=True)
class Explained:
    run: LeaderRun
    model: Model
    row: LeaderScore
    parts: list[Behind]
    # Tags in which the person has a score, too.
    topics: list[Tag]

    @property
    def trust_percent(self) -> int:
        """What the word of people not known well counts."""
        return round(100 * self.model.trust_of_others)

    @property
    def conduct_percent(self) -> int:
        return round(100 * self.row.conduct)


def explained_score(person: Person, tag: Tag | None = None) -> Explained | None:
    """What somebody's newest score came from, in 4 queries; None if there is none.

    Posts that are no longer public are counted and not named.
    """
    run = newest_run()
    if run is None:
        return None
    row = run.scores.filter(person=person, tag=tag).first()
    if row is None:
        return None
    row.person = person
    wanted = {pk for posts in row.posts.values() for pk, _points, _trust in posts}
    answers = (
        Answer.objects.filter(
            pk__in=wanted, state=PostState.VISIBLE, question__state=PostState.VISIBLE
        )
        .select_related("question", "question__author")
        .in_bulk()
    )
    parts = []
    for name, points in parts_in_order(row):
        posts = [
            Post(answers.get(pk), brought, trust)
            for pk, brought, trust in row.posts.get(name, [])
        ]
        rest = max(points - sum(post.brought for post in posts), 0)
        parts.append(Behind(name, points, posts, rest))
    topics = Tag.objects.filter(
        Exists(LeaderScore.objects.filter(run=run, person=person, tag=OuterRef("pk")))
    ).order_by("name")
    return Explained(run, Model.from_dict(run.config), row, parts, list(topics))


VERSIONS_SHOWN = 20


@dataclass(frozen=True)
class Version:
    """A version of how the score is made; `changes` since the one before it."""

    model: ScoreModel
    changes: list[tuple[str, Any, Any]]


def score_models() -> list[Version]:
    """The newest versions with who applied them, in one query."""
    newest = ScoreModel.objects.select_related("made_by")[: VERSIONS_SHOWN + 1]
    models = [*newest, ScoreModel()][: VERSIONS_SHOWN + 1]
    return [
        Version(model, model.changes_since(before))
        for model, before in pairwise(models)
    ]


def moves_with_people(moves: list[Move]) -> list[tuple[Move, Person | None]]:
    """In one query."""
    people = Person.objects.in_bulk([move.person for move in moves])
    return [(move, people.get(move.person)) for move in moves]


def scores_export(person: Person) -> list[dict[str, object]]:
    """Every score kept of a person, for themselves; a topic is named by its tag."""
    rows = LeaderScore.objects.filter(person=person).order_by("run__at", "tag")
    return [
        {
            "at": at.isoformat(),
            "topic": topic or "",
            "score": score,
            "rank": rank,
            "parts": parts,
        }
        for at, topic, score, rank, parts in rows.values_list(
            "run__at", "tag__name", "score", "rank", "parts"
        )
    ]
