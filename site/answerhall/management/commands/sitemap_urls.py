"""List the sitemap's files, one a line, for search engines that read no index."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from answerhall.languages import CODES
from answerhall.sitemaps import all_files


class Command(BaseCommand):
    help = "List the addresses of all sitemap files, for pasting at Baidu."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--language", choices=CODES, help="only files in this language"
        )

    def handle(self, *args: Any, language: str | None = None, **options: Any) -> None:
        for file in all_files():
            if language in (None, file.language):
                self.stdout.write(file.url)
