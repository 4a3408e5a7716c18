"""Make what every site needs before its first visitor. Run it as often as you like."""

from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, call_command
from django.db import transaction

from community.setup import setup_circles
from desk.setup import setup_desk
from kb.setup import setup_pages
from people.actions import setup_groups
from rewards.setup import setup_rules
from rewards.setup_agents import setup_programme
from rewards.setup_badges import setup_badges
from search.setup import setup_synonyms


def setup_site() -> None:
    """Locales, root pages, groups, first circle, first rules. Idempotent."""
    with transaction.atomic():
        setup_groups()
        setup_pages()
        setup_circles()
        setup_rules()
        setup_badges()
        setup_programme()
        setup_desk()
        setup_synonyms()


class Command(BaseCommand):
    help = "Create locales, root pages, groups, circles and first rules; idempotent."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.CACHE_URL:
            call_command("createcachetable", verbosity=0)
        setup_site()
        self.stdout.write("The site's structure is in place.")
