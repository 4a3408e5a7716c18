"""The embedded engine: Whoosh's files, Haystack's calls, none of the stock detours.

Whoosh keeps the inverted index; a word's weights over all sections are summed when
indexing, which is what BM25F does when asking, so one field is searched instead of six.
"""

import tempfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import Any

from haystack.backends import BaseEngine
from whoosh import columns, fields, formats
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader
from whoosh.writing import IndexingError

from search.documents import Document
from search.engines import folders, whoosh_files as files
from search.engines.base import (
    COMMAND_WAIT_SECONDS,
    HallQuery,
)
from search.engines.opened import FolderBackend, Opened
from search.engines.whoosh_reading import Snapshot
from search.engines.whoosh_writing import whole_term
from search.errors import IndexBroken, IndexMissing
from search.guessing import telling_words
from search.meaning import DIMENSIONS, of_gists
from search.ranking import weighed

# More segments than this are merged, the small ones first.
MAX_SEGMENTS = 8
# Taken together because their meaning is told quicker.
ADDED_AT_ONCE = 64


class Terms(fields.FieldType):
    """Terms with the weights we say; nothing is left for Whoosh to analyse."""

    def __init__(self) -> None:
        super().__init__(format=formats.Existence(), analyzer=None)

    def index(
        self, value: Mapping[str, float], **_kwargs: Any
    ) -> Iterator[tuple[bytes, int, float, bytes]]:
        for term, weight in value.items():
            yield term.encode(), 1, weight, b""

    def separate_spelling(self) -> bool:
        return False


def _schema() -> fields.Schema:
    return fields.Schema(
        id=Terms(),
        words=Terms(),
        grams=Terms(),
        characters=Terms(),
        filters=Terms(),
        length=fields.COLUMN(columns.NumericColumn("f")),
        han_chars=fields.COLUMN(columns.NumericColumn("i")),
        prior=fields.COLUMN(columns.NumericColumn("f")),
        day=fields.COLUMN(columns.NumericColumn("i")),
        title_words=fields.COLUMN(columns.VarBytesColumn()),
        meaning=fields.COLUMN(columns.FixedBytesColumn(DIMENSIONS)),
        shown=fields.STORED(),
    )


_opened = Opened(files.FORMAT, Snapshot)


class WhooshBackend(FolderBackend):
    """One per thread; what they read is shared by the whole process."""

    opened = _opened

    def __init__(self, connection_alias: str, **connection_options: Any) -> None:
        super().__init__(connection_alias, **connection_options)
        self._rebuild: files.CheckedWriter | None = None

    def write(
        self,
        documents: Iterable[Document],
        gone: Iterable[str] = (),
        wait_seconds: float = 0.0,
    ) -> None:
        if self._rebuild is not None:
            _add(self._rebuild, documents)
            return
        with folders.only_writer(self.path, wait_seconds):
            folder = self._folder_to_write()
            with _writing(folder) as writer:
                # Once per id: Whoosh would keep both.
                latest = {document.id: document for document in documents}
                _delete(writer, {*latest, *gone})
                _add(writer, latest.values())

    def empty(self, model_labels: Collection[str] | None) -> None:
        with folders.only_writer(self.path, COMMAND_WAIT_SECONDS):
            if model_labels is None:
                folder = folders.new_folder(self.path)
                _create(folder)
                folders.switch_to(self.path, folder, files.FORMAT)
                return
            with _writing(self._folder_to_write()) as writer:
                _delete_where(
                    writer, "filters", [f"model={label}" for label in model_labels]
                )

    @contextmanager
    def rebuilding(self, wait_seconds: float = COMMAND_WAIT_SECONDS) -> Iterator[None]:
        with folders.only_writer(self.path, wait_seconds):
            folders.sweep(self.path, files.FORMAT)
            folder = folders.new_folder(self.path)
            try:
                _create(folder)
                with _writing(folder) as self._rebuild:
                    yield
            except BaseException:
                self._rebuild = None
                folders.sweep(self.path, files.FORMAT)
                raise
            self._rebuild = None
            folders.switch_to(self.path, folder, files.FORMAT)

    @classmethod
    @contextmanager
    def scratch(cls) -> Iterator["WhooshBackend"]:
        with tempfile.TemporaryDirectory(prefix="answerhall-index-") as folder:
            yield cls("default", PATH=folder)
            _opened.distrust(Path(folder))

    def _folder_to_write(self) -> Path:
        """The folder in use; a new one if there is none that can be read."""
        try:
            folder = folders.current_folder(self.path, files.FORMAT)
            files.read_toc(files.Shelf(folder), files.latest_generation(folder))
        except (IndexMissing, IndexBroken, FileNotFoundError):
            folder = folders.new_folder(self.path)
            _create(folder)
            folders.switch_to(self.path, folder, files.FORMAT)
        return folder


class WhooshEngine(BaseEngine):
    """What HAYSTACK_CONNECTIONS names."""

    backend = WhooshBackend
    query = HallQuery


# Writing


def _create(folder: Path) -> None:
    FileIndex.create(files.Shelf(folder), _schema(), files.INDEX_NAME)


@contextmanager
def _writing(folder: Path) -> Iterator[files.CheckedWriter]:
    """A writer that commits at the end, or leaves everything as it was."""
    index = FileIndex(files.Shelf(folder), indexname=files.INDEX_NAME)
    writer = files.CheckedWriter(index)
    try:
        yield writer
        writer.commit(mergetype=_merge_the_small)
    except BaseException:
        # A commit that failed half-way, as on a full disk, still holds its lock.
        with suppress(IndexingError, OSError):
            writer.cancel()
        raise


def _add(writer: files.CheckedWriter, documents: Iterable[Document]) -> None:
    remaining = iter(documents)
    while some := list(islice(remaining, ADDED_AT_ONCE)):
        meanings = of_gists([document.gist for document in some])
        for document, meaning in zip(some, meanings, strict=True):
            _add_one(writer, document, meaning)


def _add_one(writer: files.CheckedWriter, document: Document, meaning: bytes) -> None:
    weights = weighed(document)
    texts = (document.shown["title"], *document.shown["tag_names"])
    filters = [
        f"{name}={value}"
        for name, values in document.filters.items()
        for value in values
    ]
    writer.add_document(
        id={document.id: 1.0},
        words=weights.words,
        grams=weights.grams,
        characters=weights.characters,
        filters=dict.fromkeys(filters, 1.0),
        length=weights.length,
        han_chars=weights.han_chars,
        prior=document.prior,
        day=document.day,
        title_words=" ".join(telling_words(texts)).encode(),
        shown=dict(document.shown),
        **({"meaning": meaning} if meaning else {}),
    )


def _delete(writer: files.CheckedWriter, ids: Collection[str]) -> None:
    _delete_where(writer, "id", ids)


def _delete_where(
    writer: files.CheckedWriter, field: str, terms: Iterable[str]
) -> None:
    terms = list(terms)
    for segment in writer.segments:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        try:
            for term in terms:
                if (field, term) in reader:
                    # Whoosh's own postings() can't read our blocks.
                    numbers, _weights = whole_term(reader._terms, field, term.encode())
                    for number in numbers.tolist():
                        segment.delete_document(number)
        finally:
            reader.close()


def _merge_the_small(writer: files.CheckedWriter, segments: list[Any]) -> list[Any]:
    """Keep fewer than MAX_SEGMENTS by merging the smallest, up to one that is much
    larger than those before it together: so each document is moved a few times only."""
    kept = [segment for segment in segments if segment.doc_count()]
    kept.sort(key=lambda segment: segment.doc_count())
    count, together = 0, 0
    if len(kept) >= MAX_SEGMENTS:
        for segment in kept:
            if count > 1 and segment.doc_count() > 3 * together:
                break
            count += 1
            together += segment.doc_count()
    merged, kept = kept[:count], kept[count:]
    merged += [one for one in kept if one.deleted_count() > one.doc_count()]
    for segment in merged:
        reader = SegmentReader(writer.storage, writer.schema, segment)
        writer.add_reader(reader)
        reader.close()
    return [segment for segment in kept if segment not in merged]
