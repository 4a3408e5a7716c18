"""Secrets that must be read again: codes of gifts, keys of hooks.

ANSWERHALL_VOUCHER_KEYS names one key or more: the first seals, all of them open. So a
key is changed by putting the new one first and running `seal_codes_anew`.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class WrongKeys(Exception):
    """None of ANSWERHALL_VOUCHER_KEYS opens what was sealed."""


def seal(words: str) -> str:
    return _locks(_keys()).encrypt(words.encode()).decode()


def unseal(sealed: str) -> str:
    """Raises WrongKeys."""
    try:
        return _locks(_keys()).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise WrongKeys("ANSWERHALL_VOUCHER_KEYS lacks the key of a code.") from error


def digests(words: str) -> list[str]:
    """What tells that a code is known without opening any: 64 characters for each key.

    The first is stored with the code; after a change of keys the others still find it.
    """
    return [
        hmac.new(_digest_key(key), words.encode(), hashlib.sha256).hexdigest()
        for key in _keys()
    ]


def _keys() -> tuple[str, ...]:
    return tuple(settings.ANSWERHALL_VOUCHER_KEYS)


@lru_cache(maxsize=8)
def _locks(keys: Sequence[str]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


@lru_cache(maxsize=8)
def _digest_key(key: str) -> bytes:
    """Not the key itself: it encrypts, and one key does one thing."""
    secret = base64.urlsafe_b64decode(key)
    return hmac.new(secret, b"answerhall voucher digest", hashlib.sha256).digest()
