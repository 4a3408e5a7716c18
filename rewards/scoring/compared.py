"""Two scores of the same history side by side."""

from dataclasses import dataclass

from rewards.scoring.score import Scores

PLACES = 50


@dataclass(frozen=True)
class Move:
    """Where somebody stands by either model; None where they would not at all."""

    person: int
    old_rank: int | None
    new_rank: int | None
    old_score: int
    new_score: int


@dataclass(frozen=True)
class Comparison:
    """The first fifty by either model, in the new order."""

    moves: list[Move]
    # Of all people with a score by either model, how many change their rank.
    people: int
    moved: int
    old_is_full: bool
    new_is_full: bool
    answers: int


def compared(old: Scores, new: Scores, *, answers: int) -> Comparison:
    before = _standing(old)
    after = _standing(new)
    everybody = sorted(before.keys() | after.keys())
    last = len(everybody) + 1

    def places(person: int) -> tuple[int, int]:
        return after.get(person, (last, 0))[0], before.get(person, (last, 0))[0]

    shown = [person for person in everybody if min(places(person)) <= PLACES]
    moves = [
        Move(
            person=person,
            old_rank=before[person][0] if person in before else None,
            new_rank=after[person][0] if person in after else None,
            old_score=before.get(person, (0, 0))[1],
            new_score=after.get(person, (0, 0))[1],
        )
        for person in sorted(shown, key=places)
    ]
    return Comparison(
        moves=moves,
        people=len(everybody),
        moved=sum(len(set(places(person))) > 1 for person in everybody),
        old_is_full=old.is_full,
        new_is_full=new.is_full,
        answers=answers,
    )


def _standing(scores: Scores) -> dict[int, tuple[int, int]]:
    """Person -> rank and score, of those who have one."""
    rows = zip(
        scores.people.tolist(),
        scores.rank.tolist(),
        scores.score.tolist(),
        strict=True,
    )
    return {person: (rank, points) for person, rank, points in rows if points > 0}
