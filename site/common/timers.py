"""Things that are looked after regularly, by any number of runners.

A room says so in its tasks.py:

    @timer("escalations", every=timedelta(minutes=5))
    def escalate(at: datetime) -> str | None: ...

A timer looks for everything due, never for "the last hour": after an outage it catches
up. What it returns is noted for staff.
"""

import logging
import os
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.db.models import Q

from common.models import TimerLease

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=30)
RETRY_AFTER = timedelta(minutes=5)

Run = Callable[[datetime], str | None]


@dataclass(frozen=True)
class Timer:
    name: str
    every: timedelta
    lease: timedelta
    run: Run


_timers: dict[str, Timer] = {}


def timer(
    name: str, every: timedelta, lease: timedelta = LEASE
) -> Callable[[Run], Run]:
    """Register a function to run about `every` so often.

    While it runs nobody else runs it, for at most `lease`: by then its process is
    taken for dead.
    """

    def register(run: Run) -> Run:
        known = _timers.get(name)
        if known and known.run.__qualname__ != run.__qualname__:
            raise ValueError(f"Two timers are called {name!r}")
        _timers[name] = Timer(name, every, lease, run)
        return run

    return register


def names() -> list[str]:
    """The registered timers, the frequent ones first: they are the short ones."""
    return sorted(_timers, key=lambda name: (_timers[name].every, name))


def run_due(at: datetime, only: Collection[str] | None = None) -> dict[str, str]:
    """Run the timers that are due; return what each said, or how it failed.

    One that fails is logged, does not stop the others, and is tried again soon.
    """
    said = {}
    for name in names():
        one = _timers[name]
        if (only is None or name in only) and (owner := _lease(one, at)):
            said[name] = _run(one, owner, at)
    return said


def _lease(one: Timer, at: datetime) -> str | None:
    """Claim the timer with one conditional update; None if it is not our turn."""
    rows = TimerLease.objects.filter(name=one.name)
    # A date far ahead was left by a run for another day (--at): it does not count.
    due = (
        Q(last_run_at=None)
        | Q(last_run_at__lte=at - one.every)
        | Q(last_run_at__gt=at + max(one.every, timedelta(hours=1)))
    )
    free = (
        Q(leased_until=None)
        | Q(leased_until__lte=at)
        | Q(leased_until__gt=at + max(one.lease, RETRY_AFTER) + timedelta(hours=1))
    )
    if not rows.filter(due, free).exists():
        if rows.exists():
            return None
        TimerLease.objects.bulk_create(
            [TimerLease(name=one.name)], ignore_conflicts=True
        )
    owner = f"{socket.gethostname()[:50]}:{os.getpid()}:{uuid4().hex[:12]}"
    leased = rows.filter(due, free).update(leased_until=at + one.lease, owner=owner)
    return owner if leased else None


def _run(one: Timer, owner: str, at: datetime) -> str:
    ours = TimerLease.objects.filter(name=one.name, owner=owner)
    try:
        note = one.run(at) or ""
    except Exception as error:
        logger.exception("Timer %s failed", one.name)
        words = f"{type(error).__name__}: {error}"[:2000]
        pause = min(one.every, RETRY_AFTER)
        ours.update(leased_until=at + pause, owner="", last_error=words)
        return words
    ours.update(
        last_run_at=at,
        leased_until=None,
        owner="",
        last_note=note[:2000],
        last_error="",
    )
    return note
