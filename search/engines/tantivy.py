"""The engine for one big machine: tantivy's files, mapped into memory.

Rust does what Whoosh's arrays do in Python, so a million documents are searched in
milliseconds. Files that are not what tantivy wrote are noticed by their own checksums
before they are mapped; while they are in use, by a look at their size and time.
"""

import json
import re
import tempfile
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import tantivy
from django.conf import settings
from haystack.backends import BaseEngine
from tantivy import Query

from search import ranking
from search.analyser import ANALYSER_VERSION
from search.documents import Document
from search.engines import asking, folders
from search.engines.base import (
    COMMAND_WAIT_SECONDS,
    HallQuery,
)
from search.engines.opened import FolderBackend, Opened
from search.engines.tantivy_queries import LISTED, schema, weight_for
from search.engines.tantivy_reading import panics_are_errors, read
from search.errors import IndexBroken, IndexMissing
from search.guessing import telling_words

# Raised when what a document holds on disk changes.
LAYOUT_VERSION = 1
LAYOUT = f"tantivy{LAYOUT_VERSION}.{ANALYSER_VERSION}"
FILE_TROUBLE = re.compile("io ?error|io::error", re.IGNORECASE)
# What a writer may keep in memory before it writes to disk.
BATCH_BYTES, REBUILD_BYTES = 30_000_000, 200_000_000


_opened = Opened(LAYOUT, read)


class TantivyBackend(FolderBackend):
    """One per thread; what they read is shared by the whole process."""

    opened = _opened

    def __init__(self, connection_alias: str, **connection_options: Any) -> None:
        super().__init__(connection_alias, **connection_options)
        self._rebuild: tantivy.IndexWriter | None = None

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
                        Query.term_query(schema(), "filters.model", label, LISTED)
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
            folder = _opened.snapshot(self.path).folder
        except (IndexMissing, IndexBroken):
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
    with _as_oserrors():
        tantivy.Index(schema(), path=str(folder))


@contextmanager
def _writing(folder: Path, memory_bytes: int) -> Iterator[tantivy.IndexWriter]:
    """A writer that commits at the end, or leaves everything as it was.

    Segments are merged before the next may write, so that they stay few.
    """
    with panics_are_errors(), _as_oserrors():
        writer = tantivy.Index.open(str(folder)).writer(memory_bytes, 1)
        try:
            yield writer
            writer.commit()
        except BaseException:
            with suppress(ValueError):
                writer.rollback()
            raise
        finally:
            with suppress(ValueError):
                writer.wait_merging_threads()


@contextmanager
def _as_oserrors() -> Iterator[None]:
    """tantivy's binding says by a ValueError that a file can't be written."""
    try:
        yield
    except ValueError as error:
        if FILE_TROUBLE.search(str(error)):
            raise OSError(str(error)) from error
        raise


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
        packed.add_float(weight_for(code), document.prior * lift)
    packed.add_integer("day", document.day)
    packed.add_bytes("shown", json.dumps(document.shown).encode())
    return packed
