"""Whose newcomers agree more than newcomers do. Counts in, ids out.

Twenty accounts with one question each look like twenty newcomers, but for one thing:
of real ones a third to a half accept an answer, bought ones all do. So a helper's are
compared with those whom others welcomed, and a hall that knows too few of these says
nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log

from rewards.scoring.signals import Limits


@dataclass(frozen=True)
class Newcomers:
    """New accounts whose only question one person alone answered."""

    answered: int
    # Ids of those who accepted.
    agreed: frozenset[int]


@dataclass(frozen=True)
class Welcome:
    """How many such newcomers the whole hall answered, and how many accepted."""

    answered: int = 0
    agreed: int = 0


def too_agreeable(
    newcomers: Mapping[int, Newcomers], hall: Welcome, limits: Limits
) -> dict[int, frozenset[int]]:
    """Helper -> their newcomers who accepted, where chance does not bring so many."""
    return {
        helper: found.agreed
        for helper, found in newcomers.items()
        if _is_beyond_chance(found, hall, limits)
    }


def _is_beyond_chance(found: Newcomers, hall: Welcome, limits: Limits) -> bool:
    agreed, answered = len(found.agreed), found.answered
    others = hall.answered - answered
    if agreed < limits.newcomers_from or others < limits.newcomers_compared:
        return False
    share = agreed / answered
    if share < limits.newcomers_share:
        return False
    rate = (hall.agreed - agreed + 1) / (others + 2)
    return share > rate and answered * _divergence(share, rate) >= log(
        limits.newcomers_odds
    )


def _divergence(share: float, rate: float) -> float:
    """Chernoff: so many or more come with a chance of exp(-answered * this) at most."""
    missed = 0.0 if share == 1 else (1 - share) * log((1 - share) / (1 - rate))
    return share * log(share / rate) + missed
