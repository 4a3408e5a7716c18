"""How well a score of the past foretells who will help next.

At a cutoff only what was known then counts: posts, and votes and acceptances dated
before it. The truth is how many answers each person gives after the cutoff, within
the horizon, that get accepted.
"""

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from rewards.scoring.history import DAY_SECONDS, AnswerRow, history_of
from rewards.scoring.model import Model, score

TOP = 20


class BrokenHistory(Exception):
    """A file that ends too early or says something else than it should; where."""


@dataclass
class Past:
    """A community's whole history, able to say what was known at a moment."""

    questions: dict[int, dict[str, Any]]
    answers: list[dict[str, Any]]
    # post id -> dated votes; None where the set knows only the final state.
    ups: dict[int, list[tuple[float, int]]] | None
    accepted_at: dict[int, float]

    def rows(self, until: float) -> list[AnswerRow]:
        rows = []
        for answer in self.answers:
            if answer["at"] > until:
                continue
            question = self.questions[answer["question_id"]]
            rows.append(
                AnswerRow(
                    answerer=answer["owner"],
                    asker=question["owner"],
                    question=question["id"],
                    answered_at=answer["at"],
                    asked_at=question["at"],
                    net=self._net(answer, until),
                    accepted=self.accepted_at.get(answer["id"], np.inf) <= until,
                )
            )
        return rows

    def accepted_between(self, start: float, end: float) -> dict[int, int]:
        """Person -> accepted answers given in the window, self-answers left out."""
        truth: dict[int, int] = {}
        for answer in self.answers:
            asker = self.questions[answer["question_id"]]["owner"]
            counts = start < answer["at"] <= end and answer["id"] in self.accepted_at
            if counts and answer["owner"] != asker:
                truth[answer["owner"]] = truth.get(answer["owner"], 0) + 1
        return truth

    @property
    def looks_ahead(self) -> bool:
        """Without dated votes, what came later is taken for known."""
        return self.ups is None

    def span(self) -> tuple[float, float]:
        times = [answer["at"] for answer in self.answers]
        return min(times), max(times)

    def _net(self, answer: dict[str, Any], until: float) -> float:
        if self.ups is None:
            return answer["score"] or 0
        votes = self.ups.get(answer["id"], [])
        return sum(value for at, value in votes if at <= until)


def read_past(folder: Path) -> Past:
    """Read users, questions, answers and votes of one set (JSON lines, gzipped)."""
    questions = {}
    nobody = -1
    for row in _lines(folder / "questions.jsonl.gz", "id", "owner", "created"):
        row["at"] = _seconds(row["created"])
        if not _known(row["owner"]):
            # Each unknown asker is somebody else.
            row["owner"] = nobody = nobody - 1
        questions[row["id"]] = row
    answers = []
    needed = ("id", "owner", "created", "question_id", "score")
    for row in _lines(folder / "answers.jsonl.gz", *needed):
        if _known(row["owner"]) and row["question_id"] in questions:
            row["at"] = _seconds(row["created"])
            answers.append(row)
    votes_file = folder / "votes.jsonl.gz"
    if not votes_file.exists():
        final = {
            question["accepted_answer_id"]: question["at"]
            for question in questions.values()
            if question.get("accepted_answer_id")
        }
        return Past(questions, answers, None, final)
    ups: dict[int, list[tuple[float, int]]] = {}
    accepted: dict[int, float] = {}
    for row in _lines(votes_file, "post_id", "kind", "date"):
        at = _seconds(row["date"])
        if row["kind"] == "accept":
            accepted[row["post_id"]] = at
        else:
            value = 1 if row["kind"] == "up" else -1
            ups.setdefault(row["post_id"], []).append((at, value))
    return Past(questions, answers, ups, accepted)


def evaluate(past: Past, *, horizon_days: int, cutoffs: int, model: Model) -> dict:
    """Mean nDCG@20 and P@10 in the true top 20 of the score and of two plain counts."""
    if not past.answers:
        return {"cutoffs": 0, "answers": 0, "looks_ahead": False, "methods": {}}
    start, end = past.span()
    last = end - horizon_days * DAY_SECONDS
    first = start + (last - start) / 2
    sums: dict[str, list[tuple[float, float]]] = {}
    for cutoff in np.linspace(first, last, cutoffs):
        truth = past.accepted_between(cutoff, cutoff + horizon_days * DAY_SECONDS)
        if len(truth) < TOP // 2:
            continue
        history = history_of(past.rows(cutoff))
        ranked = {
            "answerhall": score(history, at=cutoff, model=model),
            "answers_90d": score(history, at=cutoff, model=model, is_full=False),
            "five_parts": score(history, at=cutoff, model=model, is_full=True),
        }
        for name, scores in ranked.items():
            order = [int(person) for person in scores.people[scores.score > 0]]
            sums.setdefault(name, []).append(
                (_ndcg(order, truth), _precision(order, truth))
            )
    return {
        "cutoffs": len(next(iter(sums.values()), [])),
        "answers": len(past.answers),
        "looks_ahead": past.looks_ahead,
        "methods": {
            name: {
                "ndcg20": round(float(np.mean([n for n, _p in pairs])), 3),
                "p10": round(float(np.mean([p for _n, p in pairs])), 3),
            }
            for name, pairs in sums.items()
        },
    }


def _ndcg(order: list[int], truth: dict[int, int]) -> float:
    discount = 1 / np.log2(np.arange(2, TOP + 2))
    gains = [truth.get(person, 0) for person in order[:TOP]]
    gains += [0] * (TOP - len(gains))
    best = sorted(truth.values(), reverse=True)[:TOP]
    best += [0] * (TOP - len(best))
    return float(np.dot(gains, discount) / np.dot(best, discount))


def _precision(order: list[int], truth: dict[int, int]) -> float:
    top = sorted(truth, key=lambda person: (-truth[person], person))[:TOP]
    return sum(person in top for person in order[:10]) / 10


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
