"""What the import commands share: where to, how named, how it ends."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from common import outbox
from common.text import pinyin_slug
from community.importers.bulk import Store
from community.importers.discourse import Forum
from community.importers.reading import BrokenFile
from community.importers.stackexchange import Dump
from community.models import Circle


class ImportCommand(BaseCommand):
    """Imports into a circle of its own, closed for new questions, unless told."""

    path_name = "FILE"
    reader: ClassVar[type[Dump | Forum]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, metavar=self.path_name)
        codes = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("--language", choices=codes, required=True)
        parser.add_argument(
            "--source", help="name of the community; default: the path's"
        )
        parser.add_argument("--circle", metavar="SLUG", help="an existing circle")
        parser.add_argument("--quiet", action="store_true", help="no progress bar")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["path"].resolve()
        if not path.exists():
            raise CommandError(f"{path} does not exist.")
        source = (options["source"] or _name_of(path))[:60]
        try:
            reader = self.reader(path, quiet=options["quiet"])
        except BrokenFile as error:
            raise CommandError(f"Nothing was imported. {error}.") from error
        store = Store(
            source=source,
            language=options["language"],
            circle=_circle(options["circle"], source),
            at=timezone.now(),
        )
        try:
            reader.read(store)
        except BrokenFile as error:
            raise CommandError(
                f"Stopped. {error}. What was read before is kept and counted: "
                f"{store.summary} Mend the file and run the import again."
            ) from error
        finally:
            outbox.drain(at=timezone.now(), kinds=["search.index"])
        self.stdout.write(str(store.summary))


def _name_of(path: Path) -> str:
    """`forum.example_2018-09.tar.xz` -> `forum.example`."""
    name = path.name
    for suffix in reversed(path.suffixes):
        if suffix in {".json", ".tar", ".gz", ".xz", ".bz2", ".tgz"}:
            name = name.removesuffix(suffix)
    return name.partition("_")[0] or name


def _circle(slug: str | None, source: str) -> Circle:
    if slug:
        circle = Circle.objects.filter(slug=slug).first()
        if circle is None:
            raise CommandError(f"There is no circle {slug}.")
        return circle
    made, _new = Circle.objects.get_or_create(
        slug=pinyin_slug(source, max_length=60),
        defaults={
            "name_en": source,
            "name_zh": source,
            "is_open": False,
            "position": 99,
        },
    )
    return made
