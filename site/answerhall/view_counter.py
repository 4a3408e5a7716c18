"""Views of threads: counted in memory, written once a minute."""

import atexit
import re
from collections import Counter
from logging import getLogger
from threading import Event, Lock, Thread
from typing import Any

from django.db import connections

from community.actions import count_views

EVERY_SECONDS = 60
_ROBOT = re.compile("bot|crawl|spider|slurp|preview", re.IGNORECASE)

log = getLogger(__name__)


class ViewCounter:
    """One in each web process; its thread starts with the first view."""

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()
        self._lock = Lock()
        self._thread: Thread | None = None
        self._stop = Event()

    def viewed(self, question_id: int, environ: dict[str, Any]) -> None:
        """Robots and pages fetched in advance are nobody's view."""
        if _ROBOT.search(environ.get("HTTP_USER_AGENT", "")):
            return
        if "prefetch" in environ.get("HTTP_SEC_PURPOSE", ""):
            return
        with self._lock:
            self._seen[question_id] += 1
            if self._thread is None:
                self._thread = Thread(target=self._run, name="views", daemon=True)
                self._thread.start()
                atexit.register(self.close)

    def write(self) -> int:
        """Add what was seen to the database; returns how many threads were seen.

        What could not be written is kept for the next time.
        """
        with self._lock:
            seen, self._seen = self._seen, Counter()
        if not seen:
            return 0
        try:
            count_views(seen)
        except Exception:
            log.exception("Views could not be written; they are kept.")
            with self._lock:
                self._seen.update(seen)
            return 0
        return len(seen)

    def close(self) -> None:
        self._stop.set()
        self.write()

    def _run(self) -> None:
        while not self._stop.wait(EVERY_SECONDS):
            self.write()
            connections.close_all()
