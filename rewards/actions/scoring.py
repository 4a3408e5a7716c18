"""Compute who helps most and store it with its parts and the posts behind them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import transaction
from django.db.models import QuerySet

from common.columns import Column, read_columns
from community.queries.leaders import Columns, leader_facts, newest_answer_at
from people.models import Person
from people.queries import imported_people, with_verified_email
from rewards.models import LeaderRun, LeaderScore, ScoreModel
from rewards.scoring.history import Answers, History, Ints, Known, Votes, history_of
from rewards.scoring.model import Model
from rewards.scoring.score import Scores, best_answers, blend_topic, score

# Raised whenever the same history would give other numbers.
CODE_VERSION = 3
# Topics with fewer answers say nothing about anybody.
TOPIC_FROM_ANSWERS = 10
TOPIC_PLACES = 50
PLACES = 5000
POSTS_OF_A_PART = 5
BULK_ROWS = 1000
KEEP_RUNS = timedelta(days=400)
# Older runs no longer say which posts a score came from.
KEEP_POSTS = timedelta(days=3)


@dataclass(frozen=True)
class Recent:
    """What a score is computed from: read once, scored by as many models as wanted."""

    history: History
    topics: Columns
    bad_conduct: dict[int, int]
    at: datetime

    def scored(self, model: Model) -> Scores:
        return score(
            self.history, at=self.at.timestamp(), model=model, bad=self.bad_conduct
        )


def current_model() -> Model:
    stored = ScoreModel.objects.first()
    return stored.as_model() if stored else Model()


def recent_help(*, model: Model, at: datetime) -> Recent:
    """Read the help that this model looks at, as of `at`."""
    facts = leader_facts(since=at - timedelta(days=model.reads_days), until=at)
    known = Known(
        verified=_ids(
            with_verified_email(joined_before=at - timedelta(days=model.email_days))
        ),
        imported=_ids(imported_people()),
    )
    answers, votes = Answers(**facts.answers), Votes(**facts.votes)
    history = history_of(answers, votes, known, model)
    return Recent(history, facts.topics, facts.bad_conduct, at)


def last_help(*, at: datetime) -> datetime:
    """`at`, or the moment of the newest answer if the model does not read so far back.

    A community that was brought along may have been silent for years.
    """
    newest = newest_answer_at()
    reach = timedelta(days=current_model().reads_days)
    return newest if newest and newest < at - reach else at


def score_leaders(*, at: datetime) -> LeaderRun:
    """Score everybody as of `at` and return the finished run.

    The same history and model give the same numbers; an unfinished run is never shown.
    """
    model = current_model()
    recent = recent_help(model=model, at=at)
    scores = recent.scored(model)
    history = recent.history
    with transaction.atomic():
        run = LeaderRun.objects.create(
            at=at,
            config=model.as_dict(),
            code_version=CODE_VERSION,
            newest_answer=int(history.answer.max(initial=0)),
            answer_count=len(history),
            people_count=len(history.people),
            trusted_count=int((history.trust >= 1).sum()),
            is_full=scores.is_full,
        )
        writer = _Writer(run, model)
        writer.write(history, scores, None, most=PLACES)
        for tag_id, here, topic in topic_scores(recent, scores, model):
            writer.write(here, topic, tag_id, most=TOPIC_PLACES)
        run.finished_at = at
        run.save(update_fields=["finished_at"])
        _forget_old_runs(at)
    return run


def topic_scores(
    recent: Recent, overall: Scores, model: Model
) -> Iterator[tuple[int, History, Scores]]:
    """Each topic that says something: its answers, and the scores they make.

    A topic is scored as the whole is, and leaned on it where it says little.
    """
    worth = dict(zip(overall.people.tolist(), overall.worth.tolist(), strict=True))
    topics = recent.history.by_topic(recent.topics["topic"], recent.topics["question"])
    for tag_id, places in topics:
        if len(places) < TOPIC_FROM_ANSWERS:
            continue
        here = recent.history.where(places)
        topic = score(
            here, at=recent.at.timestamp(), model=model, is_full=overall.is_full
        )
        yield tag_id, here, blend_topic(topic, worth, model)


class _Writer:
    """Stores scores in bulk, the best first, each with its parts and best posts."""

    def __init__(self, run: LeaderRun, model: Model) -> None:
        self.run, self.model = run, model

    def write(
        self, history: History, scores: Scores, tag_id: int | None, *, most: int
    ) -> None:
        places = np.flatnonzero(scores.score[:most] > 0)
        posts = self._posts(history, scores, places)
        askers, trusted = _askers(history, scores.people[places])
        rows = []
        for place in places.tolist():
            person_id = int(scores.people[place])
            rows.append(
                LeaderScore(
                    run=self.run,
                    person_id=person_id,
                    tag_id=tag_id,
                    score=int(scores.score[place]),
                    rank=int(scores.rank[place]),
                    parts={n: int(p[place]) for n, p in scores.parts.items()},
                    posts=posts.get(person_id, {}),
                    conduct=round(float(scores.conduct[place]), 4),
                    answer_count=int(scores.answers[place]),
                    asker_count=askers.get(person_id, 0),
                    trusted_askers=trusted.get(person_id, 0),
                )
            )
            if len(rows) == BULK_ROWS:
                LeaderScore.objects.bulk_create(rows)
                rows = []
        LeaderScore.objects.bulk_create(rows)

    def _posts(
        self, history: History, scores: Scores, places: Ints
    ) -> dict[int, dict[str, list[list[int]]]]:
        found: dict[int, dict[str, list[list[int]]]] = {}
        for brought in best_answers(
            history,
            scores,
            at=self.run.at.timestamp(),
            model=self.model,
            places=places,
            most=POSTS_OF_A_PART,
        ):
            rows = zip(brought.answers, brought.amounts, brought.trust, strict=True)
            found.setdefault(brought.person, {})[brought.part] = [
                [int(answer), round(float(amount)), round(100 * float(trust))]
                for answer, amount, trust in rows
            ]
        return found


def _askers(history: History, people: Ints) -> tuple[dict[int, int], dict[int, int]]:
    """How many different people each of `people` helped, and how many known well."""
    size = max(len(history.people), 1)
    wanted = np.isin(history.people, people)[history.answerer]
    pairs = np.unique(
        history.answerer[wanted].astype(np.int64) * size + history.asker[wanted]
    )
    helper, is_trusted = pairs // size, history.trust[pairs % size] >= 1
    return _counted(history.people, helper), _counted(
        history.people, helper[is_trusted]
    )


def _counted(people: Ints, places: Ints) -> dict[int, int]:
    found, times = np.unique(places, return_counts=True)
    return dict(zip(people[found].tolist(), times.tolist(), strict=True))


def _ids(people: QuerySet[Person]) -> Ints:
    rows = people.order_by("pk").values_list("pk")
    return read_columns(rows, person=Column.ID)["person"]


def _forget_old_runs(at: datetime) -> None:
    """Run by run, so that no statement grows with the years a timer was off."""
    LeaderScore.objects.filter(
        run__at__lt=at - KEEP_POSTS, run__at__gte=at - 2 * KEEP_POSTS
    ).exclude(posts={}).update(posts={})
    for run in LeaderRun.objects.filter(at__lt=at - KEEP_RUNS).order_by("at")[:10]:
        run.scores.all().delete()
        run.delete()


def forget_scores(*, person: Person, at: datetime) -> None:  # noqa: ARG001  as all do
    """Who is erased stands on no board, not even of the past."""
    LeaderScore.objects.filter(person=person).delete()
