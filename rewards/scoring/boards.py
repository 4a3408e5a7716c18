"""From answers to leaderboards: who helped most, and how many did how much."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rewards import numbers
from rewards.scoring.history import Bools, Floats, Ints, Numbering


@dataclass(frozen=True)
class Help:
    """One row an answer to somebody else; times are seconds of one clock.

    `language` is a place in some list of languages; `votes` are those up.
    """

    helper: Ints
    question: Ints
    circle: Ints
    language: NDArray[np.int32]
    answered_at: Floats
    accepted: Bools
    votes: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.helper)


@dataclass(frozen=True)
class Standing:
    """The best first; whoever has the same worth shares a rank.

    `steps` counts everybody, also who is not among these: [worth, people with exactly
    that], the highest first.
    """

    people: Ints
    rank: Ints
    worth: Ints
    answers: Ints
    accepted: Ints
    votes: Ints
    steps: list[list[int]]


def standing(help_given: Help, rows: Bools | Ints, *, most: int) -> Standing:
    """The `most` best of everybody who gave the help in these rows."""
    helper = help_given.helper[rows]
    numbering = Numbering(helper)
    place = numbering.places(helper)

    def total(amounts: Ints | Bools | None = None) -> Ints:
        found = np.bincount(place, amounts, minlength=len(numbering))
        return found.astype(np.int64)

    answers, accepted = total(), total(help_given.accepted[rows])
    votes = total(help_given.votes[rows].astype(np.int64))
    worth = (
        answers * numbers.WORTH_OF_ANSWER
        + accepted * numbers.WORTH_OF_ACCEPTED
        + votes * numbers.WORTH_OF_VOTE
    )
    steps, people = np.unique(worth, return_counts=True)
    # Who is tied for the last place is told apart by what comes after the worth.
    least = np.sort(worth)[-most:][:1]
    near = np.flatnonzero(worth >= least) if len(least) else np.zeros(0, np.int64)
    order = near[np.lexsort((near, -accepted[near], -worth[near]))][:most]
    return Standing(
        people=numbering.ids[order],
        rank=1 + np.searchsorted(-worth[order], -worth[order], "left"),
        worth=worth[order],
        answers=answers[order],
        accepted=accepted[order],
        votes=votes[order],
        steps=np.stack([steps, people], axis=1)[::-1].tolist(),
    )


def by_circle(help_given: Help) -> Iterator[tuple[int, Ints]]:
    """Each circle with the rows of its answers."""
    for circle in np.unique(help_given.circle).tolist():
        yield circle, np.flatnonzero(help_given.circle == circle)
