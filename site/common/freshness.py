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
import math
import mmap
import os
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, wraps
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, ParamSpec, TypeVar
from zlib import crc32

from django.conf import settings
from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import get_language

Asked = ParamSpec("Asked")
Given = TypeVar("Given")
Key = tuple[Any, ...]

# What all pages have around their content; also for changes too wide to name.
SITE = "site"

PLACES = 65_536
# Kept parts of pages, in each process.
MOST_PARTS = 5_000
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
    words_at: datetime | None = None


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


def says_since(moment: datetime | None) -> None:
    """The words of the page in the making last changed then.

    For pages made of stored words only. Counts, votes and the frame around the words
    may change without it: the page's ETag notices those.
    """
    if (shown := _shown.get()) is not None:
        shown.words_at = moment


def alike_for_visitors(view: Callable[Asked, Given]) -> Callable[Asked, Given]:
    """Mark a view whose page may be kept: without a token, a message or a session."""

    @wraps(view)
    def marked(*args: Asked.args, **kwargs: Asked.kwargs) -> Given:
        if (shown := _shown.get()) is not None:
            shown.is_alike_for_visitors = True
        return view(*args, **kwargs)

    return marked


class KeptUntilChanged:
    """Remembers what a function made until something changes that it showed.

    What it made is shared and must not be modified. Without `seconds` it is kept for
    as long as nothing changes.
    """

    def __init__(self, *, most: int, seconds: float = math.inf) -> None:
        self._most = most
        self._seconds = seconds
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._lock = Lock()

    def __call__(self, key: Hashable, make: Callable[[], Given]) -> Given:
        kept = self._fresh(key) or self._make(key, make)
        shows(*kept.names)
        return kept.made

    def many(
        self, keys: Sequence[Key], make: Callable[[Sequence[Key]], Iterator[Given]]
    ) -> list[Given]:
        """Several at once: `make` gets the missing keys and yields in their order."""
        found = {key: self._fresh(key) for key in keys}
        missing = [key for key, kept in found.items() if kept is None]
        if missing:
            making = make(missing)
            for key in missing:
                found[key] = self._make(key, lambda: next(making))
        given = []
        for kept in filter(None, found.values()):
            shows(*kept.names)
            given.append(kept.made)
        return given

    def _fresh(self, key: Hashable) -> "_Kept | None":
        kept = self._kept.get(key)
        return kept if kept is not None and kept.is_fresh() else None

    def _make(self, key: Hashable, make: Callable[[], Any]) -> "_Kept":
        clock = marks().clock()
        with collecting() as shown:
            made = make()
        kept = _Kept(
            made,
            frozenset(shown.names),
            places(shown.names),
            clock,
            monotonic() + self._seconds,
        )
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return kept


@lru_cache(maxsize=1)
def _parts() -> KeptUntilChanged:
    seconds = settings.ANSWERHALL_PAGE_CACHE_SECONDS
    return KeptUntilChanged(most=MOST_PARTS, seconds=seconds)


def kept_part(key: Key, make: Callable[[], Given]) -> Given:
    """A part of a page that everybody sees alike who reads in this language and zone.

    Like a visitor's page it is made anew when something in it changes, and after a
    minute.
    """
    if not settings.ANSWERHALL_PAGE_CACHE_SECONDS:
        return make()
    here = (get_language(), timezone.get_current_timezone_name())
    return _parts()((*key, *here), make)


def kept_parts(
    keys: Sequence[Key], make: Callable[[Sequence[Key]], Iterator[Given]]
) -> list[Given]:
    """As kept_part for several: `make` gets the missing keys and yields in order."""
    if not settings.ANSWERHALL_PAGE_CACHE_SECONDS:
        return list(make(keys)) if keys else []
    here = (get_language(), timezone.get_current_timezone_name())
    return _parts().many(
        [(*key, *here) for key in keys],
        lambda missing: make([key[: -len(here)] for key in missing]),
    )


@dataclass(frozen=True, slots=True)
class _Kept:
    made: Any
    names: frozenset[str]
    places: tuple[int, ...]
    clock: int
    until: float

    def is_fresh(self) -> bool:
        return monotonic() < self.until and marks().unchanged(self.places, self.clock)


def _name(thing: Model | str) -> str:
    return thing if isinstance(thing, str) else named(thing, thing.pk)


def named(model: type[Model] | Model, pk: object) -> str:
    """The name of a row that is not at hand."""
    return f"{model._meta.label_lower}:{pk}"
