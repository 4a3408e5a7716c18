"""Prove the invariants of the points ledger on the live database."""

import sys
from typing import Any

from django.core.management import BaseCommand

from rewards.actions.checking import CHECKS, broken_promises
from rewards.models import Entry, Transfer


class Command(BaseCommand):
    help = "Check that the ledger balances; exit code 1 and a list if it does not."

    def handle(self, *args: Any, **options: Any) -> None:
        broken = broken_promises()
        for line in broken:
            self.stderr.write(line)
        counts = (
            f"{Transfer.objects.count()} transfers, {Entry.objects.count()} entries"
        )
        if broken:
            self.stderr.write(f"{len(broken)} promises broken; {counts}.")
            sys.exit(1)
        self.stdout.write(f"The ledger holds: {len(CHECKS)} invariants over {counts}.")
