"""What an engine must do, and how Haystack's calls become that.

An engine is a Haystack backend: subclass `HallBackend`, fill in the methods that raise
NotImplementedError, and name its `BaseEngine` in HAYSTACK_CONNECTIONS.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Model
from haystack.backends import BaseSearchBackend, BaseSearchQuery, SearchNode
from haystack.constants import DJANGO_CT, DJANGO_ID, ID
from haystack.exceptions import SearchBackendError, SkipDocument
from haystack.models import SearchResult
from haystack.utils import get_identifier, get_model_ct

from search import analyser
from search.documents import Document
from search.meaning import Direction

if TYPE_CHECKING:
    from search.indexes import HallIndex

logger = logging.getLogger(__name__)

# How long a command waits for another process that is writing.
COMMAND_WAIT_SECONDS = 120.0


# (stream, term) that all must stand in a document: words, grams, characters, filters.
Clause = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """One search. Without words it wants everything the filters leave.

    `words` find, `clues` only rank. `filters` maps a name (kind, language, status,
    circle, tag, model) to the values allowed; `must` and `must_not` are what the query
    itself asks for. `facets` names those to count, each as if its own filter were not
    set; of tags, those that the best hits carry will do. `ages` are days (ordinals) by
    name: counted is what is from that day or younger. `meaning`, for engines that can
    tell, ranks and finds what says the same in other words.
    """

    words: tuple[analyser.Word, ...] = ()
    clues: analyser.Clues = analyser.Clues()
    filters: Mapping[str, Collection[str]] = field(default_factory=dict)
    must: tuple[Clause, ...] = ()
    must_not: tuple[Clause, ...] = ()
    since_day: int = 0
    prefer: str = ""
    meaning: Direction | None = field(default=None, compare=False)
    facets: Sequence[str] = ()
    ages: Mapping[str, int] = field(default_factory=dict)
    offset: int = 0
    limit: int = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What came back: `shown` of each document on the page, with its score.

    `whole` is how many have every word. `circle_names` holds both languages for every
    circle counted, `known` the words that exist in the index at all, `marks` what to
    highlight.
    """

    shown: Sequence[tuple[Mapping[str, Any], float]] = ()
    total: int = 0
    whole: int = 0
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    circle_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    known: tuple[analyser.Word, ...] = ()
    marks: Sequence[str] = ()
    relaxed: bool = False
    by_meaning: bool = False


@dataclass(frozen=True, slots=True)
class Health:
    """Whether the index can be used: ok, missing or broken."""

    state: str
    documents: int = 0
    detail: str = ""
    changed_at: datetime | None = None

    @property
    def ok(self) -> bool:
        return self.state == "ok"


class HallBackend(BaseSearchBackend):
    """Haystack's backend calls on top of the methods of an engine."""

    silently_fail: bool

    # An engine fills these in.

    def find(self, wanted: Wanted) -> Found:
        """The page of hits. Raises whatever goes wrong; the caller falls back."""
        raise NotImplementedError

    def write(
        self,
        documents: Iterable[Document],
        gone: Iterable[str] = (),
        wait_seconds: float = 0.0,
    ) -> None:
        """Put documents in, in place of older ones of the same id, and take out those
        that are gone: one batch, one commit. Raises IndexBusy when another process
        still writes after `wait_seconds`."""
        raise NotImplementedError

    def empty(self, model_labels: Collection[str] | None) -> None:
        """Take out every document, or every one of these models."""
        raise NotImplementedError

    def rebuilding(
        self, wait_seconds: float = COMMAND_WAIT_SECONDS
    ) -> AbstractContextManager[None]:
        """Writes inside go to a new index, which takes over when the block ends
        without an error. Until then everybody searches the old one."""
        raise NotImplementedError

    def health(self) -> Health:
        raise NotImplementedError

    def title_words(self) -> Mapping[str, int]:
        """How many documents have a word in title or tags (`guessing.telling_words`).
        Those gone are not counted: words are shown to anybody."""
        raise NotImplementedError

    @classmethod
    def scratch(cls) -> AbstractContextManager["HallBackend"]:
        """One with an empty index of its own, which goes when the block ends."""
        raise NotImplementedError

    # Haystack calls these.

    on_progress: Callable[[int], object] | None = None

    def update(
        self, index: "HallIndex", iterable: Iterable[Model], **_options: Any
    ) -> None:
        """Index a batch. Always commits, since nobody searches what isn't committed."""
        count = 0

        def documents() -> Iterator[Document]:
            nonlocal count
            for thing in iterable:
                count += 1
                if document := document_of(index, thing):
                    yield document

        self.write(documents(), wait_seconds=COMMAND_WAIT_SECONDS)
        if self.on_progress is not None:
            self.on_progress(count)

    def remove(self, obj_or_string: Model | str, **_options: Any) -> None:
        gone = [str(get_identifier(obj_or_string))]
        self.write((), gone=gone, wait_seconds=COMMAND_WAIT_SECONDS)

    def clear(
        self, models: Sequence[type[Model]] | None = None, **_options: Any
    ) -> None:
        labels = None if models is None else [get_model_ct(model) for model in models]
        self.empty(labels)

    def build_schema(self, _fields: Mapping[str, Any]) -> tuple[str, None]:
        """Engines have one fixed schema: what `Document` holds."""
        return "text", None

    def search(
        self,
        query_string: "Wanted | str",
        start_offset: int = 0,
        end_offset: int | None = None,
        models: Collection[type[Model]] | None = None,
        result_class: type[SearchResult] | None = None,
        **ignored: Any,
    ) -> dict[str, Any]:
        """What SearchQuerySet needs: words, filters, models, slices, counting."""
        wanted = query_string
        if isinstance(wanted, str):
            words = analyser.query_words(wanted)
            wanted = Wanted(words=words, clues=analyser.clues(wanted, words))
            if not wanted.words:
                return {"results": [], "hits": 0}
        filters = dict(wanted.filters)
        if models:
            filters["model"] = [get_model_ct(model) for model in models]
        end = start_offset + 1_000_000 if end_offset is None else max(end_offset, 1)
        found = self.find(
            Wanted(
                words=wanted.words,
                clues=wanted.clues,
                filters=filters,
                facets=tuple(ignored.get("facets") or ()),
                offset=start_offset,
                limit=max(end - start_offset, 1),
            )
        )
        result_class = result_class or SearchResult
        return {
            "results": [
                _search_result(result_class, shown, score)
                for shown, score in found.shown
            ],
            "hits": found.total,
            "facets": {
                "fields": {name: list(c.items()) for name, c in found.counts.items()}
            },
        }


class HallQuery(BaseSearchQuery):
    """A SearchQuerySet's filters as a `Wanted`, never as text to be parsed.

    Understands words (`content`, `auto_query`), and exact or `in` filters on the
    names of `Wanted.filters`, all of which must hold.
    """

    def build_query(self) -> Wanted:
        texts: list[str] = []
        filters: dict[str, list[str]] = {}
        self._read(self.query_filter, texts, filters)
        text = " ".join(texts)
        words = analyser.query_words(text)
        if texts and not words:
            filters["kind"] = []  # only words that say nothing: find nothing
        clues = analyser.clues(text, words)
        return Wanted(words=words, clues=clues, filters=filters)

    def build_not_query(self, _query_string: str) -> str:
        raise SearchBackendError("Excluding isn't supported; filter for the rest.")

    def _read(
        self, node: SearchNode, texts: list[str], filters: dict[str, list[str]]
    ) -> None:
        if node.negated or (node.connector == node.OR and len(node.children) > 1):
            raise SearchBackendError("Only filters that all must hold are supported.")
        for child in node.children:
            if isinstance(child, SearchNode):
                self._read(child, texts, filters)
                continue
            name, filter_type = node.split_expression(child[0])
            value = child[1]
            value = getattr(value, "query_string", value)
            if name in ("content", "text"):
                texts.append(str(value))
            elif filter_type in ("content", "exact"):
                filters[name] = [str(value)]
            elif filter_type == "in":
                filters[name] = [str(each) for each in value]
            else:
                raise SearchBackendError(f"{name}__{filter_type} isn't supported.")


def document_of(index: "HallIndex", thing: Model) -> Document | None:
    """The document, or None (and a line in the log) if the object can't be indexed.

    One broken object must not keep the others of its batch out of the index.
    """
    try:
        return index.document(thing)
    except SkipDocument:
        return None
    except Exception:
        logger.exception("%s %s could not be indexed", thing._meta.label, thing.pk)
        return None


def _search_result(
    result_class: type[SearchResult], shown: Mapping[str, Any], score: float
) -> SearchResult:
    app_label, model_name, pk = shown["id"].split(".", 2)
    extra = {k: v for k, v in shown.items() if k not in ("pk", DJANGO_CT, DJANGO_ID)}
    extra[ID] = shown["id"]
    return result_class(app_label, model_name, pk, score, **extra)
