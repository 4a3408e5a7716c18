"""Where people stood in the last runs of the leader score."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from community.models import Tag
from people.models import Person
from rewards.models import LeaderRun, LeaderScore

RUNS = 8


@dataclass(frozen=True)
class Path:
    """Somebody's ranks, oldest run first; None where they had no score."""

    person: Person
    ranks: list[int | None]


@dataclass(frozen=True)
class Movement:
    runs: list[datetime]
    paths: list[Path]


def movement(people: Sequence[Person], tag: Tag | None = None) -> Movement:
    """The ranks of these people over the newest runs, in 2 queries.

    A topic has no rank in runs in which it had too few answers.
    """
    newest = LeaderRun.objects.filter(finished_at__isnull=False).order_by("-at", "-pk")
    runs = list(newest.values_list("pk", "at")[:RUNS])[::-1]
    scores = LeaderScore.objects.filter(
        run__in=[pk for pk, _at in runs], person__in=people, tag=tag
    )
    ranks = {
        (person, run): rank
        for person, run, rank in scores.values_list("person_id", "run_id", "rank")
    }
    return Movement(
        [at for _pk, at in runs],
        [
            Path(person, [ranks.get((person.pk, pk)) for pk, _at in runs])
            for person in people
        ],
    )
