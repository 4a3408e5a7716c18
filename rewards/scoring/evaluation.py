"""How well a score of the past foretells who will help next.

At a cutoff only what was known then counts: posts, and votes and acceptances dated
before it. The truth is how many answers each person gives after the cutoff, within
the horizon, that get accepted.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rewards.scoring.attack import BOSS, with_puppets
from rewards.scoring.baselines import BASELINES, Seen
from rewards.scoring.history import (
    DAY_SECONDS,
    NOBODY,
    Answers,
    Floats,
    History,
    Ints,
    Known,
    Votes,
    history_of,
)
from rewards.scoring.measures import Ranking, ndcg, places, precision
from rewards.scoring.model import Model
from rewards.scoring.score import score

OURS = "ours"
METHODS = (OURS, *BASELINES)
# With fewer people than this to foretell, a cutoff says nothing.
TRUTH_PEOPLE = 5
REDRAWS = 1000
SEED = 20
# Of a hundred intervals so made, five may miss.
INTERVAL = (2.5, 97.5)


class BrokenHistory(Exception):
    """A file that ends too early or says something else than it should; where."""


@dataclass(frozen=True)
class Past:
    """A community's whole history, able to say what was known at a moment.

    `accepted_at` is inf where an answer never was; `voted_at` goes with `votes`.
    Without dated votes (`looks_ahead`), what came later is taken for known.
    """

    answers: Answers
    accepted_at: Floats
    votes: Votes
    voted_at: Floats
    asked_at: Floats
    asked_by: Ints
    question_votes: Votes
    question_voted_at: Floats
    questions: Ints
    looks_ahead: bool

    def seen(self, at: float) -> Seen:
        """What was known just before `at`."""
        known = self.answers.answered_at < at
        answers = self.answers.where(known)
        asked = self.asked_at < at
        voted = self.voted_at < at
        on_questions = self.question_voted_at < at
        row = np.searchsorted(self.questions, self.question_votes.answer[on_questions])
        value = self.question_votes.value[on_questions]
        size = len(self.questions)
        return Seen(
            at=at,
            answers=Answers(
                **{name: getattr(answers, name) for name in _FACTS},
                accepted=self.accepted_at[known] < at,
            ),
            votes=Votes(
                self.votes.answer[voted],
                self.votes.voter[voted],
                self.votes.value[voted],
            ),
            asked_by=self.asked_by[asked],
            asked_up=np.bincount(row, value > 0, minlength=size)[asked].astype(float),
            asked_down=np.bincount(row, value < 0, minlength=size)[asked].astype(float),
        )

    def accepted_between(self, start: float, end: float) -> tuple[Ints, Ints]:
        """People and their accepted answers given in the window, not to themselves."""
        answers = self.answers
        counts = (answers.answered_at >= start) & (answers.answered_at < end)
        counts &= np.isfinite(self.accepted_at) & (answers.answerer != answers.asker)
        return np.unique(answers.answerer[counts], return_counts=True)


_FACTS = ("answer", "answerer", "asker", "question", "answered_at", "asked_at")


@dataclass
class Result:
    """What one method reached on a set; intervals are 95 percent."""

    ndcg20: float
    p10: float
    boss_rank: float
    ndcg20_low: float = 0
    ndcg20_high: float = 0
    p10_low: float = 0
    p10_high: float = 0
    # Ours minus this method.
    ahead_ndcg20: tuple[float, float] = (0, 0)
    ahead_p10: tuple[float, float] = (0, 0)


@dataclass
class Evaluation:
    answers: int
    looks_ahead: bool
    horizon_days: int
    cutoffs: int = 0
    # At so many of the cutoffs history was too thin for the parts.
    plain_cutoffs: int = 0
    methods: dict[str, Result] = field(default_factory=dict)


def read_past(folder: Path) -> Past:
    """Read questions, answers and votes of one set (JSON lines, gzipped)."""
    questions: dict[int, tuple[int, float, int]] = {}
    accepted: dict[int, float] = {}
    nobody = NOBODY
    for row in _lines(folder / "questions.jsonl.gz", "id", "owner", "created"):
        owner = row["owner"]
        if not _known(owner):
            # Each unknown asker is somebody else.
            owner = nobody = nobody - 1
        questions[row["id"]] = owner, _seconds(row["created"]), row.get("score") or 0
        if row.get("accepted_answer_id"):
            accepted[row["accepted_answer_id"]] = -np.inf
    given = []
    needed = ("id", "owner", "created", "question_id", "score")
    for row in _lines(folder / "answers.jsonl.gz", *needed):
        if _known(row["owner"]) and row["question_id"] in questions:
            asker, asked_at, _score = questions[row["question_id"]]
            at = _seconds(row["created"])
            given.append(
                (row["id"], row["owner"], asker, row["question_id"], at, asked_at)
                + (row["score"] or 0,)
            )
    votes_file = folder / "votes.jsonl.gz"
    looks_ahead = not votes_file.exists()
    if looks_ahead:
        cast = [(row[0], row[4], row[6]) for row in given]
        cast += [(key, row[1], row[2]) for key, row in questions.items()]
    else:
        cast, accepted = _dated(votes_file)
    return _columns(questions, given, cast, accepted, looks_ahead=looks_ahead)


def _dated(path: Path) -> tuple[list[tuple[int, float, int]], dict[int, float]]:
    cast, accepted = [], {}
    for row in _lines(path, "post_id", "kind", "date"):
        at = _seconds(row["date"])
        if row["kind"] == "accept":
            accepted[row["post_id"]] = at
        elif row["kind"] in ("up", "down"):
            cast.append((row["post_id"], at, 1 if row["kind"] == "up" else -1))
    return cast, accepted


def _columns(
    questions: dict[int, tuple[int, float, int]],
    given: list[tuple[Any, ...]],
    cast: list[tuple[int, float, int]],
    accepted: dict[int, float],
    *,
    looks_ahead: bool,
) -> Past:
    given.sort()
    answer, answerer, asker, question = (
        np.array([row[column] for row in given], dtype=np.int64) for column in range(4)
    )
    answered_at, asked_at = (
        np.array([row[column] for row in given], dtype=np.float64) for column in (4, 5)
    )
    ids = np.array(sorted(questions), dtype=np.int64)
    post, value = (
        np.array([row[column] for row in cast], dtype=np.int64) for column in (0, 2)
    )
    voted_at = np.array([row[1] for row in cast], dtype=np.float64)
    # A post's final score stands for as many votes.
    times = np.abs(value)
    post, voted_at = np.repeat(post, times), np.repeat(voted_at, times)
    verdict = np.repeat(np.sign(value), times).astype(np.int8)
    voter = np.full(len(post), NOBODY)
    on_question = np.isin(post, ids)
    on_answer = np.isin(post, answer)
    accepted_at = np.array([accepted.get(row[0], np.inf) for row in given], dtype=float)
    return Past(
        answers=Answers(
            answer,
            answerer,
            asker,
            question,
            answered_at,
            asked_at,
            accepted=np.isfinite(accepted_at),
        ),
        # A date alone may lie before its answer; undated ones are known at once.
        accepted_at=np.maximum(accepted_at, answered_at),
        votes=Votes(post[on_answer], voter[on_answer], verdict[on_answer]),
        voted_at=voted_at[on_answer],
        asked_at=np.array([questions[key][1] for key in ids.tolist()], dtype=float),
        asked_by=np.array([questions[key][0] for key in ids.tolist()], dtype=np.int64),
        question_votes=Votes(
            post[on_question], voter[on_question], verdict[on_question]
        ),
        question_voted_at=voted_at[on_question],
        questions=ids,
        looks_ahead=looks_ahead,
    )


def cutoffs_of(past: Past, *, horizon_days: int, cutoffs: int) -> Floats:
    """Midnights, evenly from the middle of the history to a horizon before its end.

    None where the history is shorter than the horizon.
    """
    start, end = past.answers.answered_at.min(), past.answers.answered_at.max()
    last = end - horizon_days * DAY_SECONDS
    if last <= start:
        return np.zeros(0)
    moments = np.linspace(start + (last - start) / 2, last, cutoffs)
    return np.unique(np.floor(moments / DAY_SECONDS) * DAY_SECONDS)


def evaluate(
    past: Past, *, horizon_days: int, cutoffs: int, model: Model
) -> Evaluation:
    """Mean over the cutoffs of nDCG@20, P@10 and (the median) the boss's rank."""
    found = Evaluation(len(past.answers), past.looks_ahead, horizon_days)
    if not len(past.answers):
        return found
    discounts, shares, truths, bosses = [], [], [], []
    for at in cutoffs_of(past, horizon_days=horizon_days, cutoffs=cutoffs):
        people, gave = past.accepted_between(at, at + horizon_days * DAY_SECONDS)
        if len(people) < TRUTH_PEOPLE:
            continue
        seen = past.seen(at)
        ours, is_full = our_ranking(seen, model)
        rankings = [ours, *(method(seen) for method in BASELINES.values())]
        expected = [places(ranking, people) for ranking in rankings]
        discounts.append(np.array([discount for discount, _came in expected]))
        shares.append(np.array([came for _discount, came in expected]))
        truths.append(gave)
        bought = with_puppets(seen)
        attacked = [our_ranking(bought, model)[0]]
        attacked += [method(bought) for method in BASELINES.values()]
        bosses.append([ranking.rank_of(BOSS) for ranking in attacked])
        found.cutoffs += 1
        found.plain_cutoffs += not is_full
    if found.cutoffs:
        found.methods = _results(discounts, shares, truths, np.median(bosses, axis=0))
    return found


def our_ranking(seen: Seen, model: Model) -> tuple[Ranking, bool]:
    """By the leader score as of then, and whether by its parts."""
    history: History = history_of(seen.answers, seen.votes, Known(), model)
    scores = score(history, at=seen.at, model=model)
    above = scores.worth > 0
    return Ranking(scores.people[above], scores.worth[above]), scores.is_full


def _results(
    discounts: list[Floats],
    shares: list[Floats],
    truths: list[Ints],
    bosses: Floats,
) -> dict[str, Result]:
    """Point values, and how far chance could move them.

    Chance is drawn twice: which cutoffs there are, and at each which of the accepted
    answers of its window. All methods meet the same draws, so their differences say
    more than their intervals side by side. Redrawing makes truth noisier, which lowers
    every value a little: intervals are moved back to the point values.
    """
    chance = np.random.default_rng(SEED)
    values, redrawn = [], []
    for discount, share, truth in zip(discounts, shares, truths, strict=True):
        one = truth[None, :].astype(float)
        values.append(_both(one, discount, share)[0])
        again = chance.multinomial(truth.sum(), truth / truth.sum(), size=REDRAWS)
        redrawn.append(_both(again.astype(float), discount, share))
    point = np.mean(values, axis=0)
    chosen = chance.integers(0, len(values), size=(REDRAWS, len(values)))
    drawn = np.array(redrawn)[chosen, np.arange(REDRAWS)[:, None]].mean(axis=1)
    drawn += point - drawn.mean(axis=0)
    low, high = np.percentile(drawn, INTERVAL, axis=0)
    ahead_low, ahead_high = np.percentile(drawn[:, :1] - drawn, INTERVAL, axis=0)
    results = {}
    for place, name in enumerate(METHODS):
        ndcg_ahead, p10_ahead = zip(ahead_low[place], ahead_high[place], strict=True)
        results[name] = Result(
            ndcg20=_short(point[place, 0]),
            p10=_short(point[place, 1]),
            boss_rank=float(bosses[place]),
            ndcg20_low=_short(low[place, 0]),
            ndcg20_high=_short(high[place, 0]),
            p10_low=_short(low[place, 1]),
            p10_high=_short(high[place, 1]),
            ahead_ndcg20=(_short(ndcg_ahead[0]), _short(ndcg_ahead[1])),
            ahead_p10=(_short(p10_ahead[0]), _short(p10_ahead[1])),
        )
    return results


def _both(truths: Floats, discounts: Floats, shares: Floats) -> Floats:
    """Rows of truth x methods x (nDCG@20, P@10)."""
    pairs = zip(discounts, shares, strict=True)
    measured = [(ndcg(truths, one), precision(truths, came)) for one, came in pairs]
    return np.array(measured).transpose(2, 0, 1)


def _short(value: float) -> float:
    return round(float(value), 4)


def _known(owner: int | None) -> bool:
    return owner is not None and owner >= 0


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _lines(path: Path, *names: str) -> Iterator[dict[str, Any]]:
    """The rows of a file, each with at least these names in it."""
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for number, line in enumerate(file, start=1):  # noqa: B007  for the error
                row = json.loads(line)
                if missing := set(names) - row.keys():
                    raise ValueError(f"it says no {', '.join(sorted(missing))}")
                yield row
    except (OSError, EOFError, ValueError) as error:
        raise BrokenHistory(f"{path}, line {number}: {error}") from error
