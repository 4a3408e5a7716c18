"""The engine for one big machine: tantivy's files, mapped into memory.

Rust does what Whoosh's arrays do in Python, so a million documents are searched in
milliseconds. Files that are not what tantivy wrote are noticed by their own checksums
before they are mapped; while they are in use, by a look at their size and time.
"""

import json
import struct
import tempfile
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from math import log
from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings
from haystack.backends import BaseEngine
from tantivy import Occur, Query

from search import ranking
from search.analyser import ANALYSER_VERSION
from search.documents import Document
from search.engines import asking, folders
from search.engines.asking import (
    AllOf,
    AnyOf,
    Begins,
    BestOf,
    Candidate,
    Flat,
    Node,
    Since,
    Tallied,
    Term,
    Times,
    ToTally,
)
from search.engines.base import (
    COMMAND_WAIT_SECONDS,
    Found,
    HallBackend,
    HallQuery,
    Health,
    Wanted,
)
from search.engines.opened import Opened
from search.errors import IndexBroken, IndexMissing
from search.guessing import telling_words

# Raised when what a document holds on disk changes.
LAYOUT_VERSION = 1
LAYOUT = f"tantivy{LAYOUT_VERSION}.{ANALYSER_VERSION}"
# What a writer may keep in memory before it writes to disk.
BATCH_BYTES, REBUILD_BYTES = 30_000_000, 200_000_000
PREFIX_TERMS = 24
# Tags are too many to show them all.
FACET_VALUES, TAGS_COUNTED = 200, 12
# How a file of tantivy ends: JSON with the checksum of all before, its length, 1337.
FOOTER_END, FOOTER_MAGIC = struct.Struct("<II"), 1337

COUNTED, LISTED = "freq", "basic"
STREAMS = {
    "words": COUNTED,
    "grams": COUNTED,
    "characters": LISTED,
    "levels": LISTED,
    "filters": LISTED,
}


def _schema() -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", tokenizer_name="raw", index_option=LISTED)
    for name in ("words", "grams"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=COUNTED)
    for name in ("characters", "levels", "title_words"):
        builder.add_text_field(name, tokenizer_name="whitespace", index_option=LISTED)
    builder.add_json_field(
        "filters", fast=True, tokenizer_name="raw", index_option=LISTED
    )
    for name in ("weight", *(_weight_for(code) for code, _ in settings.LANGUAGES)):
        builder.add_float_field(name, fast=True)
    builder.add_integer_field("day", fast=True, indexed=True)
    builder.add_bytes_field("shown", stored=True)
    return builder.build()


def _weight_for(language: str) -> str:
    """The column with what scores are multiplied with for readers of a language."""
    return f"weight_{language.lower().replace('-', '_')}"


class TantivyBackend(HallBackend):
    """One per thread; what they read is shared by the whole process."""

    def __init__(self, connection_alias: str, **connection_options: Any) -> None:
        super().__init__(connection_alias, **connection_options)
        self.path = Path(connection_options["PATH"])
        self._rebuild: tantivy.IndexWriter | None = None

    def find(self, wanted: Wanted) -> Found:
        snapshot = _opened.snapshot(self.path)
        try:
            with _panics_are_errors():
                return asking.find(wanted, snapshot)
        except Exception:
            _opened.distrust(self.path)
            raise

    def health(self) -> Health:
        try:
            snapshot = _opened.snapshot(self.path)
        except IndexMissing as error:
            return Health("missing", detail=str(error))
        except IndexBroken as error:
            return Health("broken", detail=str(error))
        return Health(
            "ok", documents=snapshot.documents, changed_at=snapshot.changed_at
        )

    def title_words(self) -> Mapping[str, int]:
        return _opened.snapshot(self.path).title_words

    def write(
        self,
        documents: Iterable[Document],
        gone: Iterable[str] = (),
        wait_seconds: float = 0.0,
    ) -> None:
        if self._rebuild is not None:
            for document in documents:
                self._rebuild.add_document(_packed(document))
            return
        with folders.only_writer(self.path, wait_seconds):
            folder = self._folder_to_write()
            # Once per id: tantivy would keep both.
            latest = {document.id: document for document in documents}
            with _writing(folder, BATCH_BYTES) as writer:
                for one in {*latest, *gone}:
                    writer.delete_documents_by_term("id", one)
                for document in latest.values():
                    writer.add_document(_packed(document))

    def empty(self, model_labels: Collection[str] | None) -> None:
        with folders.only_writer(self.path, COMMAND_WAIT_SECONDS):
            if model_labels is None:
                folder = folders.new_folder(self.path)
                _create(folder)
                folders.switch_to(self.path, folder, LAYOUT)
                return
            with _writing(self._folder_to_write(), BATCH_BYTES) as writer:
                for label in model_labels:
                    writer.delete_documents_by_query(
                        Query.term_query(_schema(), "filters.model", label, LISTED)
                    )

    @contextmanager
    def rebuilding(self, wait_seconds: float = COMMAND_WAIT_SECONDS) -> Iterator[None]:
        with folders.only_writer(self.path, wait_seconds):
            folders.sweep(self.path, LAYOUT)
            folder = folders.new_folder(self.path)
            try:
                _create(folder)
                with _writing(folder, REBUILD_BYTES) as self._rebuild:
                    yield
            except BaseException:
                self._rebuild = None
                folders.sweep(self.path, LAYOUT)
                raise
            self._rebuild = None
            folders.switch_to(self.path, folder, LAYOUT)

    @classmethod
    @contextmanager
    def scratch(cls) -> Iterator["TantivyBackend"]:
        with tempfile.TemporaryDirectory(prefix="answerhall-index-") as folder:
            yield cls("default", PATH=folder)
            _opened.distrust(Path(folder))

    def _folder_to_write(self) -> Path:
        """The folder in use; a new one if there is none that can be read."""
        try:
            folder = folders.current_folder(self.path, LAYOUT)
            Files(folder, None)
        except (IndexMissing, IndexBroken, FileNotFoundError):
            folder = folders.new_folder(self.path)
            _create(folder)
            folders.switch_to(self.path, folder, LAYOUT)
        return folder


class TantivyEngine(BaseEngine):
    """What HAYSTACK_CONNECTIONS names."""

    backend = TantivyBackend
    query = HallQuery


# Writing


def _create(folder: Path) -> None:
    tantivy.Index(_schema(), path=str(folder))


@contextmanager
def _writing(folder: Path, memory_bytes: int) -> Iterator[tantivy.IndexWriter]:
    """A writer that commits at the end, or leaves everything as it was.

    Segments are merged before the next may write, so that they stay few.
    """
    with _panics_are_errors():
        writer = tantivy.Index.open(str(folder)).writer(memory_bytes, 1)
        try:
            yield writer
            writer.commit()
        except BaseException:
            writer.rollback()
            raise
        finally:
            writer.wait_merging_threads()


def _packed(document: Document) -> tantivy.Document:
    counted = asking.counted(document)
    texts = (document.shown["title"], *document.shown["tag_names"])
    packed = tantivy.Document()
    packed.add_text("id", document.id)
    packed.add_text("words", counted.words)
    packed.add_text("grams", counted.grams)
    packed.add_text("characters", " ".join(counted.characters))
    packed.add_text("levels", " ".join(counted.levels))
    packed.add_text("title_words", " ".join(dict.fromkeys(telling_words(texts))))
    filters = {name: list(values) for name, values in document.filters.items()}
    packed.add_json("filters", json.dumps(filters))
    packed.add_float("weight", document.prior)
    for code, _name in settings.LANGUAGES:
        is_preferred = code in document.filters.get("language", ())
        lift = ranking.PREFERRED_LANGUAGE if is_preferred else 1.0
        packed.add_float(_weight_for(code), document.prior * lift)
    packed.add_integer("day", document.day)
    packed.add_bytes("shown", json.dumps(document.shown).encode())
    return packed


# Reading


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

    def is_current(self) -> bool:
        """Whether the files are still those this was read from."""
        return self.files.are_unchanged()

    @cached_property
    def title_words(self) -> Mapping[str, int]:
        # Counting what a query finds leaves out the deleted; it is everything.
        counts = self._searcher.terms_with_prefix("title_words", "", Query.all_query())
        return {word: count for word, count in counts if count}

    def frequencies(self, nodes: Sequence[Node]) -> list[int]:
        return [self._frequency(node) for node in nodes]

    def tally(self, asked: Sequence[ToTally]) -> list[Tallied]:
        return [self._tally(one) for one in asked]

    def best(
        self, nodes: Sequence[Node], limit: int, prefer: str
    ) -> list[list[Candidate]]:
        languages = [code for code, _name in settings.LANGUAGES]
        weight = _weight_for(prefer) if prefer in languages else "weight"
        return [self._best(self._query(node), limit, weight) for node in nodes]

    def newest(self, node: Node, offset: int, limit: int) -> list[Candidate]:
        found = self._searcher.search(
            self._query(node),
            limit,
            count=False,
            order_by_field="day",
            offset=offset,
        )
        return [
            Candidate((address.segment_ord, address.doc), float(day), day)
            for day, address in found.hits
        ]

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
        single = node.parts[0] if isinstance(node, BestOf) else node
        if isinstance(single, Term) and (
            single is node or (isinstance(node, BestOf) and len(node.parts) == 1)
        ):
            return self._count_of(single)
        return self._tally(ToTally(node)).total

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
        counted = self._searcher.aggregate(self._query(asked.node), wanted)
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
        days = self._searcher.fast_field_values("day", [at for _score, at in hits])
        return [
            Candidate((at.segment_ord, at.doc), score, int(day or 0))
            for (score, at), day in zip(hits, days, strict=True)
        ]

    # Nodes as tantivy's queries

    def _query(self, node: Node) -> Query:
        match node:
            case Term():
                return self._term(node)
            case Begins():
                return self._begins(node)
            case Since():
                return Query.range_query(
                    self._schema, "day", tantivy.FieldType.Integer, node.day
                )
            case AnyOf():
                return self._any_of(node)
            case BestOf():
                parts = [
                    self._query(part) for part in node.parts if self._is_there(part)
                ]
                if len(parts) == 1:
                    return parts[0]
                return Query.disjunction_max_query(parts) if parts else _nothing()
            case AllOf():
                return self._all_of(node)
            case Flat():
                return Query.const_score_query(self._query(node.part), node.score)
            case Times():
                return Query.boost_query(self._query(node.part), node.factor)

    def _term(self, node: Term) -> Query:
        field, value = node.stream, node.term
        if field == "filters":
            name, _, value = value.partition("=")
            field = f"filters.{name}"
        query = Query.term_query(self._schema, field, value, STREAMS[node.stream])
        if STREAMS[node.stream] != COUNTED:
            return query
        frequency = self._count_of(node)
        rarity = node.rarity or ranking.rarity(self.documents, frequency or 1)
        return Query.boost_query(
            query, node.worth * rarity / self._rarity_to_tantivy(frequency)
        )

    def _begins(self, node: Begins) -> Query:
        longer = self._searcher.terms_with_prefix(
            "words", node.start, limit=PREFIX_TERMS
        )
        terms = (Term("words", term, 1.0, node.rarity) for term, _count in longer)
        return self._query(BestOf(tuple(terms)))

    def _any_of(self, node: AnyOf) -> Query:
        parts = [
            (Occur.Should, self._query(part))
            for part in node.parts
            if self._is_there(part)
        ]
        if len(parts) < node.at_least:
            return _nothing()
        if node.at_least == 1:
            return Query.boolean_query(parts)
        return Query.boolean_query(parts, node.at_least)

    def _best_of(self, node: BestOf) -> Query:
        parts = [self._query(part) for part in node.parts if self._is_there(part)]
        if len(parts) == 1:
            return parts[0]
        return Query.disjunction_max_query(parts) if parts else _nothing()

    def _all_of(self, node: AllOf) -> Query:
        needed = [(Occur.Must, self._query(part)) for part in node.needed]
        helping = [
            (Occur.Should, self._query(part))
            for part in node.helping
            if self._is_there(part)
        ]
        barred = [(Occur.MustNot, self._query(part)) for part in node.barred]
        if not needed:
            needed = [(Occur.Must, Query.const_score_query(Query.all_query(), 0.0))]
        return Query.boolean_query([*needed, *helping, *barred])

    def _is_there(self, node: Node) -> bool:
        """False if it stands nowhere, which is cheap to know of terms."""
        if isinstance(node, Flat):
            node = node.part
        return not isinstance(node, Term) or self._count_of(node) > 0

    def _count_of(self, node: Term) -> int:
        field, value = node.stream, node.term
        if field == "filters":
            name, _, value = value.partition("=")
            field = f"filters.{name}"
        return self._searcher.doc_freq(field, value)

    def _rarity_to_tantivy(self, frequency: int) -> float:
        """What tantivy multiplies a term's score with."""
        others = self.files.all_documents - frequency
        return log(1 + (others + 0.5) / (frequency + 0.5))


def _nothing() -> Query:
    return Query.empty_query()


def _read(folder: Path, known: Snapshot | None) -> Snapshot:
    with _panics_are_errors():
        return Snapshot(folder, known)


@contextmanager
def _panics_are_errors() -> Iterator[None]:
    """A panic of Rust code is no Exception, and would end the process."""
    try:
        yield
    except BaseException as panic:
        if type(panic).__name__ != "PanicException":
            raise
        raise IndexBroken(str(panic)) from panic


_opened = Opened(LAYOUT, _read)
