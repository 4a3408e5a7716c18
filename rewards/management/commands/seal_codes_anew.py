"""After a new first key in ANSWERHALL_VOUCHER_KEYS."""

from typing import Any

from django.core.management.base import BaseCommand

from rewards.actions.delivering import seal_keys_anew
from rewards.actions.stocking import seal_anew


class Command(BaseCommand):
    help = "Seals voucher codes and hooks' keys with the first voucher key."

    def handle(self, **_options: Any) -> None:
        codes, keys = seal_anew(), seal_keys_anew()
        self.stdout.write(
            f"{codes} codes and {keys} keys of hooks sealed with the first key."
            " Older voucher keys are not needed any more."
        )
