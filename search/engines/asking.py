"""A search for engines that rank by themselves, in words every one of them knows.

`find` says once, for all of them, what `Wanted` means: what must stand in a document,
what makes it better, when fewer words will do, and what to count. An engine translates
the few kinds of `Node` into its own query language and answers a `Searchable`.

A node's score is what the engine's BM25 gives a term, times its worth. The engine sees
documents as `counted` makes them, so that repeated words stand for their weights.
"""

import math
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby, pairwise
from typing import Any, Protocol

import numpy as np

from search import ranking
from search.analyser import Word, marked_tokens
from search.documents import Document
from search.engines.base import Clause, Found, Wanted

# So many hits are put in order by what engines can't multiply with, then the next.
BLOCK = 100


# What an engine indexes


@dataclass(frozen=True, slots=True)
class Counted:
    """A document for engines that count terms: a word stands there as often as it
    weighs. `levels` tell how much a Chinese character is worth in this text."""

    words: str
    grams: str
    characters: Sequence[str]
    levels: Sequence[str]


def counted(document: Document) -> Counted:
    weights = ranking.weighed(document)
    levels = (
        (character, ranking.character_level(weight, weights.han_chars))
        for character, weight in weights.characters.items()
    )
    return Counted(
        words=_repeated(weights.words),
        grams=_repeated(weights.grams),
        characters=list(weights.characters),
        levels=[_level(character, level) for character, level in levels if level >= 0],
    )


def _repeated(weights: Mapping[str, float]) -> str:
    return "".join(
        [f"{term} " * (round(weight) or 1) for term, weight in weights.items()]
    )


def _level(character: str, level: int) -> str:
    return f"{character}{level}"


# What an engine understands


@dataclass(frozen=True, slots=True)
class Term:
    """`rarity`, if given, counts instead of the term's own: that of the whole word."""

    stream: str
    term: str
    worth: float = 1.0
    rarity: float = 0.0

    @property
    def plain(self) -> "Term":
        """The same, whatever it is worth."""
        return Term(self.stream, self.term)


@dataclass(frozen=True, slots=True)
class Begins:
    """Any word that begins so."""

    start: str
    rarity: float = 0.0


@dataclass(frozen=True, slots=True)
class Since:
    day: int


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least so many of them; all that stand there add to the score."""

    parts: tuple["Node", ...]
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class BestOf:
    """At least one; only the best counts."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of `needed`, nothing of `barred`; `helping` only adds to the score."""

    needed: tuple["Node", ...]
    helping: tuple["Node", ...] = ()
    barred: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Flat:
    """The same score wherever it stands, 0 to say that it must or must not stand."""

    part: "Node"
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Times:
    part: "Node"
    factor: float


Node = Term | Begins | Since | AnyOf | BestOf | AllOf | Flat | Times


@dataclass(frozen=True, slots=True)
class Tallied:
    """How many there are, and of each facet's values."""

    total: int
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    ages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToTally:
    node: Node
    facets: Sequence[str] = ()
    ages: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ToRank:
    """`among` is about how many hits there are."""

    node: Node
    among: int
    limit: int
    prefer: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A hit by the key under which the engine shows it."""

    key: Any
    score: float
    day: int


class Searchable(Protocol):
    """An index at one moment."""

    @property
    def documents(self) -> int: ...

    @property
    def youngest_day(self) -> int: ...

    def frequencies(self, nodes: Sequence[Node]) -> list[int]:
        """How many documents fit each."""

    def tally(self, asked: Sequence[ToTally]) -> list[Tallied]: ...

    @property
    def most_with_clues(self) -> int:
        """Among more hits than this, clues take longer to read than they are worth."""

    def best(self, asked: Sequence[ToRank]) -> list[list[Candidate]]:
        """The best of each, with priors and the preferred language counted in."""

    def newest(self, node: Node, offset: int, limit: int) -> list[Candidate]:
        """Scored by their day."""

    def by_id(self, keys: Sequence[Any]) -> list[Any]:
        """In an order that is always the same."""

    def shown(self, keys: Sequence[Any]) -> list[Mapping[str, Any]]: ...

    def circle_names(self, circles: Collection[str]) -> dict[str, Mapping[str, str]]:
        """A circle's names, as any document in it has them."""


def terms_in(node: Node) -> Iterator[Term]:
    """The terms whose score counts by how often they stand in a text."""
    match node:
        case Term(stream="words" | "grams"):
            yield node
        case AnyOf() | BestOf():
            for part in node.parts:
                yield from terms_in(part)
        case AllOf():
            for part in (*node.needed, *node.helping):
                yield from terms_in(part)
        case Times():
            yield from terms_in(node.part)


# The search


def find(wanted: Wanted, index: Searchable) -> Found:
    """The page of hits that `Wanted` describes."""
    if not wanted.words:
        return _everything(wanted, index)
    return _Search(wanted, index).found()


def _everything(wanted: Wanted, index: Searchable) -> Found:
    """What the filters leave, the newest first."""
    asked = _Conditions(wanted)
    tallied = asked.tally(index)
    hits: list[Candidate] = []
    if wanted.offset < tallied.total:
        limit = min(wanted.limit, tallied.total - wanted.offset)
        hits = index.newest(asked.node(), wanted.offset, limit)
    return Found(shown=_page(hits, index), total=tallied.total, counts=tallied.facets)


class _Conditions:
    """The filters and operators of a search, around what its words ask for."""

    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._filters: dict[str, Node] = {
            name: AnyOf(tuple(Term("filters", f"{name}={value}") for value in values))
            for name, values in wanted.filters.items()
        }
        if wanted.since_day:
            self._filters["since"] = Since(wanted.since_day)
        self._must = tuple(map(_clause, wanted.must))
        self._must_not = tuple(map(_clause, wanted.must_not))

    def node(self, *words: Node, helping: tuple[Node, ...] = (), but: str = "") -> Node:
        """Everything that must hold, but one filter. Only words score."""
        others = (node for name, node in self._filters.items() if name != but)
        holds = tuple(map(Flat, (*others, *self._must)))
        return AllOf((*words, *holds), helping=helping, barred=self._must_not)

    def tally(self, index: Searchable, *words: Node) -> "_Totals":
        """Each facet counted as if its own filter were not set."""
        wanted = self._wanted
        facets: dict[str, list[str]] = {"": [], "kind": []}
        for facet in wanted.facets:
            facets.setdefault(facet if facet in self._filters else "", []).append(facet)
        ages_beside = "since" if wanted.since_day else ""
        if wanted.ages:
            facets.setdefault(ages_beside, [])
        if "kind" not in self._filters:
            del facets["kind"]
        asked = [
            ToTally(
                self.node(*map(Flat, words), but=but),
                names,
                wanted.ages if but == ages_beside else {},
            )
            for but, names in facets.items()
        ]
        tallied = dict(zip(facets, index.tally(asked), strict=True))
        counts = {
            name: one.facets[name] for one in tallied.values() for name in one.facets
        }
        found: dict[str, Mapping[str, int]] = {
            name: counts[name] for name in wanted.facets
        }
        if wanted.ages:
            ages = tallied[ages_beside].ages
            found["since"] = {age: count for age, count in ages.items() if count}
        any_kind = tallied.get("kind", tallied[""])
        return _Totals(tallied[""].total, any_kind.total, found)


@dataclass(frozen=True, slots=True)
class _Totals:
    total: int
    of_any_kind: int
    facets: Mapping[str, Mapping[str, int]]


class _Search:
    def __init__(self, wanted: Wanted, index: Searchable) -> None:
        self.wanted = wanted
        self.index = index
        self.conditions = _Conditions(wanted)
        self._counts: dict[Node, int] = {}

    def found(self) -> Found:
        wanted, index = self.wanted, self.index
        every_word = AllOf(tuple(self._nodes))
        whole = totals = self.conditions.tally(index, every_word)
        relaxed, gate = False, None
        # Whether to relax is decided before the kind is chosen, so that the tabs count
        # the same hits as they show.
        if len(wanted.words) > 1 and whole.of_any_kind < ranking.ENOUGH:
            gate = self._enough_words()
            if gate is not None:
                totals = self.conditions.tally(index, gate)
                relaxed = totals.total > whole.total
        hits = self._ranked(whole.total, totals.total, gate if relaxed else None)
        counts = totals.facets
        return Found(
            shown=_page(hits, index),
            total=totals.total,
            whole=whole.total,
            counts=counts,
            circle_names=index.circle_names(list(counts.get("circle", ()))),
            known=tuple(self._known),
            marks=self._marks(),
            relaxed=relaxed,
        )

    def _ranked(self, whole: int, total: int, gate: AnyOf | None) -> list[Candidate]:
        """The page. Hits with every word are worth more, and more if they have them
        side by side; the best of each kind together hold the best of all."""
        wanted = self.wanted
        if wanted.offset >= total:
            return []
        words, clues = tuple(self._nodes), self._clues_among(whole)
        ranked: list[tuple[Node, int]] = []
        if len(words) == 1:
            ranked.append((self.conditions.node(*words, helping=clues), whole))
        else:
            grams = tuple(Flat(Term("grams", gram)) for gram in wanted.clues.grams)
            node = self.conditions.node(Flat(AllOf(grams)), *words, helping=clues)
            ranked.append((Times(node, ranking.PHRASE_WORTH), whole))
            if grams:
                node = self.conditions.node(*words, helping=clues)
                ranked.append((Times(node, ranking.COMPLETE_WORTH), whole))
        if gate is not None:
            clues = self._clues_among(total)
            others = tuple(node for node in words if node not in gate.parts)
            helping = (*others, *clues) if clues else ()
            ranked.append((self.conditions.node(gate, helping=helping), total))
        blocks = -(-(wanted.offset + wanted.limit) // BLOCK)
        best: dict[Any, Candidate] = {}
        limit = min(blocks * BLOCK, total)
        asked = [ToRank(node, among, limit, wanted.prefer) for node, among in ranked]
        for some in self.index.best(asked):
            for one in some:
                if one.key not in best or one.score > best[one.key].score:
                    best[one.key] = one
        hits = sorted(best.values(), key=lambda one: (-one.score, -one.day, one.key))
        hits = _younger_first(hits[:limit], self.index)
        return hits[wanted.offset : wanted.offset + wanted.limit]

    def _clues_among(self, hits: int) -> tuple[Node, ...]:
        return self._clues if hits <= self.index.most_with_clues else ()

    def _counts_of(self, nodes: Iterable[Node]) -> list[int]:
        """How many documents fit each. Asks once for all that isn't known yet."""
        nodes = list(nodes)
        unknown = [node for node in dict.fromkeys(nodes) if node not in self._counts]
        if unknown:
            counts = self.index.frequencies(unknown)
            self._counts.update(zip(unknown, counts, strict=True))
        return [self._counts[node] for node in nodes]

    @cached_property
    def _rarities(self) -> list[tuple[Node, float]]:
        """What satisfies each word and how much that says, 0 if nothing does."""
        words = self.wanted.words
        self._counts_of(
            [
                *map(_as_written, words),
                *(BestOf(_spelled(word)) for word in words if word.characters),
                *(Flat(form) for word in words for form in _may_cover(word)),
                *(Begins(word.prefix) for word in words if word.prefix),
                *(Term("characters", one) for one in self.wanted.clues.characters),
            ]
        )
        stems = [self._stem(word) for word in words]
        written = self._counts_of(map(_as_written, words, stems))
        # A last resort for Chinese, and all there is for a single character.
        scattered = [
            word.characters and (len(word.characters) == 1 or not frequency)
            for word, frequency in zip(words, written, strict=True)
        ]
        self._counts_of(
            BestOf(_by_characters(word))
            for word, is_scattered in zip(words, scattered, strict=True)
            if is_scattered
        )
        found: list[tuple[Node, float]] = []
        for place, word in enumerate(words):
            frequency = written[place]
            if scattered[place]:
                (more,) = self._counts_of([BestOf(_by_characters(word))])
                frequency = max(frequency, more)
            rarity = self._rarity(frequency)
            ways = BestOf(_ways(word, stems[place], rarity))
            node: Node = ways
            if scattered[place]:
                node = _or_by_characters(word, ways, rarity)
            elif form := self._covering(word, frequency):
                # It stands wherever the word does in any way: one list is read.
                node = BestOf((replace(form, rarity=rarity),))
            found.append((node, rarity))
        return found

    def _covering(self, word: Word, frequency: int) -> Term | None:
        forms = _may_cover(word)
        counts = self._counts_of(map(Flat, forms))
        at_hand = zip(forms, counts, strict=True)
        return next((form for form, count in at_hand if count == frequency), None)

    def _stem(self, word: Word) -> str:
        """The longest word that what is typed has grown beyond, if none is longer."""
        typed = word.prefix
        if not typed or self._counts_of([Begins(typed)]) != [0]:
            return ""
        stems = [typed[:size] for size in range(len(typed) - 1, 2, -1)]
        found = self._counts_of(Term("words", stem) for stem in stems)
        return next((s for s, n in zip(stems, found, strict=True) if n), "")

    def _rarity(self, frequency: int) -> float:
        if not frequency:
            return 0.0
        return ranking.rarity(self.index.documents, frequency)

    @property
    def _nodes(self) -> Iterable[Node]:
        return (node for node, _rarity in self._rarities)

    @cached_property
    def _known(self) -> list[Word]:
        return [
            word
            for word, (_node, rarity) in zip(
                self.wanted.words, self._rarities, strict=True
            )
            if rarity
        ]

    def _enough_words(self) -> AnyOf | None:
        """What a hit without every word must have: a word that says SOME_SHARE of all,
        or several that do together. None if too few are known."""
        known = [(node, rarity) for node, rarity in self._rarities if rarity]
        if not known or len(known) < ranking.KNOWN_SHARE * len(self._rarities):
            return None
        enough = ranking.SOME_SHARE * sum(rarity for _node, rarity in known)
        telling = [node for node, rarity in known if rarity >= enough]
        others = [(node, rarity) for node, rarity in known if rarity < enough]
        together = sum(rarity for _node, rarity in others)
        if together >= enough:
            several = math.ceil(enough * len(others) / together)
            telling.append(Flat(AnyOf(tuple(node for node, _ in others), several)))
        return AnyOf(tuple(telling))

    @cached_property
    def _clues(self) -> tuple[Node, ...]:
        """What ranks beside the words and finds nothing."""
        clues = self.wanted.clues
        found: list[Node] = [
            *(Term("words", one, ranking.PIECE_WORTH) for one in clues.pieces),
            *(Term("words", one, ranking.PASSING_WORTH) for one in clues.passing),
            *(Term("grams", one, ranking.gram_worth(one)) for one in clues.grams),
        ]
        standing = [Term("characters", one) for one in clues.characters]
        for term, frequency in zip(standing, self._counts_of(standing), strict=True):
            if frequency:
                worth = ranking.CHARACTER_WORTH * self._rarity(frequency)
                found += _levels(term.term, worth)
        return tuple(found)

    def _marks(self) -> list[str]:
        """What to mark; a word found only by its characters is marked by them."""
        marks = marked_tokens(self._known)
        for word in self._known:
            if word.characters and self._counts_of([BestOf(_spelled(word))]) == [0]:
                marks += word.characters
        return marks


def _clause(clause: Clause) -> Node:
    return AllOf(tuple(Flat(Term(*term)) for term in clause))


def _may_cover(word: Word) -> list[Term]:
    """The last spelling of a word that stands in several or in parts: whoever writes
    wi-fi is also read as wifi."""
    if len(word.forms) + bool(word.parts) < 2 or word.prefix:
        return []
    return [Term("words", word.forms[-1])]


def _spelled(word: Word, rarity: float = 0.0) -> tuple[Node, ...]:
    return tuple(Term("words", form, 1.0, rarity) for form in word.forms)


def _as_written(word: Word, stem: str = "") -> Node:
    return BestOf(_ways(word, stem))


def _ways(word: Word, stem: str, rarity: float = 0.0) -> tuple[Node, ...]:
    """The word in any spelling, in parts, by a synonym, or by its beginning."""
    ways = [*_spelled(word, rarity)]
    if word.parts:
        ways.append(_together(word.parts, ranking.PART_WORTH, rarity))
    if word.gram:
        ways.append(Term("grams", word.gram, 1.0, rarity))
    ways += [_together(terms, ranking.SYNONYM_WORTH, rarity) for terms in word.others]
    if stem:
        ways.append(Term("words", stem, 1.0, rarity))
    elif word.prefix:
        ways.append(Begins(word.prefix, rarity))
    return tuple(dict.fromkeys(ways))


def _together(terms: Sequence[str], worth: float, rarity: float) -> Node:
    """All of them, at part of what they score."""
    share = worth / len(terms)
    return AllOf(tuple(Term("words", term, share, rarity) for term in terms))


def _by_characters(word: Word, rarity: float = 0.0) -> tuple[Node, ...]:
    """Where its characters stand, or two neighbours out of it."""
    standing = AllOf(tuple(Flat(Term("characters", one)) for one in word.characters))
    scattered = Flat(standing, ranking.SCATTERED_WORTH * rarity)
    share = 2 * ranking.PART_WORTH / max(len(word.forms[0]), 2)
    pieces = map("".join, pairwise(word.forms[0]))
    return (scattered, *(Term("grams", piece, share, rarity) for piece in pieces))


def _or_by_characters(word: Word, written: BestOf, rarity: float) -> Node:
    if len(word.characters) == 1 and not word.others:
        # A character stands wherever it is a word: one list is read, not two.
        return AllOf(_by_characters(word, rarity), helping=(written,))
    return BestOf((*written.parts, *_by_characters(word, rarity)))


def _levels(character: str, worth: float) -> list[Node]:
    return [
        Flat(Term("levels", _level(character, level)), worth * gain)
        for level, gain in enumerate(ranking.CHARACTER_LEVELS)
    ]


def _younger_first(hits: list[Candidate], index: Searchable) -> list[Candidate]:
    """With freshness counted in, block by block: so no page repeats another's."""
    ages = np.array([index.youngest_day - one.day for one in hits], dtype=np.float32)
    scores = np.array([one.score for one in hits], dtype=np.float32)
    scores *= ranking.freshness(ages)
    fresh = [
        Candidate(one.key, float(score), one.day)
        for one, score in zip(hits, scores, strict=True)
    ]
    found: list[Candidate] = []
    for start in range(0, len(fresh), BLOCK):
        block = sorted(fresh[start : start + BLOCK], key=_rank)
        for _rank_of_all, equals in groupby(block, key=_rank):
            found += _in_order(list(equals), index)
    return found


def _rank(hit: Candidate) -> tuple[float, int]:
    return -hit.score, -hit.day


def _in_order(equals: list[Candidate], index: Searchable) -> list[Candidate]:
    if len(equals) < 2:
        return equals
    by_key = {one.key: one for one in equals}
    return [by_key[key] for key in index.by_id(list(by_key))]


def _page(
    hits: Sequence[Candidate], index: Searchable
) -> list[tuple[Mapping[str, Any], float]]:
    rows = index.shown([one.key for one in hits])
    return [(shown, one.score) for shown, one in zip(rows, hits, strict=True)]
