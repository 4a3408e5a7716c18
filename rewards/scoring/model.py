"""The leader score: five parts that anybody can read, and what bends them.

Recency is what predicts who will help next, so every answer fades with a half-life of
60 days. Help for one person counts less each time, which makes buying a rank with
puppet accounts dear. On small histories the parts say less than a plain count of
recent answers; below `full_from_answers` the score is that count.

Shape of the ideas: Zhang, Ackerman and Adamic 2007 (asker-answerer graphs), Jurczyk
and Agichtein 2007; weights and half-life were tuned on the travel.stackexchange.com
history of 2017 and held on later cutoffs and other sites.
"""

from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from rewards.scoring.history import DAY_SECONDS, Bools, Floats, History, Ints

PARTS = ("help", "response", "reach", "authority", "votes")


@dataclass(frozen=True)
class Model:
    half_life_days: float = 60.0
    # Weights of the parts; they add up to 1.
    weights: dict[str, float] = field(
        default_factory=lambda: {
            "help": 0.40,
            "response": 0.20,
            "reach": 0.20,
            "authority": 0.10,
            "votes": 0.10,
        }
    )
    pair_cap: float = 1.5
    damping: float = 0.5
    lift_prior: float = 8.0
    lift_power: float = 0.25
    reference_top: int = 10
    full_from_answers: int = 2000
    plain_window_days: float = 90.0

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, config: dict[str, Any]) -> "Model":
        """What as_dict() gave, from a database that may have sorted it anew."""
        weights = {name: config["weights"][name] for name in PARTS}
        return cls(**(config | {"weights": weights}))


@dataclass(frozen=True)
class Scores:
    """Best first. `parts[name]` are contributions; they add up to `score`."""

    people: Ints
    score: Floats
    parts: dict[str, Floats]
    lift: Floats
    conduct: Floats
    answers: Ints
    is_full: bool


def score(
    history: History,
    *,
    at: float,
    model: Model,
    bad: dict[int, int] | None = None,
    is_full: bool | None = None,
) -> Scores:
    """Score everybody who answered before `at` (seconds of the history's clock).

    `bad` counts upheld flags and reversals a person has on posts.
    """
    history = history.where(history.answered_at <= at)
    if not len(history):
        return _nobody()
    if is_full is None:
        is_full = len(history) >= model.full_from_answers
    if not is_full:
        return _plain(history, at, model)
    people, place = np.unique(history.answerer, return_inverse=True)
    found = _found(history, place, len(people), at, model)
    answers = np.bincount(place, minlength=len(people))
    lift = _lift(history, place, len(people), at, model)
    conduct = _conduct(people, answers, bad or {})
    bend = lift**model.lift_power * conduct
    parts = {
        name: 100 * bend * model.weights[name] * _against_best(found[name], model)
        for name in PARTS
    }
    return _sorted(people, parts, lift, conduct, answers, is_full=True)


def _nobody() -> Scores:
    none = np.zeros(0)
    nobody = np.zeros(0, dtype=np.int64)
    parts = dict.fromkeys(PARTS, none)
    return Scores(nobody, none, parts, none, none, nobody, is_full=False)


def _found(
    history: History, place: Ints, size: int, at: float, model: Model
) -> dict[str, Floats]:
    fade = _fade(history, at, model)
    # Merged threads may hold answers older than their question.
    waited_hours = np.maximum(history.answered_at - history.asked_at, 0) / 3600
    up = np.maximum(history.net, 0)
    useful = history.accepted | (history.net > 0)
    fair = (history.net >= 0) | history.accepted
    credit = fade * (
        history.trust * (0.2 * fair + 1.0 * history.accepted) + 0.25 * np.log2(1 + up)
    )
    quick = fade * history.trust * history.first * 2.0 ** (-waited_hours / 12)
    rescue = fade * history.trust * (history.first & (waited_hours > 24) & useful)
    pair, pair_person, pair_asker = _pairs(history, place)

    def capped(amounts: Floats) -> Floats:
        sums = _sums(pair, amounts, len(pair_person))
        return model.pair_cap * -np.expm1(-sums / model.pair_cap)

    def per_person(amounts: Floats) -> Floats:
        return _sums(pair_person, amounts, size)

    edges = capped(credit)
    reached = _sums(pair, fade * history.trust * useful, len(pair_person))
    return {
        "help": per_person(edges),
        "response": per_person(capped(quick + rescue)),
        "reach": per_person(np.minimum(reached, 1)),
        "votes": _sums(place, fade * up, size),
        "authority": _authority(
            edges,
            pair_person,
            pair_asker,
            crowd=_sums(place, up, size),
            people=np.unique(history.answerer),
            model=model,
        ),
    }


def _sums(place: Ints, amounts: Floats, size: int) -> Floats:
    """What falls to each of `size` places."""
    return np.bincount(place, amounts, minlength=size).astype(np.float64)


def _fade(history: History, at: float, model: Model) -> Floats:
    age_days = (at - history.answered_at) / DAY_SECONDS
    return 2.0 ** (-age_days / model.half_life_days)


def _pairs(history: History, place: Ints) -> tuple[Ints, Ints, Ints]:
    """Each (answerer, asker) once: the pair of every row, and both sides of a pair."""
    both = np.stack([place, history.asker], axis=1)
    unique, pair = np.unique(both, axis=0, return_inverse=True)
    return pair.reshape(-1), unique[:, 0], unique[:, 1]


def _authority(
    edges: Floats,
    pair_person: Ints,
    pair_asker: Ints,
    *,
    crowd: Floats,
    people: Ints,
    model: Model,
) -> Floats:
    """PageRank from askers to those they were helped by, less what restarts give."""
    nodes = np.union1d(people, pair_asker)
    source = np.searchsorted(nodes, pair_asker)
    target = np.searchsorted(nodes, people)[pair_person]
    restart = np.full(len(nodes), 0.1)
    restart[np.searchsorted(nodes, people)] += np.log1p(crowd)
    restart /= restart.sum()
    out = _sums(source, edges, len(nodes))
    share = edges / np.where(out[source] > 0, out[source], 1)
    rank = restart.copy()
    trusted = np.zeros(len(nodes))
    for _step in range(60):
        trusted = _sums(target, rank[source] * share, len(nodes))
        # What dead ends hold goes back to the restart.
        flow = trusted + (1 - trusted.sum()) * restart
        following = (1 - model.damping) * restart + model.damping * flow
        moved = np.abs(following - rank).sum()
        rank = following
        if moved < 1e-12:
            break
    return model.damping * trusted[np.searchsorted(nodes, people)]


def _lift(history: History, place: Ints, size: int, at: float, model: Model) -> Floats:
    """How much oftener than expected a person's answers are the accepted ones.

    Expected is the rate of all answers with as many rivals.
    """
    fade = _fade(history, at, model)
    crowd_size = np.minimum(history.rivals, 10)
    all_rows = np.bincount(crowd_size, minlength=11)
    taken = np.bincount(crowd_size, history.accepted, minlength=11)
    expected = (taken / np.maximum(all_rows, 1))[crowd_size]
    mean = history.accepted.mean()
    prior = model.lift_prior * max(mean, 1e-9)
    won = _sums(place, fade * history.accepted, size) + prior
    due = _sums(place, fade * expected, size) + prior
    return np.clip(won / due, 0.5, 1.5)


def _conduct(people: Ints, answers: Ints, bad: dict[int, int]) -> Floats:
    counted = np.array([bad.get(int(person), 0) for person in people], dtype=float)
    return np.clip(1 - 0.5 * counted / (answers + 5), 0, 1)


def _against_best(amounts: Floats, model: Model) -> Floats:
    """In shares of what the ten best have on average, at most twice that."""
    best = np.sort(amounts)[::-1][: model.reference_top]
    reference = best.mean()
    if reference <= 0:
        return np.zeros_like(amounts)
    return np.minimum(amounts / reference, 2)


def _plain(history: History, at: float, model: Model) -> Scores:
    """A count of recent answers: the better guide while there are few."""
    since = at - model.plain_window_days * DAY_SECONDS
    people, place = np.unique(history.answerer, return_inverse=True)
    recent: Bools = history.answered_at > since
    counted = _sums(place, recent.astype(float), len(people))
    parts = {name: np.zeros(len(people)) for name in PARTS}
    parts["help"] = 50 * _against_best(counted, model)
    ones = np.ones(len(people))
    answers = np.bincount(place, minlength=len(people))
    return _sorted(people, parts, ones, ones, answers, is_full=False)


def _sorted(
    people: Ints,
    parts: dict[str, Floats],
    lift: Floats,
    conduct: Floats,
    answers: Ints,
    *,
    is_full: bool,
) -> Scores:
    total = np.sum(list(parts.values()), axis=0)
    order = np.lexsort((people, -total))
    return Scores(
        people=people[order],
        score=total[order],
        parts={name: part[order] for name, part in parts.items()},
        lift=lift[order],
        conduct=conduct[order],
        answers=answers[order],
        is_full=is_full,
    )


def blend_topic(topic: Scores, overall: dict[int, float]) -> Scores:
    """A topic's scores leaned on the overall ones where the topic says little."""
    weight = topic.answers / (topic.answers + 3)
    whole = np.array([overall.get(int(person), 0.0) for person in topic.people])
    parts = {name: weight * part for name, part in topic.parts.items()}
    parts["overall"] = (1 - weight) * 0.5 * whole
    return _sorted(
        topic.people, parts, topic.lift, topic.conduct, topic.answers, is_full=True
    )
