"""A new key for ANSWERHALL_VOUCHER_KEYS."""

from typing import Any

from cryptography.fernet import Fernet
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Prints a new key for ANSWERHALL_VOUCHER_KEYS."
    # A site without a key does not pass them, and this makes one.
    requires_system_checks: list[str] = []

    def handle(self, **_options: Any) -> None:
        self.stdout.write(Fernet.generate_key().decode())
