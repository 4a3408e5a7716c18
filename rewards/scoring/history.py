"""The facts a leader score is made from, as columns."""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from rewards.scoring.model import Model

Ints = NDArray[np.int64]
Places = NDArray[np.int32]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

DAY_SECONDS = 86_400.0
# A voter nobody knows any more, as in imported histories.
NOBODY = -1
VOTE_STEPS = 2**20
UNKNOWN = -1
# A table may be so many times longer than what it holds.
DENSE = 8


class Numbering:
    """Places for ids, 0 for the smallest.

    A database's ids lie close together: looked up in a table, ten million of them take
    a hundredth of the time that a search in a sorted list takes.
    """

    def __init__(self, *ids: Ints) -> None:
        known = [some for some in ids if len(some)]
        self._low = min((int(some.min()) for some in known), default=0)
        high = max((int(some.max()) for some in known), default=-1)
        self._is_dense = high - self._low < DENSE * (sum(map(len, known)) + 1000)
        if not self._is_dense:
            self.ids = np.unique(np.concatenate(known))
            return
        is_here = np.zeros(high - self._low + 1, dtype=np.bool_)
        for some in known:
            is_here[some - self._low] = True
        self.ids = np.flatnonzero(is_here) + self._low
        self._table = np.cumsum(is_here, dtype=np.int32) - 1
        self._table[~is_here] = UNKNOWN

    def __len__(self) -> int:
        return len(self.ids)

    def places(self, ids: Ints) -> Places:
        """UNKNOWN for an id that has no place."""
        if not len(self.ids):
            return np.full(len(ids), UNKNOWN, dtype=np.int32)
        if self._is_dense:
            inside = np.clip(ids - self._low, 0, len(self._table) - 1)
            found = self._table[inside]
        else:
            found = np.searchsorted(self.ids, ids).astype(np.int32)
            found = np.minimum(found, len(self.ids) - 1)
        found[self.ids[found] != ids] = UNKNOWN
        return found


@dataclass(frozen=True)
class Answers:
    """Answers as their source tells them, those to one's own question among them.

    Ids are any integers; times are seconds of one clock.
    """

    answer: Ints
    answerer: Ints
    asker: Ints
    question: Ints
    answered_at: Floats
    asked_at: Floats
    accepted: Bools

    def __len__(self) -> int:
        return len(self.answer)

    def where(self, rows: Bools | Ints) -> "Answers":
        return Answers(*(getattr(self, part.name)[rows] for part in fields(self)))

    def and_also(self, more: "Answers") -> "Answers":
        return Answers(
            *(
                np.concatenate([getattr(self, part.name), getattr(more, part.name)])
                for part in fields(self)
            )
        )


@dataclass(frozen=True)
class Votes:
    """Who thought what of which answer: +1 or -1."""

    answer: Ints
    voter: Ints
    value: NDArray[np.int8]

    @classmethod
    def none(cls) -> "Votes":
        nothing = np.zeros(0, dtype=np.int64)
        return cls(nothing, nothing, nothing.astype(np.int8))

    def and_also(self, more: "Votes") -> "Votes":
        return Votes(
            *(
                np.concatenate([getattr(self, part.name), getattr(more, part.name)])
                for part in fields(self)
            )
        )


@dataclass(frozen=True)
class Known:
    """Sorted ids of people with an old enough verified e-mail, and of imported ones.

    Where a history says nothing of e-mails, `verified` is None: taken for everybody.
    """

    verified: Ints | None = None
    imported: Ints | None = None


@dataclass(frozen=True)
class History:
    """One row an answer to somebody else, in the order of the answers' ids.

    `answerer` and `asker` are places in `people` (sorted ids); `trust` has a value for
    each of `people`, and `met_several` says of each whether they dealt with more than
    one other person, whatever their e-mail; `net` is up-votes minus down-votes, each
    weighed by its voter.
    """

    people: Ints
    trust: Floats
    met_several: Bools
    answer: Ints
    answerer: Places
    asker: Places
    question: Ints
    answered_at: Floats
    asked_at: Floats
    accepted: Bools
    first: Bools
    net: Floats

    def __len__(self) -> int:
        return len(self.answer)

    def where(self, rows: Bools | Ints) -> "History":
        """These rows only: a mask of them, or their places. The people stay."""
        columns = (part.name for part in fields(self)[3:])
        return replace(self, **{name: getattr(self, name)[rows] for name in columns})

    def by_topic(self, topic: Ints, question: Ints) -> Iterator[tuple[int, Ints]]:
        """Each topic with the places of its answers, given (topic, question) pairs."""
        return rows_by_topic(self.question, topic, question)


def rows_by_topic(
    answered: Ints, topic: Ints, question: Ints
) -> Iterator[tuple[int, Ints]]:
    """Each topic with the rows in which one of its questions was `answered`.

    `topic` and `question` are pairs; one told twice counts once.
    """
    by_question = np.argsort(answered, kind="stable")
    ordered = answered[by_question]
    starts = np.searchsorted(ordered, question, "left")
    ends = np.searchsorted(ordered, question, "right")
    found = ends > starts
    topic, starts, ends = topic[found], starts[found], ends[found]
    order = np.argsort(topic, kind="stable")
    names, firsts = np.unique(topic[order], return_index=True)
    for name, mine in zip(names, np.split(order, firsts[1:]), strict=False):
        sizes = ends[mine] - starts[mine]
        # Each run start, start + 1, … of its size, one after the other.
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        rows = by_question[np.repeat(starts[mine], sizes) + within]
        yield int(name), np.unique(rows)


def history_of(answers: Answers, votes: Votes, known: Known, model: Model) -> History:
    """The rows that count, whom to trust how far, and what votes weigh.

    The same facts in any order give the same bits.
    """
    if (answers.answer[1:] <= answers.answer[:-1]).any():
        answers = answers.where(np.argsort(answers.answer, kind="stable"))
    numbering = Numbering(answers.answerer, answers.asker)
    people = numbering.ids
    answerer = numbering.places(answers.answerer)
    asker = numbering.places(answers.asker)
    first = _first_in_thread(answers)
    others = answerer != asker
    met_several = _met_several(people, answerer[others], asker[others], model)
    trust = _trust(people, met_several, known, model)
    net = _net(answers, answerer, numbering, trust, votes, model)
    return History(
        people=people,
        trust=trust,
        met_several=met_several,
        answer=answers.answer[others],
        answerer=answerer[others],
        asker=asker[others],
        question=answers.question[others],
        answered_at=answers.answered_at[others],
        asked_at=answers.asked_at[others],
        accepted=answers.accepted[others],
        first=first[others],
        net=net[others],
    )


def _first_in_thread(answers: Answers) -> Bools:
    """Even one's own answer takes the first place in a thread."""
    questions = Numbering(answers.question)
    thread = questions.places(answers.question)
    earliest = np.full(len(questions), np.inf)
    np.minimum.at(earliest, thread, answers.answered_at)
    return answers.answered_at == earliest[thread]


def _met_several(people: Ints, answerer: Places, asker: Places, model: Model) -> Bools:
    """Who dealt with more than one other person by answering or being answered."""
    # Here, so that web processes never load it: only a run needs it.
    from scipy import sparse

    size = len(people)
    met = sparse.coo_array(
        (np.ones(len(asker), dtype=np.int8), (answerer, asker)), shape=(size, size)
    ).tocsr()
    # Sums of many ones would overflow their byte; only where they are matters.
    met.data[:] = 1
    others = np.diff((met + met.T).tocsr().indptr)
    return others >= model.partners_for_trust


def _trust(people: Ints, met_several: Bools, known: Known, model: Model) -> Floats:
    """How far each person's word counts as an asker and as a voter.

    Wholly for imported people, and for those with a verified e-mail who met several;
    else a share.
    """
    trusted = met_several
    if known.verified is not None:
        trusted = trusted & np.isin(people, known.verified, assume_unique=True)
    if known.imported is not None:
        trusted = trusted | np.isin(people, known.imported, assume_unique=True)
    return np.where(trusted, 1.0, model.trust_of_others)


def _net(
    answers: Answers,
    answerer: Places,
    people: Numbering,
    trust: Floats,
    votes: Votes,
    model: Model,
) -> Floats:
    """Votes on each answer; many by one voter for one author count less and less."""
    row = Numbering(answers.answer).places(votes.answer)
    counted = row != UNKNOWN
    row, voter, value = row[counted], votes.voter[counted], votes.value[counted]
    named = voter != NOBODY
    place = people.places(voter[named])
    weight = np.ones(len(voter))
    # Who votes without ever asking or answering is not known well.
    weight[named] = np.where(place == UNKNOWN, model.trust_of_others, trust[place])
    weight[named] *= _share_of_vote(voter[named], answerer[row[named]], model)
    # Multiples of a power of two add up to the same bits in any order.
    weight = np.round(weight * VOTE_STEPS) / VOTE_STEPS
    return np.bincount(row, weight * value, minlength=len(answers)).astype(np.float64)


def _share_of_vote(voter: Ints, author: Places, model: Model) -> Floats:
    """What each of a voter's votes for one author counts: one alone is whole."""
    if not len(voter):
        return np.zeros(0)
    authors = np.int64(author.max()) + 1
    pair = Numbering(voter).places(voter) * authors + author
    order = np.argsort(pair)
    pair = pair[order]
    starts = np.flatnonzero(np.diff(pair, prepend=-1))
    times = np.diff(starts, append=len(pair))
    cap = model.voter_pair_cap
    whole = saturated(times.astype(np.float64), cap) / saturated(np.ones(1), cap)
    share = np.empty(len(voter))
    share[order] = np.repeat(whole / times, times)
    return share


def saturated(amount: Floats, cap: Floats | float) -> Floats:
    """Amounts that count less the more there is, and never more than the cap."""
    return cap * -np.expm1(-amount / cap)
