"""The facts a leader score is made from, as columns."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class History:
    """One row an answer, nobody's answer to their own question among them.

    `answerer` and `asker` are any integers that name people; times are seconds of one
    clock; `net` is up-votes minus down-votes; `trust` is how far the asker's word
    counts, 0 to 1; `rivals` is how many answers the question has in all.
    """

    answerer: Ints
    asker: Ints
    question: Ints
    answered_at: Floats
    asked_at: Floats
    net: Floats
    accepted: Bools
    first: Bools
    rivals: Ints
    trust: Floats

    def __len__(self) -> int:
        return len(self.answerer)

    def where(self, rows: Bools | Ints) -> "History":
        """These rows only: a mask of them, or their places."""
        return History(*(getattr(self, part.name)[rows] for part in fields(self)))

    def places_of_questions(self) -> dict[int, Ints]:
        """Question -> the places of its answers."""
        order = np.argsort(self.question, kind="stable")
        questions, starts = np.unique(self.question[order], return_index=True)
        places = np.split(order, starts[1:])
        # Without questions the one empty piece belongs to none.
        return dict(zip(questions.tolist(), places, strict=False))


@dataclass(frozen=True)
class AnswerRow:
    """One answer as it comes out of a database or a file."""

    answerer: int
    asker: int
    question: int
    answered_at: float
    asked_at: float
    net: float
    accepted: bool
    trust: float = 1.0


def history_of(rows: Sequence[AnswerRow]) -> History:
    """Columns of these answers; self-answers are left out, ranks counted with them."""
    question = np.array([row.question for row in rows], dtype=np.int64)
    answered_at = np.array([row.answered_at for row in rows], dtype=np.float64)
    answerer = np.array([row.answerer for row in rows], dtype=np.int64)
    asker = np.array([row.asker for row in rows], dtype=np.int64)
    first = np.zeros(len(rows), dtype=np.bool_)
    rivals = np.zeros(len(rows), dtype=np.int64)
    if len(rows):
        order = np.lexsort((answered_at, question))
        starts = np.r_[True, question[order][1:] != question[order][:-1]]
        first[order[starts]] = True
        _questions, place, size = np.unique(
            question, return_inverse=True, return_counts=True
        )
        rivals = size[place]
    history = History(
        answerer=answerer,
        asker=asker,
        question=question,
        answered_at=answered_at,
        asked_at=np.array([row.asked_at for row in rows], dtype=np.float64),
        net=np.array([row.net for row in rows], dtype=np.float64),
        accepted=np.array([row.accepted for row in rows], dtype=np.bool_),
        first=first,
        rivals=rivals,
        trust=np.array([row.trust for row in rows], dtype=np.float64),
    )
    return history.where(answerer != asker)
