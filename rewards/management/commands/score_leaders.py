"""Compute the leader scores now, as the nightly timer does.

Where nobody has answered for longer than the score looks back, as in a community that
was just imported, it looks back from the newest answer.
"""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from rewards.actions.scoring import last_help, score_leaders


class Command(BaseCommand):
    help = "Score everybody who answers, and store the scores with their parts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at",
            type=moment,
            help="ISO time; default now, or the newest answer if that is long ago",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        at = options["at"] or last_help(at=now)
        if at < now and not options["at"]:
            self.stdout.write(
                f"Nobody has answered lately: scored as of {at:%Y-%m-%d}, the newest"
                " answer."
            )
        run = score_leaders(at=at)
        overall = run.scores.filter(tag=None)
        best = overall.select_related("person").order_by("rank").first()
        way = "five parts" if run.is_full else "a plain count"
        self.stdout.write(
            f"Scored {overall.count()} people from {run.answer_count} answers ({way})"
            + (f"; first is {best.person.name} with {best.score:,}." if best else ".")
        )


def moment(text: str) -> datetime:
    parsed = datetime.fromisoformat(text)
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)
