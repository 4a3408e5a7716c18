"""A worker that dies does not take the site with it."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from answerhall import parts
from answerhall.parts import Broken, Part, stop

SLEEPS = [sys.executable, "-c", "import time; time.sleep(600)"]
FAILS = [sys.executable, "-c", "raise SystemExit(3)"]


@pytest.fixture
def sleeper() -> Iterator[Part]:
    part = Part(SLEEPS, dict(os.environ))
    yield part
    stop([part])


def test_a_part_that_was_killed_is_started_again(sleeper: Part):
    first = sleeper.process.pid

    sleeper.process.kill()
    sleeper.process.wait()
    sleeper.look_after()

    assert sleeper.runs
    assert sleeper.process.pid != first


def test_a_part_that_runs_is_left_alone(sleeper: Part):
    first = sleeper.process.pid

    sleeper.look_after()

    assert sleeper.process.pid == first


def test_a_part_that_cannot_run_is_given_up(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parts, "MOST_TRIES", 2)
    part = Part(FAILS, dict(os.environ))

    with pytest.raises(Broken):
        while True:
            part.process.wait()
            part.look_after()
            time.sleep(0.05)

    assert part.tries == 3


def test_stopping_leaves_nobody_behind(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(parts, "STOPS_WITHIN_SECONDS", 1)
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"
    both = [Part(SLEEPS, dict(os.environ)), Part(FAILS, dict(os.environ))]
    both.append(Part([sys.executable, "-c", deaf], dict(os.environ)))

    stop(both)

    assert not any(part.runs for part in both)


def test_what_a_part_left_behind_ends_with_it(tmp_path: Path):
    said = tmp_path / "child"
    leaves = (
        "import subprocess, sys;"
        "sleeps = [sys.executable, '-c', 'import time; time.sleep(600)'];"
        "child = subprocess.Popen(sleeps);"
        f"open({str(said)!r}, 'w').write(str(child.pid))"
    )
    part = Part([sys.executable, "-c", leaves], dict(os.environ))
    part.process.wait()
    child = Path("/proc") / said.read_text() / "cmdline"
    assert child.read_bytes()

    stop([part])

    # Who is dead but not yet counted has no command line any more.
    deadline = time.monotonic() + 10
    while child.exists() and child.read_bytes() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not (child.exists() and child.read_bytes())
