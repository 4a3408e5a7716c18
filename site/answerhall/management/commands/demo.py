"""Furnish an empty site with demo content; a second run changes nothing."""

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from answerhall.demo.loading import furnish, is_furnished
from answerhall.management.commands.setup_site import setup_site
from common import outbox
from search import similar


class Command(BaseCommand):
    help = "Create demo people, articles, threads, tickets and gifts, once."

    def handle(self, *args: Any, **options: Any) -> None:
        if is_furnished():
            self.stdout.write("The demo is already here; nothing was changed.")
            return
        self.stdout.write("Furnishing the hall with demo content …")
        setup_site()
        made = furnish(at=timezone.now())
        outbox.drain(at=timezone.now())
        similar.find_what_is_due(timezone.now())
        parts = ", ".join(f"{number} {name}" for name, number in made.items())
        self.stdout.write(f"Demo made: {parts}.")
