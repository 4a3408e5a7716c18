"""What must happen later: written with the fact, done by a worker, never lost.

A room says in its tasks.py how one kind is done:

    @handles("search.touch", batch=100)
    def reindex(payloads: list[dict], at: datetime) -> None: ...

A handler may run twice for one put (a killed worker, a lease that ran out), so it looks
at the present state instead of trusting that it is the first.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, transaction
from django.db.models import Min, Q, QuerySet
from django.utils import timezone
from django_tasks import task

from common.models import OutboxRow

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=1)
LEASE = timedelta(minutes=10)
KEEP_DONE = timedelta(days=7)

Handler = Callable[[list[dict], datetime], object]


class NotNow(Exception):
    """A handler cannot go on before a certain moment, through no fault of a row.

    The first `done` payloads are done. The others wait, and with them everything of
    their kind; none of it loses an attempt.
    """

    def __init__(self, reason: str, *, until: datetime, done: int = 0) -> None:
        super().__init__(reason)
        self.until = until
        self.done = done


@dataclass(frozen=True)
class _Kind:
    name: str
    handler: Handler
    batch: int


_kinds: dict[str, _Kind] = {}


def handles(kind: str, batch: int = 1) -> Callable[[Handler], Handler]:
    """Register how a kind is done; the handler gets up to `batch` payloads at once."""

    def register(handler: Handler) -> Handler:
        known = _kinds.get(kind)
        if known and known.handler.__qualname__ != handler.__qualname__:
            raise ValueError(f"Two handlers for {kind!r}")
        _kinds[kind] = _Kind(kind, handler, batch)
        return handler

    return register


def put(
    kind: str,
    key: str,
    payload: dict[str, Any] | None = None,
    at: datetime | None = None,
    due: datetime | None = None,
) -> None:
    """Ask for something inside the caller's transaction, `due` later or now.

    The same key again makes it due once more, with the newest payload, even while a
    worker is busy with it. Without a payload the handler gets {"key": key}.
    """
    at = at or timezone.now()
    row = OutboxRow(
        kind=kind,
        key=key,
        payload={"key": key} if payload is None else payload,
        version=uuid4(),
        put_at=at,
        next_at=due or at,
    )
    OutboxRow.objects.bulk_create(
        [row],
        update_conflicts=True,
        unique_fields=["kind", "key"],
        # Not the claim: the worker that holds it must not be joined by a second one.
        update_fields=[
            "payload",
            "version",
            "put_at",
            "next_at",
            "attempts",
            "done_at",
            "last_error",
        ],
    )
    if due is None or due <= at:
        _wake_on_commit()


def drain(at: datetime, kinds: Iterable[str] | None = None) -> int:
    """Do everything that is due; return how many rows were done.

    Safe with any number of workers. What fails is tried again later, with longer and
    longer pauses; after MAX_ATTEMPTS it stays, and dead_count() counts it.
    """
    started = time.monotonic()
    wanted = _kinds if kinds is None else [name for name in kinds if name in _kinds]
    done = 0
    for name in list(wanted):
        kind = _kinds[name]
        while rows := _claim(kind, _now(at, started)):
            done += _do(kind, rows, at, _now(at, started))
    return done


def _now(at: datetime, started: float) -> datetime:
    """`at`, moved on by the time the drain took so far: leases are counted in it."""
    return at + timedelta(seconds=time.monotonic() - started)


def _due(at: datetime) -> QuerySet[OutboxRow]:
    return OutboxRow.objects.filter(
        Q(claimed_until=None) | Q(claimed_until__lte=at),
        done_at=None,
        next_at__lte=at,
        attempts__lt=MAX_ATTEMPTS,
    )


def _claim(kind: _Kind, at: datetime) -> list[OutboxRow]:
    due = _due(at).filter(kind=kind.name)
    # An idle worker asks every few seconds and must not take SQLite's write lock.
    if not due.exists():
        return []
    claim = uuid4()
    with transaction.atomic():
        # PostgreSQL's workers pass each other's rows; SQLite has one writer at a time.
        rows = due.select_for_update(skip_locked=True).order_by("next_at", "pk")
        chosen = list(rows.values_list("pk", flat=True)[: kind.batch])
        _due(at).filter(pk__in=chosen).update(claim=claim, claimed_until=at + LEASE)
    return list(OutboxRow.objects.filter(claim=claim).order_by("next_at", "pk"))


def _do(kind: _Kind, rows: list[OutboxRow], at: datetime, now: datetime) -> int:
    try:
        kind.handler([row.payload for row in rows], at)
    except (KeyboardInterrupt, SystemExit):
        # The worker was told to stop: somebody else may go on at once.
        for row in rows:
            _release(row, row.claim)
        raise
    except NotNow as pause:
        return _wait(kind, rows, pause, now)
    except Exception as error:  # noqa: BLE001  whatever broke, the others go on
        if len(rows) > 1:
            # One bad row must not hold up the rest of its batch.
            return sum(_do(kind, [row], at, now) for row in rows)
        _failed(rows[0], error, now)
        return 0
    for row in rows:
        _done(row, now)
    return len(rows)


def _wait(kind: _Kind, rows: list[OutboxRow], pause: NotNow, now: datetime) -> int:
    for row in rows[: pause.done]:
        _done(row, now)
    for row in rows[pause.done :]:
        _release(row, row.claim, next_at=pause.until, last_error=str(pause)[:2000])
    _due(now).filter(kind=kind.name).update(next_at=pause.until)
    return pause.done


def _done(row: OutboxRow, now: datetime) -> None:
    _release(row, row.claim, done_at=now, last_error="")


def _failed(row: OutboxRow, error: Exception, now: datetime) -> None:
    attempts = row.attempts + 1
    log = logger.error if attempts >= MAX_ATTEMPTS else logger.warning
    log("Outbox: %s failed, attempt %d", row, attempts, exc_info=error)
    pause = min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)
    _release(
        row,
        row.claim,
        attempts=attempts,
        next_at=now + pause,
        last_error=f"{type(error).__name__}: {error}"[:2000],
    )


def _release(row: OutboxRow, claim: UUID | None, **outcome: Any) -> None:
    """Write the outcome, unless the row was put again meanwhile: then it is due."""
    ours = OutboxRow.objects.filter(pk=row.pk, claim=claim)
    free = {"claim": None, "claimed_until": None}
    if not ours.filter(version=row.version).update(**outcome, **free):
        ours.update(**free)


def oldest_due_seconds(at: datetime) -> float:
    """For how long the oldest thing that is due has been waiting; 0 if nothing is."""
    waiting = OutboxRow.objects.filter(
        done_at=None, next_at__lte=at, attempts__lt=MAX_ATTEMPTS
    )
    oldest = waiting.aggregate(oldest=Min("next_at"))["oldest"]
    return (at - oldest).total_seconds() if oldest else 0.0


def dead_count() -> int:
    """How many rows were given up after MAX_ATTEMPTS."""
    return OutboxRow.objects.filter(done_at=None, attempts__gte=MAX_ATTEMPTS).count()


def prune(at: datetime) -> int:
    """Forget what was done long ago; return how many rows that were."""
    old = OutboxRow.objects.filter(done_at__lt=at - KEEP_DONE)
    return old.delete()[0]


@task()
def wake_up() -> int:
    return drain(at=timezone.now())


def _wake_on_commit() -> None:
    if any(entry[1] is _wake for entry in connection.run_on_commit):
        return
    # The row is safe without the wake-up: a timer drains as well.
    transaction.on_commit(_wake, robust=True)


def _wake() -> None:
    """One wake-up waiting is enough: it starts after this commit and sees it all."""
    from django_tasks_db.models import DBTaskResult

    waiting = DBTaskResult.objects.ready().filter(task_path=wake_up.module_path)
    if not waiting.exists():
        wake_up.enqueue()
