"""Asking a Whoosh index: its postings as arrays, scored all at once.

Whoosh walks postings one by one in Python; on arrays the same sum costs a tenth. What a
word costs to read is remembered per segment, since segments never change.
"""

import threading
import weakref
from collections import Counter, OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property, reduce
from itertools import chain, pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.reading import SegmentReader

from search import ranking
from search.analyser import Clues, Word, marked_tokens
from search.engines import whoosh_files as files
from search.engines.base import Clause, Found, Wanted
from search.engines.whoosh_writing import NOTHING, Ids, Weights, whole_term
from search.meaning import DIMENSIONS, Common, Direction, Packed, Space

Mask = NDArray[np.bool_]

PREFIX_TERMS = 24

KEPT_POSTINGS = 2_000_000

# Tags are too many to count them all: those of the best hits are the ones to pick from.
HITS_TELLING_TAGS = 30
TAGS_COUNTED = 12


class Tally:
    """What each document has of the words asked for."""

    def __init__(self, size: int) -> None:
        self.scores = np.zeros(size, dtype=np.float32)
        self.said = np.zeros(size, dtype=np.float32)
        self.present = np.zeros(size, dtype=np.int16)
        self.together = np.zeros(size, dtype=np.int16)
        self.known: dict[Word, float] = {}

    def say_some(self, words: int) -> Mask:
        """Where enough of the words stand for a hit without all of them."""
        if len(self.known) < ranking.KNOWN_SHARE * words:
            return np.zeros_like(self.said, dtype=np.bool_)
        enough = ranking.SOME_SHARE * sum(self.known.values())
        return (self.said > 0) & (self.said >= enough)


class Leaf:
    """One segment. Reads its file under a lock, since readers share its position."""

    def __init__(self, shelf: files.Shelf, schema: Any, segment: Any) -> None:
        name = segment.make_filename(segment.COMPOUND_EXT)
        shelf.verify(name)
        self.file = Path(shelf.folder) / name
        self.stamp = _stamp(self.file)
        self.size: int = segment.doc_count_all()
        self._reader = SegmentReader(shelf, schema, segment)
        self._terms = self._reader._terms
        weakref.finalize(self, self._reader.close)
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], tuple[Ids, Weights]] = OrderedDict()
        self._kept_postings = 0
        self._title_words: list[set[str]] | None = None
        self._all_title_words: Counter[str] = Counter()
        self.lengths = self._column("length", ">f4", np.float32)
        self.han_chars = self._column("han_chars", ">i4", np.float32)
        self.priors = self._column("prior", ">f4", np.float32)
        self.days = self._column("day", ">i4", np.int32)

    def postings(self, field: str, term: str) -> tuple[Ids, Weights]:
        """Where a term stands, and with what weight."""
        key = (field, term)
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
                return found
            found = self._read(field, term)
            self._kept[key] = found
            self._kept_postings += len(found[0]) + 16
            while self._kept_postings > KEPT_POSTINGS:
                _key, dropped = self._kept.popitem(last=False)
                self._kept_postings -= len(dropped[0]) + 16
            return found

    def _read(self, field: str, term: str) -> tuple[Ids, Weights]:
        key = (field, term.encode())
        if key not in self._terms:
            return NOTHING
        return whole_term(self._terms, *key)

    def terms(self, field: str, prefix: str, limit: int = 10_000) -> list[str]:
        found: list[str] = []
        with self._lock:
            start = prefix.encode()
            for name, term in self._terms.terms_from(field, start):
                if name != field or not term.startswith(start) or len(found) >= limit:
                    break
                found.append(term.decode())
        return found

    def title_words(self, dead: Collection[int]) -> Counter[str]:
        """How many documents that still count have a word in title or tags."""
        with self._lock:
            if self._title_words is None:
                column = self._reader.column_reader("title_words")
                self._title_words = [set(row.decode().split()) for row in column]
                self._all_title_words = Counter(chain(*self._title_words))
        gone = chain(*(self._title_words[number] for number in dead))
        return self._all_title_words - Counter(gone)

    def shown(self, number: int) -> Mapping[str, Any]:
        with self._lock:
            return self._reader.stored_fields(number)["shown"]

    @cached_property
    def meanings(self) -> Packed:
        """Read when somebody asks by meaning; zeros where it isn't known."""
        rows = np.zeros((self.size, DIMENSIONS), dtype=np.int8)
        written = self._written("meaning", "i1").reshape(-1, DIMENSIONS)
        rows[: len(written)] = written
        return rows

    def _column(self, name: str, written: str, wanted: Any) -> NDArray[Any]:
        values = np.zeros(self.size, dtype=wanted)
        raw = self._written(name, written)
        values[: len(raw)] = raw
        return values

    def _written(self, name: str, written: str) -> NDArray[Any]:
        """A column as it was written: up to the last document that has it."""
        with self._lock:
            documents = self._reader._perdoc
            if not documents.has_column(name):
                return np.empty(0, dtype=written)
            file, start, length = documents._get_column_file(name)
            return np.frombuffer(file.get(start, length), dtype=written)


class Snapshot:
    """The whole index as it was at one commit. Many threads may ask it."""

    def __init__(self, folder: Path, known: "Snapshot | None") -> None:
        shelf = files.Shelf(folder)
        self.folder = folder
        self.generation = files.latest_generation(folder)
        self.stamps = {}
        toc = files.read_toc(shelf, self.generation)
        before = known.leaves if known is not None and known.folder == folder else {}
        self.leaves: dict[str, Leaf] = {}
        alive: list[Mask] = []
        for segment in toc.segments:
            name = segment.segment_id()
            leaf = before.get(name)
            if leaf is None or leaf.stamp != _stamp(leaf.file):
                leaf = Leaf(shelf, toc.schema, segment)
            self.leaves[name] = leaf
            mask = np.ones(leaf.size, dtype=np.bool_)
            mask[np.fromiter(segment.deleted_docs(), dtype=np.int64)] = False
            alive.append(mask)
        kept = list(self.leaves.values())
        toc_file = folder / f"_{files.INDEX_NAME}_{self.generation}.toc"
        self.stamps = {toc_file: _stamp(toc_file)}
        self.stamps |= {leaf.file: leaf.stamp for leaf in kept}
        self.changed_at = datetime.fromtimestamp(toc_file.stat().st_mtime, tz=UTC)
        self._offsets = np.cumsum([0, *(leaf.size for leaf in kept)])
        self.size = int(self._offsets[-1])
        self._alive: Mask = _joined(alive, np.bool_)
        self.documents = int(self._alive.sum())
        lengths = _joined([leaf.lengths for leaf in kept], np.float32)
        average = float(lengths[self._alive].mean()) if self.documents else 1.0
        k1, b = np.float32(ranking.K1), ranking.B
        share = (lengths / max(average, 1.0)).astype(np.float32)
        self._norms: Weights = k1 * (np.float32(1 - b) + np.float32(b) * share)
        han_chars = _joined([leaf.han_chars for leaf in kept], np.float32)
        self._character_norms: Weights = (
            k1 * han_chars / np.float32(ranking.SHORT_TEXT_CHARS)
        )
        self._priors = _joined([leaf.priors for leaf in kept], np.float32)
        self._days = _joined([leaf.days for leaf in kept], np.int32)
        youngest = self._days.max(initial=0)
        self._priors *= ranking.freshness((youngest - self._days).astype(np.float32))
        common = None
        if known is not None and "space" in known.__dict__:
            common = known.space.common
        self._common: Common | None = common
        self._masks: dict[tuple[str, str], Mask] = {}
        self._values: dict[str, list[str]] = {}
        self._circle_names: dict[str, Mapping[str, str]] = {}

    @cached_property
    def space(self) -> Space:
        rows = [leaf.meanings for leaf in self.leaves.values()]
        return Space(_joined(rows, np.int8).reshape(-1, DIMENSIONS), self._common)

    @cached_property
    def title_words(self) -> Mapping[str, int]:
        counts: Counter[str] = Counter()
        for leaf, offset in zip(self.leaves.values(), self._offsets, strict=False):
            alive = self._alive[offset : offset + leaf.size]
            counts += leaf.title_words(np.flatnonzero(~alive).tolist())
        return counts

    def is_current(self) -> bool:
        """Whether the files are still those this was read from."""
        try:
            if files.latest_generation(self.folder) != self.generation:
                return False
            return all(_stamp(file) == stamp for file, stamp in self.stamps.items())
        except FileNotFoundError:
            return False

    def find(self, wanted: Wanted) -> Found:
        masks = self._filter_masks(wanted)
        allowed = self._allowed(wanted)
        everything = reduce(np.logical_and, masks.values(), allowed)
        if not wanted.words:
            hits = np.flatnonzero(everything)
            scores = self._days[hits].astype(np.float32)
            return Found(
                shown=self._page(hits, scores, wanted),
                total=len(hits),
                counts=self._counts(
                    wanted, masks, allowed, self._tags_of_best(hits, scores, wanted)
                ),
            )
        return self._find_words(wanted, masks, allowed, everything)

    def _allowed(self, wanted: Wanted) -> Mask:
        """What is there and fits the operators of the query."""
        allowed = self._alive
        for clause in wanted.must:
            allowed = allowed & self._fits(clause)
        for clause in wanted.must_not:
            allowed = allowed & ~self._fits(clause)
        return allowed

    def _fits(self, clause: Clause) -> Mask:
        fits = np.zeros(self.size, dtype=np.bool_)
        fits[_in_all((self._postings(*term) for term in clause), 1.0)[0]] = True
        return fits

    def _find_words(
        self,
        wanted: Wanted,
        masks: dict[str, Mask],
        allowed: Mask,
        everything: Mask,
    ) -> Found:
        tally = self._tally(wanted.words)
        self._add_clues(tally, wanted.clues)
        # Whether to relax is decided before the kind is chosen, so that the tabs count
        # the same hits as they show.
        others = (mask for name, mask in masks.items() if name != "kind")
        without_kind = reduce(np.logical_and, others, allowed)
        complete: Mask = tally.present == len(wanted.words)
        near = self._nearness(wanted.meaning, allowed)
        matching, by_meaning = complete, False
        if (complete & without_kind).sum() < ranking.ENOUGH:
            if len(wanted.words) > 1:
                matching = matching | tally.say_some(len(wanted.words))
            if near is not None:
                only_near = self._near_enough(near) & ~matching
                matching = matching | only_near
                by_meaning = bool((only_near & everything).any())
        relaxed = bool((matching & ~complete & everything).any())
        hits = np.flatnonzero(matching & everything)
        liked = self._priors[hits]
        if wanted.prefer:
            preferred = self._mask("language", wanted.prefer)[hits]
            liked = liked * np.where(
                preferred, np.float32(ranking.PREFERRED_LANGUAGE), np.float32(1)
            )
        scores = tally.scores[hits] * liked
        if len(wanted.words) > 1:
            whole = complete[hits]
            as_asked = whole & (tally.together[hits] == len(wanted.clues.grams))
            scores[whole & ~as_asked] *= ranking.COMPLETE_WORTH
            scores[as_asked] *= ranking.PHRASE_WORTH
        if near is not None:
            scores += ranking.worth_of_meaning(near[hits], scores) * liked
        tags = self._tags_of_best(hits, scores, wanted)
        counts = self._counts(wanted, masks, matching & allowed, tags)
        return Found(
            shown=self._page(hits, scores, wanted),
            total=len(hits),
            whole=int(complete[hits].sum()),
            counts=counts,
            circle_names={one: self._names(one) for one in counts.get("circle", ())},
            known=tuple(tally.known),
            marks=self._marks(tally.known),
            relaxed=relaxed,
            by_meaning=by_meaning,
        )

    def _nearness(self, meaning: Direction | None, allowed: Mask) -> Weights | None:
        """How near each document is to what was asked, nothing for the others."""
        if meaning is None:
            return None
        return np.where(allowed, self.space.nearness(meaning), np.float32(0))

    def _near_enough(self, near: Weights) -> Mask:
        return ranking.near_enough(near, self.space.common.near_enough)

    def _tally(self, words: Sequence[Word]) -> "Tally":
        tally = Tally(self.size)
        for word in words:
            ids, weights = self._occurrences(word)
            if len(ids):
                rarity = tally.known[word] = ranking.rarity(self.size, len(ids))
                tally.scores[ids] += rarity * _gains(weights, self._norms[ids])
                tally.said[ids] += rarity
                tally.present[ids] += 1
        return tally

    def _add_clues(self, tally: "Tally", clues: Clues) -> None:
        """What ranks beside the words: it changes scores, not what is found."""
        terms = [("words", term, ranking.PIECE_WORTH) for term in clues.pieces]
        terms += [("words", term, ranking.PASSING_WORTH) for term in clues.passing]
        terms += [("grams", term, ranking.gram_worth(term)) for term in clues.grams]
        worth = ranking.CHARACTER_WORTH
        terms += [("characters", term, worth) for term in clues.characters]
        for field, term, worth in terms:
            ids, weights = self._postings(field, term)
            if len(ids):
                norms = self._character_norms if field == "characters" else self._norms
                worth *= ranking.rarity(self.size, len(ids))
                tally.scores[ids] += np.float32(worth) * _gains(weights, norms[ids])
                tally.together[ids] += field == "grams"

    def _occurrences(self, word: Word) -> tuple[Ids, Weights]:
        """Where a word stands in any of its spellings, or in parts."""
        found = [self._postings("words", form) for form in word.forms]
        if word.parts:
            found.append(
                _in_all(
                    (self._postings("words", p) for p in word.parts), ranking.PART_WORTH
                )
            )
        if word.gram:
            found.append(self._postings("grams", word.gram))
        for other in word.others:
            standing = (self._postings("words", term) for term in other)
            found.append(_in_all(standing, ranking.SYNONYM_WORTH))
        if word.prefix:
            unfinished = self._begun(word.prefix) - {*word.forms}
            found += [self._postings("words", term) for term in unfinished]
        is_single = len(word.characters) == 1
        if word.characters and (is_single or not any(len(ids) for ids, _ in found)):
            standing = (self._postings("characters", c) for c in word.characters)
            found.append(_in_all(standing, ranking.SCATTERED_WORTH))
            found += self._pieces(word)
        found = [one for one in found if len(one[0])]
        if len(found) < 2:
            return found[0] if found else NOTHING
        best = np.zeros(self.size, dtype=np.float32)
        for ids, weights in found:
            best[ids] = np.maximum(best[ids], weights)
        ids = np.flatnonzero(best)
        return ids, best[ids]

    def _pieces(self, word: Word) -> list[tuple[Ids, Weights]]:
        """Where two neighbours out of a word stand that was cut otherwise."""
        worth = np.float32(2 * ranking.PART_WORTH / max(len(word.forms[0]), 2))
        pieces = map("".join, pairwise(word.forms[0]))
        found = (self._postings("grams", piece) for piece in pieces)
        return [(ids, weights * worth) for ids, weights in found]

    def _begun(self, typed: str) -> set[str]:
        """Words that begin with what is typed, or the stem it has grown beyond."""
        longer = {
            term
            for leaf in self.leaves.values()
            for term in leaf.terms("words", typed, PREFIX_TERMS)
        }
        stems = (typed[:size] for size in range(len(typed) - 1, 2, -1))
        if not longer and (
            stem := next((s for s in stems if len(self._postings("words", s)[0])), "")
        ):
            return {stem}
        return longer

    def _marks(self, known: Iterable[Word]) -> list[str]:
        """What to mark; a word found only by its characters is marked by them."""
        known = list(known)
        marks = marked_tokens(known)
        for word in known:
            if word.characters and not any(
                len(self._postings("words", form)[0]) for form in word.forms
            ):
                marks += word.characters
        return marks

    def _postings(self, field: str, term: str) -> tuple[Ids, Weights]:
        found = [
            (ids + offset, weights)
            for leaf, offset in zip(self.leaves.values(), self._offsets, strict=False)
            for ids, weights in [leaf.postings(field, term)]
            if len(ids)
        ]
        if len(found) < 2:
            return found[0] if found else NOTHING
        return (
            np.concatenate([ids for ids, _ in found]),
            np.concatenate([weights for _, weights in found]),
        )

    def _mask(self, name: str, value: str) -> Mask:
        key = (name, value)
        mask = self._masks.get(key)
        if mask is None:
            mask = np.zeros(self.size, dtype=np.bool_)
            mask[self._postings("filters", f"{name}={value}")[0]] = True
            # Few values make up nearly all filters; the rest is cheap to make again.
            if len(self._masks) < 64:
                self._masks[key] = mask
        return mask

    def _any_of(self, name: str, values: Collection[str]) -> Mask:
        none = np.zeros(self.size, dtype=np.bool_)
        return reduce(np.logical_or, (self._mask(name, v) for v in values), none)

    def _filter_masks(self, wanted: Wanted) -> dict[str, Mask]:
        masks = {name: self._any_of(name, v) for name, v in wanted.filters.items()}
        if wanted.since_day:
            masks["since"] = self._days >= wanted.since_day
        return masks

    def _tags_of_best(
        self, hits: Ids, scores: NDArray[np.float32], wanted: Wanted
    ) -> list[str]:
        if "tag" not in wanted.facets:
            return []
        best = self._page(
            hits, scores, replace(wanted, offset=0, limit=HITS_TELLING_TAGS)
        )
        told = Counter(tag for shown, _score in best for tag in shown.get("tags", ()))
        return [tag for tag, _times in told.most_common(TAGS_COUNTED)]

    def _counts(
        self,
        wanted: Wanted,
        masks: dict[str, Mask],
        matching: Mask,
        tags: Sequence[str],
    ) -> dict[str, dict[str, int]]:
        counts = {}
        for facet in wanted.facets:
            others = (mask for name, mask in masks.items() if name != facet)
            among = reduce(np.logical_and, others, matching)
            if facet == "tag":
                counts[facet] = {
                    tag: int(among[self._postings("filters", f"tag={tag}")[0]].sum())
                    for tag in tags
                }
                continue
            hits = np.flatnonzero(among)
            counts[facet] = {
                value: count
                for value in self._facet_values(facet)
                if (count := int(self._mask(facet, value)[hits].sum()))
            }
        if wanted.ages:
            others = (mask for name, mask in masks.items() if name != "since")
            days = self._days[reduce(np.logical_and, others, matching)]
            counts["since"] = {
                age: count
                for age, day in wanted.ages.items()
                if (count := int((days >= day).sum()))
            }
        return counts

    def _names(self, circle: str) -> Mapping[str, str]:
        """A circle's names, as any document in it has them."""
        if circle not in self._circle_names:
            inside = np.flatnonzero(self._mask("circle", circle) & self._alive)
            self._circle_names[circle] = self._shown(int(inside[-1]))["circle_names"]
        return self._circle_names[circle]

    def _facet_values(self, facet: str) -> list[str]:
        if facet not in self._values:
            start = f"{facet}="
            self._values[facet] = sorted(
                {
                    term.removeprefix(start)
                    for leaf in self.leaves.values()
                    for term in leaf.terms("filters", start, 200)
                }
            )
        return self._values[facet]

    def _page(
        self, hits: Ids, scores: NDArray[np.float32], wanted: Wanted
    ) -> list[tuple[Mapping[str, Any], float]]:
        """The best first; among equals the newest, always in the same order."""
        end = min(len(hits), wanted.offset + wanted.limit)
        if end < len(hits) // 4:
            # Sorting everything would cost more than finding it.
            least = np.partition(scores, len(hits) - end)[len(hits) - end]
            best = scores >= least
            hits, scores = hits[best], scores[best]
        order = np.lexsort((hits, -self._days[hits], -scores))[wanted.offset : end]
        return [(self._shown(int(hits[at])), float(scores[at])) for at in order]

    def _shown(self, number: int) -> Mapping[str, Any]:
        place = int(np.searchsorted(self._offsets, number, side="right")) - 1
        leaf = list(self.leaves.values())[place]
        return leaf.shown(number - int(self._offsets[place]))


def _in_all(
    postings: Iterable[tuple[Ids, Weights]], worth: float
) -> tuple[Ids, Weights]:
    """Where all of them stand, at part of the smallest weight."""
    ids: Ids | None = None
    least: Weights = NOTHING[1]
    for more_ids, more in postings:
        if ids is None:
            ids, least = more_ids, more * np.float32(worth)
            continue
        ids, mine, theirs = np.intersect1d(
            ids, more_ids, assume_unique=True, return_indices=True
        )
        least = np.minimum(least[mine], more[theirs] * np.float32(worth))
    return NOTHING if ids is None else (ids, least)


def _gains(weights: Weights, norms: Weights) -> Weights:
    """BM25: more of the same counts less and less."""
    return weights * np.float32(ranking.K1 + 1) / (weights + norms)


def _joined(parts: list[Any], kind: Any) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.empty(0, dtype=kind)


def _stamp(file: Path) -> tuple[int, int, int]:
    """Changes when a file does."""
    facts = file.stat()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns
