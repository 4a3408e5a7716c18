"""Collect, compile and check the Chinese sentences of every room."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from answerhall import translations


class Command(BaseCommand):
    help = "Collects, compiles and checks the Chinese sentences of every room."
    # It must run while a catalogue or a room is still incomplete.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "job",
            choices=["update", "compile", "check"],
            help="update: new sentences into the .po files; compile: .po to .mo;"
            " check: fail if a sentence is missing, unfinished or wrong",
        )
        parser.add_argument("rooms", nargs="*", metavar="room", help="default: all")
        parser.add_argument("--quiet", action="store_true", help="only say problems")

    def handle(self, **options: Any) -> None:
        rooms = options["rooms"] or translations.ROOMS
        unknown = set(rooms) - set(translations.ROOMS)
        if unknown:
            raise CommandError(
                f"No such room: {', '.join(sorted(unknown))}."
                f" There are: {', '.join(translations.ROOMS)}."
            )
        self.quiet = options["quiet"]
        try:
            {"update": self._update, "compile": self._compile, "check": self._check}[
                options["job"]
            ](rooms)
        except SyntaxError as error:
            raise CommandError(f"This file cannot be read: {error}") from error

    def _say(self, words: str) -> None:
        if not self.quiet:
            self.stdout.write(words)

    def _update(self, rooms: list[str]) -> None:
        for room in rooms:
            total, waiting = translations.update(room)
            self._say(f"{room}: {total} sentences, {waiting} to translate")

    def _compile(self, rooms: list[str]) -> None:
        total = sum(map(translations.compile_catalog, rooms))
        self._say(f"Compiled {total} sentences of {len(rooms)} rooms.")

    def _check(self, rooms: list[str]) -> None:
        problems = translations.problems(rooms)
        for problem in problems:
            self.stdout.write(problem)
        if problems:
            raise CommandError(
                f"{len(problems)} problems. Run `make messages`, fill in what is empty."
            )
        self._say(f"The sentences of {len(rooms)} rooms are complete.")
