"""The processes a site is made of, each started again when it ends by itself."""

import logging
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress

logger = logging.getLogger(__name__)

STOPS_WITHIN_SECONDS = 15
# A part that lived this long had started well: what ended it may be over.
LIVED = 10
# One that never does is broken: trying for ever would hide it.
MOST_TRIES = 5


class Broken(Exception):
    """A part ends again and again as soon as it is started."""


class Part:
    """One process. Its own session: Ctrl-C reaches only who started it."""

    def __init__(self, command: Sequence[str], environment: dict[str, str]) -> None:
        self.command = command
        self.environment = environment
        self.tries = 0
        self.start()

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  our own commands
            self.command, env=self.environment, start_new_session=True
        )

    def sweep(self) -> None:
        """End what it started and left behind, which may still hold the port."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    @property
    def runs(self) -> bool:
        return self.process.poll() is None

    def look_after(self) -> None:
        """Start it again if it ended, later each time it ends at once."""
        if self.runs:
            return
        age = time.monotonic() - self.started_at
        if age < self.tries:
            return
        self.tries = 1 if age > LIVED else self.tries + 1
        if self.tries > MOST_TRIES:
            raise Broken
        logger.error(
            "%s ended by itself (%s): started again",
            " ".join(self.command),
            self.process.returncode,
        )
        self.sweep()
        self.start()


def stop(parts: Sequence[Part]) -> None:
    for part in parts:
        if part.runs:
            part.process.terminate()
    deadline = time.monotonic() + STOPS_WITHIN_SECONDS
    for part in parts:
        try:
            part.process.wait(timeout=max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            part.process.kill()
            part.process.wait()
        part.sweep()
