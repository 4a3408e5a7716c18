"""From a history to scores: parts that anybody can read, and add up.

An answer's marks in each part but the first fade with its age. They are summed for
every pair of helper and asker, where more counts less and less, and weighed by the
asker's trust. What is left belongs to the answers in shares of their marks, so a score
can be taken apart down to single posts.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from rewards.scoring.history import (
    DAY_SECONDS,
    UNKNOWN,
    Bools,
    Floats,
    History,
    Ints,
    saturated,
)
from rewards.scoring.model import PARTS, Model

# What the `reference_top` best have on average, whatever the size of a community.
FULL_MARKS = 10_000
OVERALL = "overall"
# Sums over the same answers in another order differ in bits this small.
SAME_DIGITS = 6


@dataclass(frozen=True)
class Scores:
    """Best first; whoever has the same `worth` shares a rank.

    `parts` are whole numbers and add up to `score`; `worth` is what they were before
    rounding. `one` is how much of them one undiminished answer is.
    """

    people: Ints
    rank: Ints
    score: Ints
    parts: dict[str, Ints]
    worth: Floats
    conduct: Floats
    answers: Ints
    is_full: bool
    one: float


@dataclass(frozen=True)
class Brought:
    """The answers that brought a person most in one part, what, and whom they helped:
    how far each asker is trusted."""

    person: int
    part: str
    answers: Ints
    amounts: Floats
    trust: Floats


@dataclass(frozen=True)
class _Part:
    """How one part is counted: marks of each answer, and how a pair's sum is bent."""

    name: str
    weight: float
    marks: Callable[[History, float, Model], Floats]
    bend: Callable[[Floats, Model], Floats]


def score(
    history: History,
    *,
    at: float,
    model: Model,
    bad: dict[int, int] | None = None,
    is_full: bool | None = None,
) -> Scores:
    """Score everybody who answered lately, as of `at` (seconds of the history's clock).

    `bad` counts upheld flags a person has on posts. `is_full` chooses between the
    parts and the plain count; left out, the number of answers does.
    """
    history = _lately(history, at, model)
    if is_full is None:
        is_full = len(history) >= model.full_from_answers
    working = _Working(history, at, model, is_full=is_full)
    conduct = _conduct(working, bad or {}, model)
    worth = {name: conduct * working.of_people(name) for name in working.names}
    total = np.sum([*worth.values(), np.zeros(len(conduct))], axis=0)
    best = np.sort(total)[::-1][: model.reference_top]
    one = FULL_MARKS / best.mean() if len(best) and best.mean() > 0 else 0.0
    return _ranked(
        history.people[working.people],
        {name: one * worth[name] if name in worth else 0 * total for name in PARTS},
        conduct,
        working.answers,
        is_full=is_full,
        one=float(one),
    )


def best_answers(
    history: History,
    scores: Scores,
    *,
    at: float,
    model: Model,
    places: Ints,
    most: int,
) -> Iterator[Brought]:
    """Which answers brought those at these places of `scores` the most.

    All of a part's answers together brought the part.
    """
    history = _lately(history, at, model)
    place_of = np.full(len(history.people), UNKNOWN, dtype=np.int32)
    place_of[np.searchsorted(history.people, scores.people[places])] = places
    history = history.where(place_of[history.answerer] != UNKNOWN)
    place = place_of[history.answerer]
    working = _Working(history, at, model, is_full=scores.is_full)
    by_place = np.argsort(place, kind="stable")
    firsts = np.flatnonzero(np.diff(place[by_place], prepend=UNKNOWN))
    blocks = np.split(by_place, firsts[1:]) if len(by_place) else []
    for name in working.names:
        brought = working.of_answers(name)
        for rows in blocks:
            amounts = brought[rows]
            best = np.argsort(-amounts, kind="stable")[:most]
            best = best[amounts[best] > 0]
            here = int(place[rows[0]])
            yield Brought(
                person=int(scores.people[here]),
                part=name,
                answers=history.answer[rows[best]],
                amounts=amounts[best] * scores.one * scores.conduct[here],
                trust=history.trust[history.asker[rows[best]]],
            )


def blend_topic(topic: Scores, overall: dict[int, float], model: Model) -> Scores:
    """A topic's scores leaned on the overall ones where the topic says little.

    `overall` is what people are worth overall. `one` and `best_answers` of the blend
    speak of the topic's own answers.
    """
    here = topic.answers / (topic.answers + model.topic_prior)
    whole = np.array([overall.get(int(person), 0.0) for person in topic.people])
    worth: dict[str, Floats] = {name: here * part for name, part in topic.parts.items()}
    worth[OVERALL] = (1 - here) * model.topic_overall_share * whole
    return _ranked(
        topic.people,
        worth,
        topic.conduct,
        topic.answers,
        is_full=topic.is_full,
        one=topic.one,
    )


class _Working:
    """Marks gathered by pairs of helper and asker, and what is left of them."""

    def __init__(
        self, history: History, at: float, model: Model, *, is_full: bool
    ) -> None:
        self.history, self.at, self.model = history, at, model
        parts = _full(model) if is_full else (COUNT,)
        self._parts = {part.name: part for part in parts if part.weight}
        self.names = tuple(self._parts)
        size = max(len(history.people), 1)
        keys, self.pair = np.unique(
            history.answerer.astype(np.int64) * size + history.asker,
            return_inverse=True,
        )
        self.people, self.helper = np.unique(keys // size, return_inverse=True)
        asker = keys % size
        trust = history.trust[asker]
        self.is_vouched = _vouched(history, model)[asker]
        # The count is a count: there, trust only decides what is limited.
        self.trust = trust if is_full else np.ones(len(trust))
        self.answers = _sums(
            self.helper,
            np.bincount(self.pair, minlength=len(keys)).astype(np.float64),
            len(self.people),
        ).astype(np.int64)
        self._gains = {name: self._gain(part) for name, part in self._parts.items()}
        self._kept = self._limit()

    def of_people(self, name: str) -> Floats:
        return _sums(self.helper, self._gains[name] * self._kept, len(self.people))

    def of_answers(self, name: str) -> Floats:
        marks = self._parts[name].marks(self.history, self.at, self.model)
        whole = _sums(self.pair, marks, len(self.helper))
        rate = self._gains[name] * self._kept / np.where(whole > 0, whole, 1)
        return marks * rate[self.pair]

    def _gain(self, part: _Part) -> Floats:
        marks = part.marks(self.history, self.at, self.model)
        whole = _sums(self.pair, marks, len(self.helper))
        return part.weight * self.trust * part.bend(whole, self.model)

    def _limit(self) -> Floats:
        """What help for people not known well keeps, pair by pair.

        While nobody is there to hold it against, no asker counts for more than one
        answer.
        """
        total = np.sum([*self._gains.values(), np.zeros(len(self.helper))], axis=0)
        if not self.is_vouched.any():
            whole = total / np.where(self.trust > 0, self.trust, 1)
            return 1 / np.maximum(whole, 1)
        size = len(self.people)
        vouched = _sums(self.helper, total * self.is_vouched, size)
        others = _sums(self.helper, total * ~self.is_vouched, size)
        most = self.model.unvouched_base + self.model.unvouched_share * vouched
        # Never more than that, and yet the more the better.
        kept = most / (most + others)
        return np.where(self.is_vouched, 1.0, kept[self.helper])


def _vouched(history: History, model: Model) -> Bools:
    """Of each of the people, whether their word vouches for a helper.

    Those known well; and while few of those who dealt with several people are, as on a
    new site whose e-mail addresses are young, all of these. Invented accounts that only
    know their boss are not among them.
    """
    known: Bools = history.trust >= 1
    several = known | history.met_several
    asked = history.asker[several[history.asker]]
    if known[asked].sum() < model.known_askers_share * len(asked):
        return several
    return known


def _lately(history: History, at: float, model: Model) -> History:
    age = at - history.answered_at
    known = (age >= 0) & (age <= model.reads_days * DAY_SECONDS)
    return history if known.all() else history.where(known)


def _full(model: Model) -> tuple[_Part, ...]:
    return tuple(
        _Part(name, model.weights[name], marks, bend)
        for name, marks, bend in (
            ("help", _helped, _capped),
            ("accepted", _accepted, _capped),
            ("response", _responded, _capped),
            ("reach", _reached, _once),
            ("votes", _voted, _capped),
        )
    )


def _fade(history: History, at: float, model: Model) -> Floats:
    age_days = (at - history.answered_at) / DAY_SECONDS
    return np.exp2(-age_days / model.half_life_days)


def _helped(history: History, at: float, model: Model) -> Floats:
    # Unfaded: near the plain count, which is hard to beat, by this part's weight.
    return _recent(history, at, model) * ((history.net >= 0) | history.accepted)


def _accepted(history: History, at: float, model: Model) -> Floats:
    return _fade(history, at, model) * history.accepted


def _responded(history: History, at: float, model: Model) -> Floats:
    # Merged threads may hold answers older than their question.
    waited = np.maximum(history.answered_at - history.asked_at, 0) / 3600
    useful = history.accepted | (history.net > 0)
    rescue = (waited > model.rescue_after_hours) & useful
    quick = np.exp2(-waited / model.quick_hours)
    return _fade(history, at, model) * history.first * (quick + rescue)


def _reached(history: History, at: float, model: Model) -> Floats:
    return _fade(history, at, model) * (history.accepted | (history.net > 0))


def _voted(history: History, at: float, model: Model) -> Floats:
    return _fade(history, at, model) * np.log2(1 + np.maximum(history.net, 0))


def _recent(history: History, at: float, model: Model) -> Floats:
    since = at - model.count_days * DAY_SECONDS
    return (history.answered_at > since).astype(np.float64)


def _capped(whole: Floats, model: Model) -> Floats:
    return saturated(whole, model.pair_cap)


def _once(whole: Floats, _model: Model) -> Floats:
    return np.minimum(whole, 1)


def _few(whole: Floats, model: Model) -> Floats:
    return np.minimum(whole, model.count_pair_cap)


COUNT = _Part("help", 1.0, _recent, _few)


def _conduct(working: _Working, bad: dict[int, int], model: Model) -> Floats:
    people = working.history.people[working.people]
    counted = np.array([bad.get(person, 0) for person in people.tolist()], dtype=float)
    lost = model.bad_share * counted / (working.answers + model.bad_prior)
    return np.clip(1 - lost, 0, 1)


def _sums(place: Ints, amounts: Floats, size: int) -> Floats:
    """What falls to each of `size` places."""
    return np.bincount(place, amounts, minlength=size).astype(np.float64)


def _ranked(
    people: Ints,
    worth: dict[str, Floats],
    conduct: Floats,
    answers: Ints,
    *,
    is_full: bool,
    one: float,
) -> Scores:
    total = np.round(np.sum(list(worth.values()), axis=0), SAME_DIGITS)
    order = np.lexsort((people, -total))
    parts = {
        name: np.rint(part[order]).astype(np.int64) for name, part in worth.items()
    }
    return Scores(
        people=people[order],
        rank=1 + np.searchsorted(-total[order], -total[order], "left"),
        score=np.sum(list(parts.values()), axis=0),
        parts=parts,
        worth=total[order],
        conduct=conduct[order],
        answers=answers[order],
        is_full=is_full,
        one=one,
    )
