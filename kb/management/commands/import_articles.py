"""Import official articles from a JSONL file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm
from wagtail.signal_handlers import disable_reference_index_auto_update

from kb.actions.importing import ArticleImport, ArticleRow, MalformedRow

ROWS_AT_ONCE = 50


class Command(BaseCommand):
    help = (
        "Imports articles, one JSON object a line: source, key, lang, title, summary,"
        " categories, body_md. Each source becomes a topic. Run it again for a newer"
        " file: what is unchanged or was edited here is left alone."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--language",
            choices=[code for code, _name in settings.LANGUAGES],
            required=True,
            help="import only the articles in this language",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"]
        run = ArticleImport(language=options["language"], at=timezone.now())
        try:
            with path.open("rb") as file, disable_reference_index_auto_update():
                self._read(file, path, run)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}") from error
        except (CommandError, KeyboardInterrupt):
            self.stderr.write(_summary(path, run))
            raise
        self.stdout.write(_summary(path, run))

    def _read(self, file: BinaryIO, path: Path, run: ArticleImport) -> None:
        """In batches, each all or nothing; a second look at links to later articles."""
        linking: list[int] = []
        size = path.stat().st_size
        with tqdm(total=size, unit="B", unit_scale=True, disable=None) as bar:
            for batch, problem in _batches(file, path):
                offsets = {id(row): offset for offset, row in batch}
                hopeful = run.take(row for _offset, row in batch)
                linking += [offsets[id(row)] for row in hopeful]
                bar.update(file.tell() - bar.n)
                if problem:
                    raise CommandError(problem)
        for start in range(0, len(linking), ROWS_AT_ONCE):
            offsets_now = linking[start : start + ROWS_AT_ONCE]
            run.link(_row_at(file, offset) for offset in offsets_now)


Batch = list[tuple[int, ArticleRow]]


def _batches(file: BinaryIO, path: Path) -> Iterator[tuple[Batch, str]]:
    """Rows with the place where each begins, and why reading stopped, if it did."""
    batch: Batch = []
    offset = 0
    for number, line in enumerate(file, start=1):
        if line.strip():
            try:
                batch.append((offset, ArticleRow.read(line)))
            except MalformedRow as fault:
                yield (
                    batch,
                    f"{path}, line {number}: {fault}. Nothing after it was read.",
                )
                return
        offset += len(line)
        if len(batch) == ROWS_AT_ONCE:
            yield batch, ""
            batch = []
    yield batch, ""


def _row_at(file: BinaryIO, offset: int) -> ArticleRow:
    file.seek(offset)
    return ArticleRow.read(file.readline())


def _summary(path: Path, run: ArticleImport) -> str:
    done, skipped = run.done, run.skipped
    reasons = ", ".join(f"{count} {why}" for why, count in sorted(skipped.items()))
    words = [
        f"{path.name}: {done.total()} articles in {run.language}:"
        f" {done['new']} new, {done['updated']} updated,"
        f" {done['unchanged']} unchanged;",
        f"{skipped.total()} skipped" + (f" ({reasons})" if reasons else "") + ".",
    ]
    if run.pictures_left_out:
        words.append(
            f"{run.pictures_left_out} pictures were not in the file;"
            " their descriptions stand in the text."
        )
    return " ".join(words)
