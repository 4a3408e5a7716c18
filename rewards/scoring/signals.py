"""Which dealings between two people look like play-acting. Columns in, pairs out.

Ideas from B2's sources: voting rings are caught by reciprocity and haste, puppets by
having nobody else. That two people help each other is normal (of Twitter's users 72 %
follow four fifths of their followers: Weng and others, WSDM 2010), and so are families
behind one address: no sign opens a case alone, nor do two of one sort.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# By, of, answer, when, and when the answer was written (None for a vote).
Row = tuple[int, int, int, float, float | None]

# Signs of one sort are one sign told twice.
SORTS = {
    "share": "concentration",
    "sole": "concentration",
    "devoted": "devotion",
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
    sole_from: int = 2
    ring_from: int = 3
    devoted_from: int = 8
    newcomers_from: int = 10
    newcomers_share: float = 0.9
    # One in so many helpers would have such newcomers by chance.
    newcomers_odds: int = 10_000
    # Fewer newcomers of others than this are nothing to compare with.
    newcomers_compared: int = 30
    open_from: int = 3
    weights: Mapping[str, int] = field(
        default_factory=lambda: {
            "share": 1,
            "sole": 1,
            "devoted": 2,
            "newcomers": 3,
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
    answer: Ints
    at: Floats
    # NaN for votes.
    written_at: Floats

    @classmethod
    def from_rows(cls, rows: Sequence[Row]) -> "Dealings":
        by, of, answer = (
            np.array([row[column] for row in rows], dtype=np.int64)
            for column in range(3)
        )
        at = np.array([row[3] for row in rows], dtype=np.float64)
        written = [np.nan if row[4] is None else row[4] for row in rows]
        return cls(by, of, answer, at, np.array(written, dtype=np.float64))

    def __len__(self) -> int:
        return len(self.by)

    def where(self, rows: NDArray[np.bool_]) -> "Dealings":
        return Dealings(*(getattr(self, part.name)[rows] for part in fields(self)))


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
    agreeable: Mapping[int, frozenset[int]] | None = None,
) -> list[Suspicion]:
    """Everybody of `centres` around whom a case should open, smallest id first.

    `dealings` must hold all that the centres received, and all that those who gave it
    gave to others. `others_of` says with whom else somebody deals (whom they
    answered); `shared` which of {"device", "network"} two people (smaller id first)
    have in common; `agreeable` whose newcomers agree beyond chance, and who these are.
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
        crowd = (agreeable or {}).get(centre, frozenset())
        suspicion = _around(
            centre, received[centre], pairs, partners_of, shared or {}, crowd, limits
        )
        if suspicion is not None:
            found.append(suspicion)
    return found


def worth_a_look(dealings: Dealings, limits: Limits) -> NDArray[np.bool_]:
    """Rows of pairs that any sign could be about: they dealt twice, or in haste."""
    if not len(dealings):
        return np.zeros(0, dtype=np.bool_)
    key = _key(dealings)
    _keys, where, counts = np.unique(key, return_inverse=True, return_counts=True)
    return (counts[where] > 1) | _in_haste(dealings, limits)


def _in_haste(dealings: Dealings, limits: Limits) -> NDArray[np.bool_]:
    took = dealings.at - dealings.written_at
    return (took >= 0) & (took <= limits.quick_seconds)


@dataclass
class _Pair:
    answers: int
    accepted: int
    votes: int
    quick: int
    burst: int

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
    is_vote = np.isnan(dealings.written_at)[order]
    is_quick = _in_haste(dealings, limits)[order]
    names, starts = np.unique(key, return_index=True)
    accepted = np.add.reduceat(~is_vote, starts, dtype=np.int64)
    votes = np.add.reduceat(is_vote, starts, dtype=np.int64)
    quick = np.add.reduceat(is_quick, starts, dtype=np.int64)
    answers = _answers_of_each(key, dealings.answer[order], names)
    bursts = _bursts(key[is_vote], at[is_vote], limits)
    return {
        (int(name >> _SHIFT), int(name & (2**_SHIFT - 1))): _Pair(
            answers=int(answers[i]),
            accepted=int(accepted[i]),
            votes=int(votes[i]),
            quick=int(quick[i]),
            burst=bursts.get(int(name), 0),
        )
        for i, name in enumerate(names)
    }


def _answers_of_each(key: Ints, answer: Ints, names: Ints) -> Ints:
    """How many different answers each pair is about: two signs for one are one."""
    order = np.lexsort((answer, key))
    key, answer = key[order], answer[order]
    is_new = np.ones(len(key), dtype=np.bool_)
    is_new[1:] = (key[1:] != key[:-1]) | (answer[1:] != answer[:-1])
    return np.add.reduceat(is_new, np.searchsorted(key, names), dtype=np.int64)


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
    crowd: frozenset[int],
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
        is_sole = pair.answers >= limits.sole_from and not partners_of[by] - {centre}
        both = (min(centre, by), max(centre, by))
        seen = _signs(centre, by, pair, back, limits)
        percent = round(100 * pair.credit / credit)
        is_large = pair.credit > limits.share * credit
        if accepted >= limits.share_from and is_large:
            seen.append(Sign("share", centre, by, pair.accepted, percent))
        if is_sole:
            seen.append(Sign("sole", centre, by, pair.answers))
        if is_sole and is_large and pair.accepted >= limits.devoted_from:
            seen.append(Sign("devoted", centre, by, pair.accepted))
        seen += [Sign(kind, centre, by, 1) for kind in sorted(shared.get(both, ()))]
        seen = [sign for sign in seen if limits.weights[sign.kind]]
        if not seen:
            continue
        signs[by] = seen
        kinds = {sign.kind for sign in seen}
        is_marked = bool(kinds & MARKS)
        # Once or twice may be chance between two; around one person again and again it
        # is not.
        if pair.quick < limits.quick_times:
            kinds.discard("quick")
        if pair.answers < limits.mutual_each:
            kinds.discard("sole")
        weight = sum(limits.weights[kind] for kind in kinds)
        if weight >= limits.open_from and _sorts(kinds) >= SORTS_NEEDED:
            strong.append(by)
            heaviest = max(heaviest, weight)
        if is_marked:
            marked.append(by)
    brought = {by: pair.credit for by, pair in received}
    ring = _ring(marked, dict(received), credit, limits)
    newcomers = _crowd(crowd, brought, credit, limits)
    people = sorted({*strong, *ring, *newcomers})
    if not people:
        return None
    kept = [sign for by in people for sign in signs.get(by, ())]
    for kind, many in (("newcomers", newcomers), ("ring", ring)):
        if many:
            percent = round(100 * sum(brought[by] for by in many) / credit)
            kept.insert(0, Sign(kind, centre, centre, len(many), percent))
    heaviest = max(heaviest, limits.weights["newcomers"] if newcomers else 0)
    weight = max(heaviest, len(ring))
    return Suspicion(centre, [centre, *people], kept, weight, bool(ring))


def _signs(
    centre: int, by: int, pair: _Pair, back: _Pair | None, limits: Limits
) -> list[Sign]:
    signs = []
    mutual = min(pair.accepted, back.accepted) if back else 0
    if mutual >= limits.mutual_each:
        signs.append(Sign("mutual", centre, by, mutual))
    if pair.quick:
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
    dealt = sum(received[by].answers for by in marked)
    brought = sum(received[by].credit for by in marked)
    if dealt < limits.share_from or brought <= limits.share * credit:
        return set()
    return set(marked)


def _crowd(
    crowd: frozenset[int], brought: Mapping[int, int], credit: int, limits: Limits
) -> set[int]:
    """Newcomers who agree beyond chance count where they bring a good part of all."""
    if limits.weights["newcomers"] < limits.open_from:
        return set()
    here = {by for by in crowd if by in brought}
    part = sum(brought[by] for by in here)
    is_much = len(here) >= limits.newcomers_from and part > limits.share * credit
    return here if is_much else set()
