"""What a page shows, and when that last changed: all the page cache wants to know.

A page says what it shows, a change says what it touched:

    shows(question, "questions:en")        while the page is made
    changed(question, "questions:en")      in the transaction that changes it

Names stand for things: a model's row by itself, or a word such as `questions:en` for
"the questions in English, whichever they are". Every page shows SITE.

All processes of a machine share one small file: a clock that counts changes, and for
each name the reading of the clock at its last change. A page made before that reading
is stale. Two names may share a place in the file; then one of them makes pages stale
too early, never too late.
"""

import fcntl
import mmap
import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar
from zlib import crc32

from django.conf import settings
from django.db import transaction
from django.db.models import Model

Asked = ParamSpec("Asked")
Given = TypeVar("Given")

# What all pages have around their content; also for changes too wide to name.
SITE = "site"

PLACES = 65_536
_WORD = 8


class ChangeMarks:
    """The shared file. Place 0 is the clock."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._file, PLACES * _WORD)
        self._words = memoryview(mmap.mmap(self._file, PLACES * _WORD)).cast("Q")

    def clock(self) -> int:
        return self._words[0]

    def mark(self, names: Iterable[str]) -> None:
        fcntl.flock(self._file, fcntl.LOCK_EX)
        try:
            now = self._words[0] + 1
            self._words[0] = now
            for place in places(names):
                self._words[place] = now
        finally:
            fcntl.flock(self._file, fcntl.LOCK_UN)

    def unchanged(self, where: Iterable[int], since: int) -> bool:
        words = self._words
        return all(words[place] <= since for place in where)


@lru_cache(maxsize=1)
def marks() -> ChangeMarks:
    """Opened at first use, so that every process has it after it was forked."""
    return ChangeMarks(settings.STATE / "changes")


def places(names: Iterable[str]) -> tuple[int, ...]:
    # crc32 says the same in every process, unlike hash().
    return tuple({crc32(name.encode()) % (PLACES - 1) + 1 for name in names})


def changed(*things: Model | str) -> None:
    """These look different once the transaction is committed."""
    names = [_name(thing) for thing in things]
    transaction.on_commit(lambda: marks().mark(names))


@dataclass
class Shown:
    """What the page in the making shows, and whether all visitors see the same."""

    names: set[str] = field(default_factory=lambda: {SITE})
    is_alike_for_visitors: bool = False
    viewed: int | None = None


_shown: ContextVar[Shown | None] = ContextVar("shown", default=None)


@contextmanager
def collecting() -> Iterator[Shown]:
    shown = Shown()
    token = _shown.set(shown)
    try:
        yield shown
    finally:
        _shown.reset(token)


def shows(*things: Model | str) -> None:
    """The page in the making shows these; outside of one, nothing happens."""
    if (shown := _shown.get()) is not None:
        shown.names.update(map(_name, things))


def counts_as_view(pk: int) -> None:
    """Who gets this page has viewed the thread with this id."""
    if (shown := _shown.get()) is not None:
        shown.viewed = pk


def alike_for_visitors(view: Callable[Asked, Given]) -> Callable[Asked, Given]:
    """Mark a view whose page may be kept: without a token, a message or a session."""

    @wraps(view)
    def marked(*args: Asked.args, **kwargs: Asked.kwargs) -> Given:
        if (shown := _shown.get()) is not None:
            shown.is_alike_for_visitors = True
        return view(*args, **kwargs)

    return marked


class KeptUntilChanged:
    """Remembers what a function returned until one of the names changes.

    For what every page needs and few changes touch; results are shared, so they must
    not be modified.
    """

    def __init__(self, *names: str) -> None:
        self._places = places(names)
        self._kept: dict[Any, tuple[int, Any]] = {}

    def __call__(self, key: Any, make: Callable[[], Given]) -> Given:
        kept = self._kept.get(key)
        if kept is not None and marks().unchanged(self._places, kept[0]):
            return kept[1]
        clock = marks().clock()
        made = make()
        self._kept[key] = (clock, made)
        return made


def _name(thing: Model | str) -> str:
    return thing if isinstance(thing, str) else named(thing, thing.pk)


def named(model: type[Model] | Model, pk: object) -> str:
    """The name of a row that is not at hand."""
    return f"{model._meta.label_lower}:{pk}"
