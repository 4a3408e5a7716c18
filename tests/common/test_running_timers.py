import os
import signal
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from common import timers
from common.models import TimerLease

pytestmark = pytest.mark.usefixtures("every_database")


@pytest.fixture
def runs(monkeypatch) -> list:
    """An hourly timer called "count" that notes the time of each run."""
    monkeypatch.setattr(timers, "_timers", {})
    moments: list = []

    @timers.timer("count", every=timedelta(hours=1))
    def count(at) -> str:
        moments.append(at)
        return f"run {len(moments)}"

    return moments


def test_a_timer_runs_when_it_is_due_and_not_before(runs, clock):
    assert timers.run_due(clock.now) == {"count": "run 1"}
    assert timers.run_due(clock.move(minutes=59)) == {}
    assert timers.run_due(clock.move(minutes=1)) == {"count": "run 2"}
    assert len(runs) == 2


def test_after_an_outage_it_runs_once(runs, clock):
    timers.run_due(clock.now)

    timers.run_due(clock.move(days=3))
    timers.run_due(clock.move(seconds=5))

    assert len(runs) == 2


def test_while_one_runner_is_busy_another_leaves_it_alone(runs, clock):
    @timers.timer("slow", every=timedelta(minutes=1))
    def slow(at) -> str:
        return f"meanwhile: {timers.run_due(at, only=['slow'])}"

    assert timers.run_due(clock.now, only=["slow"]) == {"slow": "meanwhile: {}"}


def test_a_killed_runners_timer_is_taken_up_when_its_lease_ends(runs, clock):
    timers._lease(timers._timers["count"], clock.now)

    assert timers.run_due(clock.move(minutes=29)) == {}
    assert timers.run_due(clock.move(minutes=2)) == {"count": "run 1"}


def test_a_timer_that_fails_is_logged_and_stops_no_other(runs, clock, caplog):
    @timers.timer("broken", every=timedelta(minutes=1))
    def broken(at) -> None:
        raise OSError("No line")

    said = timers.run_due(clock.now)

    assert said == {"broken": "OSError: No line", "count": "run 1"}
    assert "Timer broken failed" in caplog.text
    assert TimerLease.objects.get(name="broken").last_error == "OSError: No line"


def test_a_timer_that_failed_is_tried_again_soon(runs, clock):
    attempts = []

    @timers.timer("nightly", every=timedelta(days=1))
    def nightly(at) -> str:
        attempts.append(at)
        if len(attempts) == 1:
            raise OSError
        return "fine"

    timers.run_due(clock.now, only=["nightly"])
    assert timers.run_due(clock.move(minutes=4), only=["nightly"]) == {}
    assert timers.run_due(clock.move(minutes=1), only=["nightly"]) == {
        "nightly": "fine"
    }
    assert TimerLease.objects.get(name="nightly").last_error == ""


def test_a_run_for_a_later_day_does_not_stop_today(runs, clock):
    today = clock.now
    timers.run_due(today + timedelta(days=30))

    assert timers.run_due(today) == {"count": "run 2"}
    assert timers.run_due(today) == {}


def test_two_timers_of_one_name_are_a_mistake(runs):
    with pytest.raises(ValueError, match="Two timers"):

        @timers.timer("count", every=timedelta(hours=1))
        def another(at) -> None: ...


def test_the_command_looks_once_and_says_what_it_did(runs):
    out = StringIO()

    call_command("run_timers", "--once", stdout=out)
    call_command("run_timers", "--once", stdout=out)

    assert out.getvalue().splitlines() == [
        "Ran 1 timers: count (run 1)",
        "Ran 0 timers: none due",
    ]


def test_the_command_looks_as_if_it_were_another_time(runs):
    call_command("run_timers", "--at", "2026-05-01T12:00:00+08:00", stdout=StringIO())

    assert [at.isoformat() for at in runs] == ["2026-05-01T12:00:00+08:00"]


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01T00:00:00"])
def test_the_command_refuses_what_is_no_time(runs, moment):
    with pytest.raises(CommandError, match="Not a time"):
        call_command("run_timers", "--at", moment)


def test_the_command_refuses_a_timer_that_does_not_exist(runs):
    with pytest.raises(CommandError, match="No such timer: cuont. There are: count."):
        call_command("run_timers", "--once", "--only", "cuont")


@pytest.fixture
def _own_signals():
    """Give the command this process's signals, and an end if it would never stop."""
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGALRM)
    handlers = {number: signal.getsignal(number) for number in numbers}

    def never_stopped(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, never_stopped)
    signal.alarm(30)
    yield
    signal.alarm(0)
    for number, handler in handlers.items():
        signal.signal(number, handler)


# The loop gives its connection back, which a test inside a transaction cannot spare.
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_signals")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_stop_the_command_finishes_the_timer_it_runs_and_no_other(runs, number):
    finished = []

    @timers.timer("first", every=timedelta(seconds=1))
    def first(at) -> None:
        os.kill(os.getpid(), number)
        finished.append(at)

    call_command("run_timers", "--every", "60")

    assert len(finished) == 1
    assert not runs


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_own_signals")
def test_a_database_that_restarts_does_not_end_the_timers(runs, monkeypatch, caplog):
    run_due = timers.run_due
    looks = []

    def run_when_it_answers(*args, **kwargs):
        looks.append(1)
        if len(looks) == 1:
            raise OperationalError("the connection was closed")
        os.kill(os.getpid(), signal.SIGTERM)
        return run_due(*args, **kwargs)

    monkeypatch.setattr(timers, "run_due", run_when_it_answers)
    call_command("run_timers", "--every", "0")

    assert len(runs) == 1
    assert "The database does not answer" in caplog.text


def test_the_house_looks_after_itself():
    houses_own = {"outbox", "scheduled_articles", "lost_tasks", "task_pruning"}
    assert houses_own <= set(timers.names())

    said = timers.run_due(timezone.now(), only=houses_own | {"limits_pruning"})

    assert said == {
        "outbox": "0 done",
        "scheduled_articles": "",
        "lost_tasks": "0 given up",
        "task_pruning": "",
        "limits_pruning": "0 windows removed",
    }


def _task(status: str, **times) -> DBTaskResult:
    return DBTaskResult.objects.create(
        status=status,
        args_kwargs={"args": [], "kwargs": {}},
        task_path="common.outbox.wake_up",
        backend_name="default",
        run_after=timezone.now(),
        exception_class_path="",
        traceback="",
        **times,
    )


def test_the_task_of_a_killed_worker_is_given_up_after_an_hour(clock):
    lost = _task("RUNNING", started_at=clock.now - timedelta(minutes=61))
    busy = _task("RUNNING", started_at=clock.now - timedelta(minutes=59))

    timers.run_due(clock.now, only=["lost_tasks"])

    lost.refresh_from_db()
    busy.refresh_from_db()
    assert (lost.status, busy.status) == ("FAILED", "RUNNING")
    assert lost.exception_class_path == "common.tasks.WorkerLost"


def test_results_of_old_tasks_are_forgotten(clock):
    _task("SUCCESSFUL", finished_at=clock.now - timedelta(days=8))
    recent = _task("SUCCESSFUL", finished_at=clock.now - timedelta(days=6))

    timers.run_due(clock.now, only=["task_pruning"])

    assert list(DBTaskResult.objects.all()) == [recent]
