"""What `manage.py check` verifies about rewards."""

from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import Error, register


@register
def voucher_keys_are_keys(**_: Any) -> list[Error]:
    """Without one no code could be stored, nor any that is stored be read."""
    keys = settings.ANSWERHALL_VOUCHER_KEYS
    if keys and all(map(_is_key, keys)):
        return []
    return [
        Error(
            "ANSWERHALL_VOUCHER_KEYS must be one Fernet key or more, comma separated.",
            hint="`manage.py voucher_key` makes one.",
            id="rewards.E001",
        )
    ]


def _is_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True
