"""Telling readers apart for one day, without knowing who they are."""

import hashlib
import hmac
import secrets
from datetime import datetime

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest

from common.site_day import site_day

TWO_DAYS = 2 * 24 * 60 * 60


def reader_key(request: HttpRequest, at: datetime) -> str:
    """The same for one browser during one day of the site; no cookie is read or set.

    The salt is thrown away after the day, so nobody can find the reader again.
    """
    day = site_day(at).isoformat()
    salt = cache.get_or_set(f"kb-reader-salt:{day}", secrets.token_hex, TWO_DAYS)
    who = f"{day}\n{client_address(request)}\n{request.headers.get('User-Agent', '')}"
    key = hmac.new(str(salt).encode(), who.encode("utf-8", "replace"), hashlib.sha256)
    return key.hexdigest()


def client_address(request: HttpRequest) -> str:
    """The reader's own address, also behind the proxies the settings trust."""
    return get_adapter(request).get_client_ip(request)
