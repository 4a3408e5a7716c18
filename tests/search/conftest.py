"""An index of one's own on any engine, and documents without any room above."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from haystack import connections

from search import actions, queries, registries
from search.documents import Document
from search.engines.base import HallBackend
from search.indexes import analysed
from search.models import QueryLog
from tests.search.engines import DEFAULT, TRIED_ON, Engine
from tests.search.notes import NoteIndex


@pytest.fixture(autouse=True)
def _synonyms_are_asked_for(db: None) -> None:
    """Every search looks for them in the database."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What every engine must do is tried on every engine."""
    engines = TRIED_ON.get(metafunc.module.__name__.rpartition(".")[2])
    if engines and "engine_at_hand" in metafunc.fixturenames:
        test = metafunc.function.__name__
        judged = [one for one in engines if test not in one.not_judged]
        names = [one.name for one in judged]
        metafunc.parametrize("engine_at_hand", judged, indirect=True, ids=names)


@pytest.fixture
def engine_at_hand(request: pytest.FixtureRequest) -> Engine:
    """What a test must know of the engine it runs on."""
    return getattr(request, "param", DEFAULT)


@pytest.fixture(autouse=True)
def index(
    engine_at_hand: Engine,
    tmp_path: Path,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[HallBackend]:
    """The engine everybody asks, with nothing in it."""
    connection = engine_at_hand.connection(tmp_path, request)
    monkeypatch.setitem(settings.HAYSTACK_CONNECTIONS, "default", connection)
    assert connections.connections_info is settings.HAYSTACK_CONNECTIONS
    connections.reload("default")
    yield queries.engine()
    monkeypatch.undo()
    connections.reload("default")


@pytest.fixture(autouse=True)
def nobody_above(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rooms above have their own tests; here only search answers."""
    monkeypatch.setattr(registries, "_finders", {})
    monkeypatch.setattr(registries, "_visible_checks", {})
    monkeypatch.setattr(registries, "_author_finders", [])
    monkeypatch.setattr(registries, "_address_finders", {})
    monkeypatch.setattr(registries, "_votes", {})
    monkeypatch.setattr(registries, "_tag_finders", [])
    monkeypatch.setattr(registries, "_tag_names", [])


@pytest.fixture(autouse=True)
def _an_empty_log() -> Iterator[None]:
    actions._waiting.clear()
    actions._written_at = 0.0
    yield
    actions._waiting.clear()


@pytest.fixture
def make_document() -> Callable[..., Document]:
    """A document as HallIndex makes it: sections by name, filters by keyword."""

    def make(
        pk: int = 1,
        title: str = "",
        *,
        kind: str = "question",
        language: str = "en",
        status: str = "",
        circle: str = "",
        tags: tuple[str, ...] = (),
        prior: float = 1.0,
        by: str = "",
        days_ago: int = 0,
        **sections: str,
    ) -> Document:
        label = "kb.articlepage" if kind == "article" else "community.question"
        texts = {"title": title, **sections}
        return Document(
            id=f"{label}.{pk}",
            **analysed(texts),
            filters={
                "kind": [kind],
                "language": [language],
                "model": [label],
                "status": [status] if status else [],
                "circle": [circle] if circle else [],
                "tag": list(tags),
                "tag_word": list(tags),
                "circle_word": [circle, circle.title().lower()] if circle else [],
                "by": [by] if by else [],
            },
            prior=prior,
            day=timezone.now().toordinal() - days_ago,
            shown={
                "id": f"{label}.{pk}",
                "pk": str(pk),
                "kind": kind,
                "title": title,
                "language": language,
                "url": f"/{language}/{kind}/{pk}/",
                "status": status,
                "votes": 0,
                "answers": 0,
                "helpful_percent": None,
                "tags": list(tags),
                "tag_names": list(tags),
                "circle": circle,
                "circle_names": {"en": circle.title(), "zh-hans": circle},
                "asked_at": timezone.now().isoformat(),
                "checked_on": "",
                "texts": sections,
            },
        )

    return make


@pytest.fixture
def put(
    index: HallBackend, make_document: Callable[..., Document]
) -> Callable[..., Document]:
    """Put one document into the index."""

    def put(*args: object, **kwargs: object) -> Document:
        document = make_document(*args, **kwargs)
        index.write([document])
        return document

    return put


@pytest.fixture
def found() -> Callable[..., list[str]]:
    """The titles a search finds, best first."""

    def titles(text: str, **options: object) -> list[str]:
        return [hit.title for hit in queries.search(text, **options).hits]

    return titles


@pytest.fixture
def notes(db: None) -> Iterator[None]:
    """Haystack knows one kind of object: notes."""
    unified = connections["default"].get_unified_index()
    unified.build(indexes=[NoteIndex()])
    yield
    unified.reset()


@pytest.fixture
def make_note(notes: None) -> Callable[..., QueryLog]:
    def make(text: str, visitor: str = "") -> QueryLog:
        now = timezone.now()
        note = QueryLog.objects.create(
            key=f"{random.getrandbits(64):016x}",  # noqa: S311
            day=now.date(),
            visitor=visitor,
            text=text,
            language="en",
            results=0,
        )
        actions.touch("search.QueryLog", note.pk)
        return note

    return make
