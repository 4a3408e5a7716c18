"""Asking a tantivy index: its files at one commit, checked, and what they answer."""

import json
import struct
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from time import monotonic
from typing import Any

import tantivy
from django.conf import settings
from tantivy import Query

from search.engines import asking, folders
from search.engines.asking import (
    AllOf,
    BestOf,
    Candidate,
    Node,
    Tallied,
    Term,
    ToRank,
    ToTally,
)
from search.engines.base import Found, Wanted
from search.engines.tantivy_queries import Translation, simplest, weight_for
from search.errors import IndexBroken

# Tags are too many to show them all.
FACET_VALUES, TAGS_COUNTED = 200, 12
# Of very many hits so many are looked at once more.
BEST_OF_MOST = 1_000
# To count so many takes longer than the answer is worth: it is kept for a while, as it
# only tells how rare a word is. Fewer are counted each time.
MANY, KEPT_SECONDS = 1_000, 60.0
# How a file of tantivy ends: JSON with the checksum of all before, its length, 1337.
FOOTER_END, FOOTER_MAGIC = struct.Struct("<II"), 1337


class Files:
    """The files of an index at one commit, each whole when it was last looked at."""

    def __init__(self, folder: Path, known: "Files | None") -> None:
        self.folder = folder
        before: dict[Path, folders.Stamp] = {}
        if known is not None and known.folder == folder:
            before = known.stamps
        meta = folder / "meta.json"
        self.stamps: dict[Path, folders.Stamp] = {meta: folders.stamp(meta)}
        try:
            self.segments = json.loads(meta.read_bytes())["segments"]
            wanted = list(self._named())
        except (ValueError, KeyError, TypeError) as error:
            raise IndexBroken("meta.json is unreadable") from error
        for file in wanted:
            mark = folders.stamp(file)
            if before.get(file) != mark:
                _verify(file)
            self.stamps[file] = mark

    def _named(self) -> Iterator[Path]:
        """All that meta.json says must be there."""
        beside: dict[str, list[Path]] = {}
        for file in self.folder.iterdir():
            beside.setdefault(file.name.split(".")[0], []).append(file)
        for segment in self.segments:
            stem = segment["segment_id"].replace("-", "")
            kept = [f for f in beside.get(stem, ()) if f.suffix != ".del"]
            if not kept:
                raise FileNotFoundError(2, "No file of this segment", stem)
            yield from kept
            if segment["deletes"]:
                yield self.folder / f"{stem}.{segment['deletes']['opstamp']}.del"

    @property
    def all_documents(self) -> int:
        """With those deleted, which tantivy counts when it asks how rare a term is."""
        return sum(segment["max_doc"] for segment in self.segments)

    def are_unchanged(self) -> bool:
        try:
            return all(
                folders.stamp(file) == mark for file, mark in self.stamps.items()
            )
        except FileNotFoundError:
            return False


def _verify(file: Path) -> None:
    """Raises IndexBroken if the file isn't what tantivy wrote."""
    content = file.read_bytes()
    try:
        size, magic = FOOTER_END.unpack(content[-FOOTER_END.size :])
        start = len(content) - FOOTER_END.size - size
        footer = json.loads(content[start : -FOOTER_END.size])
        whole = magic == FOOTER_MAGIC and footer["crc"] == zlib.crc32(content[:start])
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise IndexBroken(f"{file.name} has changed") from error
    if not whole:
        raise IndexBroken(f"{file.name} has changed")


class Snapshot:
    """The whole index as it was at one commit. Many threads may ask it."""

    most_with_clues = 50_000

    def __init__(self, folder: Path, known: "Snapshot | None") -> None:
        self.folder = folder
        self.files: Files = Files(folder, known.files if known is not None else None)
        index = tantivy.Index.open(str(folder))
        index.config_reader("manual")
        index.reload()
        self._schema = index.schema
        self._searcher = index.searcher()
        meta = folder / "meta.json"
        if folders.stamp(meta) != self.files.stamps[meta]:
            raise FileNotFoundError(2, "A newer one came meanwhile", str(meta))
        self.documents: int = self._searcher.num_docs
        self.changed_at = datetime.fromtimestamp(meta.stat().st_mtime, tz=UTC)
        newest = self.newest(AllOf(()), 0, 1)
        self.youngest_day = newest[0].day if newest else 0
        self._circle_names: dict[str, Mapping[str, str]] = {}
        self._counted: dict[Node, int] = {}
        self._counted_since = monotonic()
        if known is not None and self._counted_since < known._counted_until:
            self._counted = known._counted
            self._counted_since = known._counted_since

    @property
    def _counted_until(self) -> float:
        return self._counted_since + KEPT_SECONDS

    def _translation(self) -> Translation:
        return Translation(self._searcher, self._schema, self.files.all_documents)

    def find(self, wanted: Wanted) -> Found:
        with panics_are_errors():
            return asking.find(wanted, self)

    def is_current(self) -> bool:
        """Whether the files are still those this was read from."""
        return self.files.are_unchanged()

    @cached_property
    def title_words(self) -> Mapping[str, int]:
        # Counting what a query finds leaves out the deleted; it is everything.
        counts = self._searcher.terms_with_prefix("title_words", "", Query.all_query())
        return {word: count for word, count in counts if count}

    def frequencies(self, nodes: Sequence[Node]) -> list[int]:
        counts = []
        for node in nodes:
            count = self._counted.get(node)
            if count is None:
                count = self._frequency(node)
                if count >= MANY:
                    self._counted[node] = count
            counts.append(count)
        return counts

    def tally(self, asked: Sequence[ToTally]) -> list[Tallied]:
        return [self._tally(one) for one in asked]

    def best(self, asked: Sequence[ToRank]) -> list[list[Candidate]]:
        translation = self._translation()
        languages = [code for code, _name in settings.LANGUAGES]
        found: list[list[Candidate]] = []
        for one in asked:
            weight = weight_for(one.prefer) if one.prefer in languages else "weight"
            simple = simplest(one.node)
            if one.among <= self.most_with_clues:
                query = translation.query(one.node)
                found.append(self._best(query, one.limit, weight))
            elif found and len(found[0]) == one.limit:
                # Pages full of what has the words side by side: nobody turns so many
                # that those who have them somewhere would come.
                found.append([])
            elif simple is not None:
                query = translation.query(simple)
                found.append(self._best_of_most(query, one.limit, weight))
            else:
                query = translation.query(one.node)
                found.append(self._best(query, one.limit, weight))
        return found

    def newest(self, node: Node, offset: int, limit: int) -> list[Candidate]:
        found = self._searcher.search(
            self._translation().query(node),
            limit,
            count=False,
            order_by_field="day",
            offset=offset,
        )
        return [
            Candidate((address.segment_ord, address.doc), float(day), day)
            for day, address in found.hits
        ]

    def by_id(self, keys: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        # Where a document lies changes whenever tantivy merges.
        ids = [shown["id"] for shown in self.shown(keys)]
        return [key for _id, key in sorted(zip(ids, keys, strict=True))]

    def shown(self, keys: Sequence[tuple[int, int]]) -> list[Mapping[str, Any]]:
        addresses = (tantivy.DocAddress(*key) for key in keys)
        kept = (self._searcher.doc(one).get_first("shown") for one in addresses)
        return [json.loads(one) for one in kept if one is not None]

    def circle_names(self, circles: Collection[str]) -> dict[str, Mapping[str, str]]:
        for circle in circles:
            if circle not in self._circle_names:
                (some,) = self.newest(Term("filters", f"circle={circle}"), 0, 1)
                (shown,) = self.shown([some.key])
                self._circle_names[circle] = shown["circle_names"]
        return {circle: self._circle_names[circle] for circle in circles}

    def _frequency(self, node: Node) -> int:
        translation = self._translation()
        ways = node.parts if isinstance(node, BestOf) else (node,)
        there = [way for way in ways if translation.is_there(way)]
        if len(there) == 1 and isinstance(there[0], Term):
            return translation.count_of(there[0])
        return self._tally(ToTally(BestOf(tuple(there)))).total if there else 0

    def _tally(self, asked: ToTally) -> Tallied:
        wanted: dict[str, dict] = {
            "all": {"value_count": {"field": "day"}},
        }
        for facet in asked.facets:
            size = TAGS_COUNTED if facet == "tag" else FACET_VALUES
            field = {"field": f"filters.{facet}", "size": size}
            wanted[f"facet.{facet}"] = {"terms": field}
        for age, day in asked.ages.items():
            field = {"field": "day", "ranges": [{"from": float(day)}]}
            wanted[f"age.{age}"] = {"range": field}
        counted = self._searcher.aggregate(
            self._translation().query(asked.node), wanted
        )
        facets = {}
        for facet in asked.facets:
            buckets = counted[f"facet.{facet}"]["buckets"]
            facets[facet] = {one["key"]: one["doc_count"] for one in buckets}
        ages = {
            age: sum(
                one["doc_count"]
                for one in counted[f"age.{age}"]["buckets"]
                if "from" in one
            )
            for age in asked.ages
        }
        return Tallied(int(counted["all"]["value"]), facets, ages)

    def _best(self, query: Query, limit: int, weight: str) -> list[Candidate]:
        hits = self._searcher.search(
            query, limit, count=False, weight_by_field=weight
        ).hits
        return self._candidates(hits)

    def _best_of_most(self, query: Query, limit: int, weight: str) -> list[Candidate]:
        """Where a word stands in a tenth of all documents, tantivy needs not look at
        all of them for those that score most by themselves. What they are multiplied
        with differs by a third at most: more than are wanted hold the best."""
        hits = self._searcher.search(
            query, max(BEST_OF_MOST, 2 * limit), count=False
        ).hits
        weights = self._searcher.fast_field_values(weight, [at for _score, at in hits])
        weighed = [
            (score * (factor or 1.0), at)
            for (score, at), factor in zip(hits, weights, strict=True)
        ]
        weighed.sort(key=lambda hit: -hit[0])
        return self._candidates(weighed[:limit])

    def _candidates(
        self, hits: list[tuple[float, tantivy.DocAddress]]
    ) -> list[Candidate]:
        days = self._searcher.fast_field_values("day", [at for _score, at in hits])
        return [
            Candidate((at.segment_ord, at.doc), score, int(day or 0))
            for (score, at), day in zip(hits, days, strict=True)
        ]


def read(folder: Path, known: Snapshot | None) -> Snapshot:
    with panics_are_errors():
        return Snapshot(folder, known)


@contextmanager
def panics_are_errors() -> Iterator[None]:
    """A panic of Rust code is no Exception, and would end the process."""
    try:
        yield
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":
            raise
        raise IndexBroken(str(panic)) from panic
