"""Which dealings between two people look like play-acting. Columns in, pairs out.

Ideas from B2's sources: voting rings are caught by reciprocity and haste, puppets by
having nobody else. That two people help each other is normal (of Twitter's users 72 %
follow four fifths of their followers: Weng and others, WSDM 2010), and so are families
behind one address: no sign opens a case alone, nor do two of one sort.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Signs of one sort are one sign told twice.
SORTS = {
    "share": "concentration",
    "sole": "concentration",
    "mutual": "reciprocity",
    "quick": "haste",
    "burst": "haste",
    "device": "sign-in",
    "network": "sign-in",
}
# A shared network marks nobody as a puppet: half a city may share it.
MARKS = frozenset({"sole", "quick", "device"})
SORTS_NEEDED = 2
# What an accepted answer is worth in votes, as in the first earning rules.
ACCEPTANCE = 10
_SHIFT = 32


@dataclass(frozen=True)
class Limits:
    """From where on a sign counts; times in seconds, `share` of 1."""

    share: float = 0.4
    share_from: int = 5
    mutual_each: int = 3
    quick_seconds: float = 60
    quick_times: int = 2
    burst_votes: int = 5
    burst_seconds: float = 600
    sole_from: int = 3
    ring_from: int = 3
    open_from: int = 3
    weights: Mapping[str, int] = field(
        default_factory=lambda: {
            "share": 1,
            "sole": 1,
            "mutual": 2,
            "quick": 1,
            "burst": 1,
            "device": 2,
            "network": 1,
        }
    )


@dataclass(frozen=True)
class Dealings:
    """Who gave credit to whom. Ids are positive; times are seconds of one clock.

    `by` accepted an answer of `of` that was written at `written_at`, or voted for it.
    """

    by: Ints
    of: Ints
    at: Floats
    # NaN for votes.
    written_at: Floats

    @classmethod
    def from_rows(
        cls, rows: Iterable[tuple[int, int, float, float | None]]
    ) -> "Dealings":
        """Rows (by, of, at, written_at or None for a vote)."""
        table = np.array(
            [(by, of, at, np.nan if w is None else w) for by, of, at, w in rows],
            dtype=np.float64,
        ).reshape(-1, 4)
        by, of = table[:, 0].astype(np.int64), table[:, 1].astype(np.int64)
        return cls(by, of, table[:, 2], table[:, 3])

    def __len__(self) -> int:
        return len(self.by)

    def where(self, rows: NDArray[np.bool_]) -> "Dealings":
        return Dealings(
            self.by[rows], self.of[rows], self.at[rows], self.written_at[rows]
        )


@dataclass(frozen=True)
class Sign:
    """One thing seen: `partner` towards `person`, in numbers that words can use."""

    kind: str
    person: int
    partner: int
    n: int
    percent: int = 0


@dataclass
class Suspicion:
    """Who would be in a case around `centre`, why, and how heavy it weighs."""

    centre: int
    people: list[int]
    signs: list[Sign]
    weight: int
    is_ring: bool


def find(
    dealings: Dealings,
    *,
    centres: Ints,
    limits: Limits,
    others_of: Mapping[int, set[int]] | None = None,
    shared: Mapping[tuple[int, int], set[str]] | None = None,
) -> list[Suspicion]:
    """Everybody of `centres` around whom a case should open, smallest id first.

    `dealings` must hold all that the centres received, and all that those who gave it
    gave to others. `others_of` says with whom else somebody deals (whom they
    answered); `shared` which of {"device", "network"} two people (smaller id first)
    have in common.
    """
    if not len(dealings):
        return []
    pairs = _pairs(dealings, limits)
    partners_of: dict[int, set[int]] = defaultdict(set)
    for by, of in pairs:
        partners_of[by].add(of)
    for by, others in (others_of or {}).items():
        partners_of[by] |= others - {by}
    received: dict[int, list[tuple[int, _Pair]]] = defaultdict(list)
    wanted = set(centres.tolist())
    for (by, of), pair in pairs.items():
        if of in wanted:
            received[of].append((by, pair))
    found = []
    for centre in sorted(received):
        suspicion = _around(
            centre, received[centre], pairs, partners_of, shared or {}, limits
        )
        if suspicion is not None:
            found.append(suspicion)
    return found


def pairs_with(dealings: Dealings, least: int) -> NDArray[np.bool_]:
    """Rows whose pair deals at least so often: what any sign can be about."""
    key = _key(dealings)
    _keys, where, counts = np.unique(key, return_inverse=True, return_counts=True)
    return counts[where] >= least


@dataclass
class _Pair:
    accepted: int
    votes: int
    quick: int
    burst: int

    @property
    def n(self) -> int:
        return self.accepted + self.votes

    @property
    def credit(self) -> int:
        return ACCEPTANCE * self.accepted + self.votes


def _key(dealings: Dealings) -> Ints:
    return (dealings.by << _SHIFT) | dealings.of


def _pairs(dealings: Dealings, limits: Limits) -> dict[tuple[int, int], _Pair]:
    """Every pair with its counts; sparse: only pairs that dealt."""
    key = _key(dealings)
    order = np.lexsort((dealings.at, key))
    key, at = key[order], dealings.at[order]
    written = dealings.written_at[order]
    is_vote = np.isnan(written)
    with np.errstate(invalid="ignore"):
        is_quick = ~is_vote & (at - written <= limits.quick_seconds)
    names, starts = np.unique(key, return_index=True)
    accepted = np.add.reduceat(~is_vote, starts, dtype=np.int64)
    votes = np.add.reduceat(is_vote, starts, dtype=np.int64)
    quick = np.add.reduceat(is_quick, starts, dtype=np.int64)
    bursts = _bursts(key[is_vote], at[is_vote], limits)
    return {
        (int(name >> _SHIFT), int(name & (2**_SHIFT - 1))): _Pair(
            int(accepted[i]), int(votes[i]), int(quick[i]), bursts.get(int(name), 0)
        )
        for i, name in enumerate(names)
    }


def _bursts(key: Ints, at: Floats, limits: Limits) -> dict[int, int]:
    """Pair -> most votes within the time of a burst, where they are enough.

    `key` is sorted, and `at` within each key.
    """
    size = limits.burst_votes
    if len(key) < size:
        return {}
    same = key[size - 1 :] == key[: len(key) - size + 1]
    near = at[size - 1 :] - at[: len(at) - size + 1] <= limits.burst_seconds
    found: dict[int, int] = {}
    for start in np.flatnonzero(same & near).tolist():
        name, end = int(key[start]), start
        while (
            end < len(key)
            and key[end] == name
            and at[end] - at[start] <= limits.burst_seconds
        ):
            end += 1
        found[name] = max(found.get(name, 0), end - start)
    return found


def _around(
    centre: int,
    received: list[tuple[int, _Pair]],
    pairs: Mapping[tuple[int, int], _Pair],
    partners_of: Mapping[int, set[int]],
    shared: Mapping[tuple[int, int], set[str]],
    limits: Limits,
) -> Suspicion | None:
    credit = sum(pair.credit for _by, pair in received)
    accepted = sum(pair.accepted for _by, pair in received)
    strong: list[int] = []
    marked: list[int] = []
    signs: dict[int, list[Sign]] = {}
    heaviest = 0
    for by, pair in sorted(received, key=lambda row: row[0]):
        back = pairs.get((centre, by))
        is_sole = pair.n >= limits.sole_from and not partners_of[by] - {centre}
        both = (min(centre, by), max(centre, by))
        seen = _signs(centre, by, pair, back, limits)
        percent = round(100 * pair.credit / credit)
        if accepted >= limits.share_from and pair.credit > limits.share * credit:
            seen.append(Sign("share", centre, by, pair.accepted, percent))
        if is_sole:
            seen.append(Sign("sole", centre, by, pair.n))
        seen += [Sign(kind, centre, by, 1) for kind in sorted(shared.get(both, ()))]
        seen = [sign for sign in seen if limits.weights[sign.kind]]
        if not seen:
            continue
        signs[by] = seen
        kinds = {sign.kind for sign in seen}
        weight = sum(limits.weights[kind] for kind in kinds)
        if weight >= limits.open_from and _sorts(kinds) >= SORTS_NEEDED:
            strong.append(by)
            heaviest = max(heaviest, weight)
        if kinds & MARKS:
            marked.append(by)
    ring = _ring(marked, dict(received), credit, limits)
    people = sorted({*strong, *ring})
    if not people:
        return None
    kept = [sign for by in people for sign in signs[by]]
    if ring:
        part = sum(pair.credit for by, pair in received if by in ring)
        kept.insert(
            0, Sign("ring", centre, centre, len(ring), round(100 * part / credit))
        )
    weight = max(heaviest, len(ring))
    return Suspicion(centre, [centre, *people], kept, weight, bool(ring))


def _signs(
    centre: int, by: int, pair: _Pair, back: _Pair | None, limits: Limits
) -> list[Sign]:
    signs = []
    mutual = min(pair.accepted, back.accepted) if back else 0
    if mutual >= limits.mutual_each:
        signs.append(Sign("mutual", centre, by, mutual))
    if pair.quick >= limits.quick_times:
        signs.append(Sign("quick", centre, by, pair.quick))
    if pair.burst:
        signs.append(Sign("burst", centre, by, pair.burst))
    return signs


def _sorts(kinds: set[str]) -> int:
    return len({SORTS[kind] for kind in kinds})


def _ring(
    marked: list[int], received: Mapping[int, _Pair], credit: int, limits: Limits
) -> set[int]:
    """Puppets are many, and bring a good part of what their master has.

    Somebody who helps hundreds will have had some newcomers who met nobody else:
    these bring little of it.
    """
    if len(marked) < limits.ring_from:
        return set()
    dealt = sum(received[by].n for by in marked)
    brought = sum(received[by].credit for by in marked)
    if dealt < limits.share_from or brought <= limits.share * credit:
        return set()
    return set(marked)
