"""Blank everything that says who a person was."""

from typing import Any

from django.core.management import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from people.actions import erase_person
from people.models import Person


class Command(BaseCommand):
    help = "Erase a person: their row stays for the posts, nothing names them any more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("handle")

    def handle(self, *_args: Any, **options: Any) -> None:
        person = Person.objects.filter(handle=options["handle"]).first()
        if person is None:
            raise CommandError(f"Nobody has the handle {options['handle']}.")
        erased = erase_person(person=person, at=timezone.now())
        self.stdout.write(f"{options['handle']} is now {erased.handle}.")
