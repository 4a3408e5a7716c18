"""Compute who helps most and store it with its parts."""

from datetime import datetime, timedelta

import numpy as np
from django.db import transaction

from community.queries.leaders import LeaderFact, leader_facts
from rewards.models import LeaderRun, LeaderScore, ScoreModel
from rewards.scoring.history import AnswerRow, history_of
from rewards.scoring.model import Model, Scores, blend_topic, score

# Raised whenever the same history would give other numbers.
CODE_VERSION = 1
# Topics with fewer answers say nothing about anybody.
TOPIC_FROM_ANSWERS = 10
TOPIC_PLACES = 50
PLACES = 5000
BULK_ROWS = 1000
KEEP_RUNS = timedelta(days=400)
# Somebody whose account is younger than this at asking vouches for little.
TRUST_OF_NEWCOMERS = 0.3
HALF_LIVES_READ = 8


def current_model() -> Model:
    stored = ScoreModel.objects.first()
    return stored.as_model() if stored else Model()


def score_leaders(*, at: datetime) -> LeaderRun:
    """Score everybody as of `at` and return the finished run.

    The same history and model give the same numbers; an unfinished run is never shown.
    """
    model = current_model()
    since = at - timedelta(days=model.half_life_days * HALF_LIVES_READ)
    facts = leader_facts(since=since, until=at)
    history = history_of([_row(fact) for fact in facts.answers])
    scores = score(history, at=at.timestamp(), model=model, bad=facts.bad_conduct)
    with transaction.atomic():
        run = LeaderRun.objects.create(
            at=at,
            config=model.as_dict(),
            code_version=CODE_VERSION,
            newest_answer=facts.newest_answer,
            answer_count=len(history),
            is_full=scores.is_full,
        )
        _store(run, scores, None, places=PLACES)
        overall = dict(zip(scores.people.tolist(), scores.score.tolist(), strict=True))
        places = history.places_of_questions()
        for tag_id, questions in facts.questions_of_tag.items():
            found = [places[question] for question in questions if question in places]
            if sum(map(len, found)) < TOPIC_FROM_ANSWERS:
                continue
            here = history.where(np.sort(np.concatenate(found)))
            topic = score(here, at=at.timestamp(), model=model, is_full=run.is_full)
            _store(run, blend_topic(topic, overall), tag_id, places=TOPIC_PLACES)
        run.finished_at = at
        run.save(update_fields=["finished_at"])
        LeaderRun.objects.filter(at__lt=at - KEEP_RUNS).delete()
    return run


def _row(fact: LeaderFact) -> AnswerRow:
    trusted = fact.is_imported or not fact.asker_was_new
    return AnswerRow(
        answerer=fact.answerer_id,
        asker=fact.asker_id,
        question=fact.question_id,
        answered_at=fact.answered_at.timestamp(),
        asked_at=fact.asked_at.timestamp(),
        net=fact.net_votes,
        accepted=fact.is_accepted,
        trust=1.0 if trusted else TRUST_OF_NEWCOMERS,
    )


def _store(run: LeaderRun, scores: Scores, tag_id: int | None, *, places: int) -> None:
    rows = []
    for index, person_id in enumerate(scores.people[:places].tolist()):
        if scores.score[index] <= 0:
            break
        parts = {name: round(float(p[index]), 3) for name, p in scores.parts.items()}
        rows.append(
            LeaderScore(
                run=run,
                person_id=person_id,
                tag_id=tag_id,
                score=sum(parts.values()),
                rank=index + 1,
                parts=parts,
                lift=round(float(scores.lift[index]), 4),
                conduct=round(float(scores.conduct[index]), 4),
                answer_count=int(scores.answers[index]),
            )
        )
    LeaderScore.objects.bulk_create(rows, batch_size=BULK_ROWS)
