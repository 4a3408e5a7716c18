"""Run whatever is due, again and again."""

import logging
import signal
import threading
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, close_old_connections
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from common import timers

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Runs every timer that is due. Any number of runners is safe."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="look once, then end")
        parser.add_argument(
            "--at", help="look once, as if it were this time (ISO 8601, UTC if bare)"
        )
        parser.add_argument(
            "--every", type=float, default=5, help="seconds between looks (default 5)"
        )
        parser.add_argument(
            "--only", action="append", metavar="NAME", help="only this timer"
        )

    def handle(self, **options: Any) -> None:
        only = options["only"]
        unknown = set(only or ()) - set(timers.names())
        if unknown:
            raise CommandError(
                f"No such timer: {', '.join(sorted(unknown))}."
                f" There are: {', '.join(sorted(timers.names()))}."
            )
        if options["at"] or options["once"]:
            at = _moment(options["at"]) if options["at"] else timezone.now()
            said = timers.run_due(at, only=only)
            words = [
                f"{name} ({note})" if note else name for name, note in said.items()
            ]
            self.stdout.write(
                f"Ran {len(said)} timers: {', '.join(words) or 'none due'}"
            )
            return
        self._keep_looking(options["every"], only)

    def _keep_looking(self, seconds: float, only: list[str] | None) -> None:
        enough = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            # The timer that is running is let finish.
            signal.signal(number, lambda *_: enough.set())
        while not enough.is_set():
            for name in only or timers.names():
                if not enough.is_set():
                    self._look_at(name)
            enough.wait(seconds)

    def _look_at(self, name: str) -> None:
        close_old_connections()
        try:
            timers.run_due(timezone.now(), only=[name])
        except DatabaseError:
            # A database that restarts must not end the timers for good.
            logger.exception("The database does not answer; looking again soon")
        finally:
            close_old_connections()


def _moment(words: str) -> datetime:
    try:
        moment = parse_datetime(words)
    except ValueError:
        moment = None
    if moment is None:
        raise CommandError(f"Not a time: {words}. Write 2026-05-01T12:00:00+08:00.")
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
