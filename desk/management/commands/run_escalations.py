"""Send what nobody solved in time to our team."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from desk.actions import run_escalations


class Command(BaseCommand):
    help = (
        "Opens a ticket for every question that a rule sends to the team. "
        "May be interrupted, repeated and run by several at once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--at",
            metavar="ISO-TIME",
            help="as if it were this time (2026-05-01T12:00:00+08:00; UTC if bare)",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        at = _moment(options["at"]) if options["at"] else timezone.now()
        with tqdm(unit=" questions", disable=None, file=self.stderr) as bar:
            run = run_escalations(at=at, progress=bar.update)
        if run.failed:
            raise CommandError(f"{run}. The log says why; run it again.")
        self.stdout.write(f"{run}.")


def _moment(words: str) -> datetime:
    try:
        moment = datetime.fromisoformat(words)
    except ValueError as error:
        raise CommandError(
            f"Not a time: {words}. Write 2026-05-01T12:00:00+08:00."
        ) from error
    return moment if timezone.is_aware(moment) else moment.replace(tzinfo=UTC)
