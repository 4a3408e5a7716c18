"""Compute the leader scores now, as the nightly timer does."""

from argparse import ArgumentParser
from datetime import UTC, datetime
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from rewards.actions.scoring import score_leaders


class Command(BaseCommand):
    help = "Score everybody who answers, and store the scores with their parts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", type=moment, help="ISO time; default now")

    def handle(self, *args: Any, **options: Any) -> None:
        run = score_leaders(at=options["at"] or timezone.now())
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
