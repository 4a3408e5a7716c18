"""What the leader score is compared with: plain counts, and the graph methods."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy import sparse

from rewards.scoring.history import (
    DAY_SECONDS,
    Answers,
    Bools,
    Floats,
    Ints,
    Numbering,
    Votes,
)
from rewards.scoring.measures import Ranking

STEPS = 200
CLOSE_ENOUGH = 1e-12
DAMPING = 0.85
# What votes and acceptance bring on Stack Exchange.
UP, DOWN, ACCEPTED = 10, -2, 15


@dataclass(frozen=True)
class Seen:
    """What was known at a moment: answers, votes on them, and who asked what."""

    at: float
    answers: Answers
    votes: Votes
    asked_by: Ints
    # Up-votes and down-votes of each question asked.
    asked_up: Floats
    asked_down: Floats


def answers_of_days(seen: Seen, days: float, *, accepted: bool = False) -> Ranking:
    """How many answers to others somebody gave (or had accepted) in so many days."""
    answers = seen.answers
    counted = _to_others(seen) & (seen.at - answers.answered_at <= days * DAY_SECONDS)
    if accepted:
        counted &= answers.accepted
    return _above_zero(*_count(answers.answerer[counted]))


def votes(seen: Seen) -> Ranking:
    """Up-votes less down-votes on answers to others."""
    helped = _to_others(seen)
    up, down = _votes_on_answers(seen)
    return _above_zero(*_sum(seen.answers.answerer[helped], (up - down)[helped]))


def reputation(seen: Seen) -> Ranking:
    """Ten for an up-vote, two off for a down-vote, fifteen for an accepted answer."""
    up, down = _votes_on_answers(seen)
    accepted = seen.answers.accepted & _to_others(seen)
    earned = UP * up + DOWN * down + ACCEPTED * accepted
    asked = UP * seen.asked_up + DOWN * seen.asked_down
    return _above_zero(
        *_sum(
            np.concatenate([seen.answers.answerer, seen.asked_by]),
            np.concatenate([earned, asked]),
        )
    )


def z_score(seen: Seen) -> Ranking:
    """(a - q) / sqrt(a + q) of answers and questions (Zhang et al., WWW 2007)."""
    helped = _to_others(seen)
    people = Numbering(seen.answers.answerer[helped], seen.asked_by)
    given = _at_places(people, seen.answers.answerer[helped])
    asked = _at_places(people, seen.asked_by)
    return Ranking(people.ids, (given - asked) / np.sqrt(given + asked))


def hits(seen: Seen) -> Ranking:
    """Askers as hubs, helpers as authorities (Jurczyk and Agichtein, CIKM 2007)."""
    people, graph = _graph(seen)
    authority = np.ones(len(people))
    for _step in range(STEPS):
        following = graph.T @ (graph @ authority)
        following /= max(following.sum(), CLOSE_ENOUGH)
        moved, authority = np.abs(following - authority).sum(), following
        if moved < CLOSE_ENOUGH:
            break
    return _above_zero(people, np.round(authority, 12))


def page_rank(seen: Seen) -> Ranking:
    """From askers to those who answered them, as often as they did."""
    people, graph = _graph(seen)
    size = max(len(people), 1)
    out = graph.sum(axis=1)
    walk = sparse.diags_array(1 / np.where(out > 0, out, 1)) @ graph
    rank = np.full(len(people), 1 / size)
    for _step in range(STEPS):
        flow = walk.T @ rank
        # What those who asked nobody hold goes to everybody.
        following = (1 - DAMPING) / size + DAMPING * (flow + (1 - flow.sum()) / size)
        moved, rank = np.abs(following - rank).sum(), following
        if moved < CLOSE_ENOUGH:
            break
    return _above_zero(people, np.round(rank, 12))


def leader_rank(seen: Seen) -> Ranking:
    """PageRank with a ground node tied to everybody instead of damping (Lü, 2011)."""
    people, graph = _graph(seen)
    size = len(people)
    graph.data[:] = 1
    out = graph.sum(axis=1) + 1
    rank, ground = np.ones(size), 0.0
    for _step in range(STEPS):
        share = rank / out
        following = graph.T @ share + ground / max(size, 1)
        moved = np.abs(following - rank).sum() + abs(share.sum() - ground)
        rank, ground = following, share.sum()
        if moved < CLOSE_ENOUGH * max(size, 1):
            break
    return _above_zero(people, np.round(rank + ground / max(size, 1), 9))


EVER = np.inf
BASELINES: dict[str, Callable[[Seen], Ranking]] = {
    "answers_90d": partial(answers_of_days, days=90),
    "answers_180d": partial(answers_of_days, days=180),
    "answers_all": partial(answers_of_days, days=EVER),
    "accepted_90d": partial(answers_of_days, days=90, accepted=True),
    "accepted_180d": partial(answers_of_days, days=180, accepted=True),
    "accepted_all": partial(answers_of_days, days=EVER, accepted=True),
    "votes": votes,
    "reputation": reputation,
    "zscore": z_score,
    "hits": hits,
    "pagerank": page_rank,
    "leaderrank": leader_rank,
}


def _to_others(seen: Seen) -> Bools:
    return seen.answers.answerer != seen.answers.asker


def _votes_on_answers(seen: Seen) -> tuple[Floats, Floats]:
    numbering = Numbering(seen.answers.answer)
    place_of_row = numbering.places(seen.answers.answer)
    row = numbering.places(seen.votes.answer)
    known = row >= 0
    row, value = row[known], seen.votes.value[known]
    size = len(numbering)
    up = np.bincount(row, value > 0, minlength=size)
    down = np.bincount(row, value < 0, minlength=size)
    return (
        up[place_of_row].astype(np.float64),
        down[place_of_row].astype(np.float64),
    )


def _graph(seen: Seen) -> tuple[Ints, sparse.csr_array]:
    """People, and how often each (row) was answered by each other (column)."""
    helped = _to_others(seen)
    answerer, asker = seen.answers.answerer[helped], seen.answers.asker[helped]
    people = Numbering(answerer, asker)
    ends = (people.places(asker), people.places(answerer))
    size = len(people)
    graph = sparse.coo_array((np.ones(len(asker)), ends), shape=(size, size))
    return people.ids, graph.tocsr()


def _count(people: Ints) -> tuple[Ints, Floats]:
    return _sum(people, np.ones(len(people)))


def _sum(people: Ints, amounts: Floats) -> tuple[Ints, Floats]:
    numbering = Numbering(people)
    return numbering.ids, _at_places(numbering, people, amounts)


def _at_places(
    numbering: Numbering, people: Ints, amounts: Floats | None = None
) -> Floats:
    size = len(numbering)
    summed = np.bincount(numbering.places(people), amounts, minlength=size)
    return summed.astype(np.float64)


def _above_zero(people: Ints, values: Floats) -> Ranking:
    return Ranking(people[values > 0], values[values > 0])
