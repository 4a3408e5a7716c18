"""Let points past their day go, as the hourly timer does."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from rewards.actions import expire_points
from rewards.management.commands.score_leaders import moment


class Command(BaseCommand):
    help = "Expire every lot of points whose day has come; each once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", type=moment, help="ISO time; default now")

    def handle(self, *args: Any, **options: Any) -> None:
        expired = expire_points(at=options["at"] or timezone.now())
        self.stdout.write(f"{expired} points expired.")
