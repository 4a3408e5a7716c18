"""Changes to the index, which only ever has one writer, and the log of searches."""

import hashlib
import hmac
import logging
import re
import secrets
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice

from django.apps import apps
from django.core.cache import cache
from django.db import DatabaseError, models
from haystack import connections
from haystack.exceptions import NotHandled

from common import outbox
from common.site_day import site_day
from search import similar
from search.analyser import normalise
from search.documents import Document
from search.engines.base import document_of
from search.errors import IndexBusy
from search.models import QueryLog
from search.queries import engine

logger = logging.getLogger(__name__)

OUTBOX_KIND = "search.index"
CHUNK = 500
# A lost index of at most this many objects is rebuilt without being asked.
REBUILD_UNASKED_UP_TO = 20_000
TRY_AGAIN_AFTER = timedelta(seconds=30)
KEEP_LOG = timedelta(days=90)
LOG_EVERY_SECONDS = 5.0
MAX_WAITING_ROWS = 500

_digits = re.compile(r"\d[\d -]{5,}\d")
_address = re.compile(r"\S+@\S+")


# The index


def touch(model_label: str, pk: object, at: datetime | None = None) -> None:
    """Have an object indexed anew, or taken out if it isn't public any more.

    Writes an outbox row inside the caller's transaction; a worker does the rest.
    """
    label = model_label.lower()
    outbox.put(
        OUTBOX_KIND, f"search:{label}:{pk}", {"label": label, "pks": [pk]}, at=at
    )


def touch_many(
    model_label: str, pks: Iterable[object], at: datetime | None = None
) -> None:
    """`touch` for many objects of a model, a row for each few hundred."""
    label = model_label.lower()
    for chunk in _chunks(pks):
        name = hashlib.sha256(repr(chunk).encode()).hexdigest()[:24]
        outbox.put(
            OUTBOX_KIND, f"search:{label}:many:{name}", {"label": label, "pks": chunk},
            at=at,
        )  # fmt: skip


def index_touched(payloads: Sequence[dict], at: datetime) -> None:
    """Bring the index up to date with the database for what these rows name.

    A lost index is rebuilt instead, if that is quick. While somebody else writes, the
    rows are put back for later.
    """
    by_label: dict[str, dict[object, None]] = {}
    for payload in payloads:
        by_label.setdefault(payload["label"], {}).update(dict.fromkeys(payload["pks"]))
    backend = engine()
    try:
        if not backend.health().ok:
            _rebuild_if_small()
            return
        for label, pks in by_label.items():
            for chunk in _chunks(pks):
                documents, gone = _present_and_gone(label, chunk)
                backend.write(documents, gone=gone)
                shown = [document.shown for document in documents]
                similar.ask_again_if_renamed(shown, gone, at)
    except IndexBusy:
        for label, pks in by_label.items():
            for chunk in _chunks(pks):
                _put_back(label, chunk, at)


def rebuild(wait_seconds: float = 0.0) -> int:
    """Build the whole index anew beside the old one; return how many objects."""
    backend, count = engine(), 0
    with backend.rebuilding(wait_seconds=wait_seconds):
        for index in connections["default"].get_unified_index().get_indexes().values():
            keys = index.index_queryset().order_by("pk").values_list("pk", flat=True)
            for chunk in _chunks(keys.iterator(chunk_size=5_000)):
                backend.update(index, index.index_queryset().filter(pk__in=chunk))
                count += len(chunk)
    return count


def _rebuild_if_small() -> None:
    indexes = connections["default"].get_unified_index().get_indexes().values()
    total = sum(index.index_queryset().count() for index in indexes)
    if total <= REBUILD_UNASKED_UP_TO:
        rebuild()
    else:
        logger.error(
            "The search index is missing or broken, and too large to be rebuilt"
            " unasked (%d objects). Run: manage.py rebuild_index --noinput",
            total,
        )


def _present_and_gone(
    label: str, pks: Sequence[object]
) -> tuple[list[Document], list[str]]:
    """What of these is public now, as documents, and the ids of all others."""
    model: type[models.Model] = apps.get_model(label)
    try:
        index = connections["default"].get_unified_index().get_index(model)
    except NotHandled:
        return [], []
    things = index.index_queryset().filter(pk__in=pks)
    documents = [doc for thing in things if (doc := document_of(index, thing))]
    present = {document.id for document in documents}
    ids = (f"{label}.{pk}" for pk in pks)
    return documents, [one for one in ids if one not in present]


def _put_back(label: str, pks: list[object], at: datetime) -> None:
    for pk in pks:
        outbox.put(
            OUTBOX_KIND, f"search:{label}:{pk}", {"label": label, "pks": [pk]},
            at=at, due=at + TRY_AGAIN_AFTER,
        )  # fmt: skip


def _chunks(things: Iterable[object]) -> Iterator[list[object]]:
    rest = iter(things)
    while chunk := list(islice(rest, CHUNK)):
        yield chunk


# The log


_waiting: list[QueryLog] = []
_waiting_lock = threading.Lock()
_written_at = 0.0


def log_search(
    *,
    text: str,
    language: str,
    results: int,
    is_relaxed: bool,
    address: str,
    agent: str,
    at: datetime,
) -> str:
    """Note a search; return the key under which opening a hit can be noted.

    Numbers that could be somebody's phone and addresses are masked. Rows are written
    a few at a time, so a crowd of searches doesn't become a crowd of writers; what a
    killed process still held is lost.
    """
    day = site_day(at)
    row = QueryLog(
        key=secrets.token_hex(8),
        day=day,
        visitor=_visitor(day.isoformat(), address, agent),
        text=_without_personal_data(text),
        language=language,
        results=results,
        is_relaxed=is_relaxed,
    )
    with _waiting_lock:
        _waiting.append(row)
        is_time = time.monotonic() - _written_at >= LOG_EVERY_SECONDS
    if is_time:
        write_log()
    return row.key


def log_opened(*, key: str, place: int, thing: str = "") -> None:
    """Note which hit was opened first after a search; later ones change nothing.

    `place` is counted from 1 over all pages; `thing` is its id in the index.
    """
    write_log()
    found = QueryLog.objects.filter(key=key, opened=None)
    found.update(opened=place, opened_id=thing)


def log_asked(*, key: str) -> None:
    """Note that a search led on to the form for asking."""
    write_log()
    QueryLog.objects.filter(key=key).update(asked=True)


def write_log() -> None:
    """Write what waits. Statistics never fail a search."""
    global _written_at
    with _waiting_lock:
        rows, _waiting[:] = list(_waiting[-MAX_WAITING_ROWS:]), []
        _written_at = time.monotonic()
    try:
        QueryLog.objects.bulk_create(rows)
    except DatabaseError:
        logger.exception("%d searches were not logged", len(rows))


def prune_log(at: datetime) -> int:
    """Forget searches older than KEEP_LOG; return how many."""
    return QueryLog.objects.filter(day__lt=site_day(at) - KEEP_LOG).delete()[0]


def _visitor(day: str, address: str, agent: str) -> str:
    """A hash under a salt that is thrown away with the day."""
    salt = cache.get_or_set(f"search-salt:{day}", secrets.token_hex, timeout=86_400)
    who = f"{address}\n{agent}".encode("utf-8", "replace")
    return hmac.new(str(salt).encode(), who, hashlib.sha256).hexdigest()[:16]


def _without_personal_data(text: str) -> str:
    line = " ".join(normalise(text).split())
    return _digits.sub("#", _address.sub("@", line))[:200]
