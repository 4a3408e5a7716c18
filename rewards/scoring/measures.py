"""How well a ranking foretold what came: nDCG@20 and P@10, fair to ties.

Plain counts leave many people tied; whichever came first by id would be luck. So every
measure is its mean over all orders of the tied (McSherry and Najork, ECIR 2008), and
people tied for the last places of the true top belong to it in shares.
"""

from dataclasses import dataclass

import numpy as np

from rewards.scoring.history import Floats, Ints

TOP = 20
FIRST = 10
DISCOUNT = 1 / np.log2(np.arange(2, TOP + 2))


@dataclass(frozen=True)
class Ranking:
    """Some people and their values, in any order. Who is not among them is last."""

    people: Ints
    values: Floats

    def rank_of(self, person: int) -> int:
        """1 is best; who is missing or has nothing comes after all who have."""
        mine = self.values[self.people == person]
        return 1 + int((self.values > (mine[0] if len(mine) else 0)).sum())


def places(ranking: Ranking, people: Ints) -> tuple[Floats, Floats]:
    """The discount and the share of the first ten that each of `people` can expect."""
    order = np.argsort(-ranking.values, kind="stable")
    values = ranking.values[order]
    _values, group, size = np.unique(-values, return_inverse=True, return_counts=True)
    inside = np.arange(len(values))
    discount = np.zeros(len(values))
    discount[:TOP] = DISCOUNT[: len(values)]
    expected = (np.bincount(group, discount) / size)[group]
    first = (np.bincount(group, inside < FIRST) / size)[group]
    ranked = ranking.people[order]
    by_id = np.argsort(ranked)
    found = np.searchsorted(ranked, people, sorter=by_id)
    row = by_id[np.minimum(found, max(len(ranked) - 1, 0))] if len(ranked) else found
    is_there = ranked[row] == people if len(ranked) else np.zeros(len(people), bool)
    gained, came = np.zeros(len(people)), np.zeros(len(people))
    gained[is_there] = expected[row[is_there]]
    came[is_there] = first[row[is_there]]
    return gained, came


def ndcg(truths: Floats, discounts: Floats) -> Floats:
    """Of each row of `truths` (what every person gave), for one ranking's discounts."""
    best = -np.sort(-truths, axis=1)[:, :TOP]
    return truths @ discounts / (best @ DISCOUNT[: best.shape[1]])


def precision(truths: Floats, came: Floats) -> Floats:
    """How much of the first ten is in the true top twenty, of each row of `truths`."""
    if truths.shape[1] > TOP:
        last = -np.sort(-truths, axis=1)[:, TOP - 1 : TOP]
    else:
        last = np.zeros((len(truths), 1))
    above, tied = truths > last, (truths == last) & (last > 0)
    share = (TOP - above.sum(axis=1)) / np.maximum(tied.sum(axis=1), 1)
    belongs = above + tied * np.minimum(share, 1)[:, None]
    return belongs @ came / FIRST
