"""Haystack's rebuild_index, without a minute in which nothing can be found."""

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import CommandError
from haystack import connections
from haystack.management.commands import rebuild_index
from tqdm import tqdm

from search.errors import IndexBusy


class Command(rebuild_index.Command):
    help = "Builds the search index anew beside the old one, then lets it take over."

    def handle(self, **options: Any) -> None:
        # The old index is only replaced, so there is nothing to ask about.
        del options["interactive"]
        # One writer; Haystack's workers would each want to be it.
        options["workers"] = 0
        for alias in options.pop("using") or connections.connections_info:
            self._rebuild(alias, options)

    def _rebuild(self, alias: str, options: dict[str, Any]) -> None:
        backend = connections[alias].get_backend()
        started = time.monotonic()
        try:
            with (
                tqdm(unit=" documents", disable=None) as bar,
                backend.rebuilding(),
            ):
                backend.on_progress = bar.update
                call_command("update_index", **options, using=[alias])
        except IndexBusy:
            raise CommandError(
                "Another process is writing the index. The old one stays in use;"
                " try again later."
            ) from None
        except OSError as error:
            raise CommandError(
                f"The index can't be written: {error}. The old one stays in use; make"
                " room for a second one and try again."
            ) from error
        finally:
            backend.on_progress = None
        seconds = time.monotonic() - started
        count = backend.health().documents
        self.stdout.write(f"Indexed {count} documents in {seconds:.1f} s.")
