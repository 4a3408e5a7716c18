"""Many processes on one PostgreSQL, played by threads with a connection each."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier, Lock
from typing import Any

import pytest
from django.db import connection, transaction

from common import outbox, timers
from common.errors import TooMany
from common.limits import spend
from common.models import LimitWindow, OutboxRow

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

WORKERS = 12


def at_once(work: Callable[[int], Any]) -> list:
    """Let every worker begin at the same moment; return what each returned."""
    start = Barrier(WORKERS)

    def run(number: int) -> Any:
        try:
            start.wait(timeout=20)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(run, range(WORKERS)))


@pytest.fixture
def done(monkeypatch) -> list[str]:
    """The keys of the letters that were written, in order."""
    monkeypatch.setattr(outbox, "_kinds", {})
    keys: list[str] = []
    lock = Lock()

    @outbox.handles("letter", batch=5)
    def write(payloads, _at) -> None:
        with lock:
            keys.extend(payload["key"] for payload in payloads)

    return keys


def test_many_workers_do_each_thing_once(done, clock):
    for number in range(300):
        outbox.put("letter", f"{number:03}", at=clock.now)

    counts = at_once(lambda _worker: outbox.drain(at=clock.now))

    assert sum(counts) == 300
    assert sorted(done) == [f"{number:03}" for number in range(300)]
    assert not OutboxRow.objects.filter(done_at=None).exists()


def test_the_same_asked_for_by_many_at_once_is_one_row(done, clock):
    at_once(lambda _worker: outbox.put("letter", "a", at=clock.now))

    assert outbox.drain(at=clock.now) == 1
    assert done == ["a"]


def test_nothing_asked_for_while_workers_are_busy_is_lost(done, clock):
    """Each put has a number; after the last drain the newest of each key was seen."""
    seen: dict[str, int] = {}
    lock = Lock()
    outbox._kinds.clear()

    @outbox.handles("letter", batch=3)
    def write(payloads, _at) -> None:
        with lock:
            for payload in payloads:
                newest = max(seen.get(payload["key"], 0), payload["number"])
                seen[payload["key"]] = newest

    def ask_and_work(worker: int) -> None:
        key = str(worker % 4)
        for number in range(20):
            with transaction.atomic():
                outbox.put("letter", key, {"key": key, "number": number}, at=clock.now)
            outbox.drain(at=clock.now)

    at_once(ask_and_work)
    outbox.drain(at=clock.now)

    assert seen == dict.fromkeys("0123", 19)
    assert not OutboxRow.objects.filter(done_at=None).exists()


def test_many_runners_run_a_timer_once(monkeypatch, clock):
    monkeypatch.setattr(timers, "_timers", {})
    runs: list[int] = []

    @timers.timer("count", every=timedelta(hours=1))
    def count(_at) -> None:
        runs.append(1)

    at_once(lambda _worker: timers.run_due(clock.now))
    at_once(lambda _worker: timers.run_due(clock.now + timedelta(hours=1)))

    assert len(runs) == 2


def test_tries_at_the_same_moment_are_all_counted(clock):
    def tries(_worker: int) -> int:
        allowed = 0
        for _try in range(5):
            try:
                spend("vote", "7", (20, 60), at=clock.now)
            except TooMany:
                continue
            allowed += 1
        return allowed

    assert sum(at_once(tries)) == 20
    assert LimitWindow.objects.get().count == WORKERS * 5
