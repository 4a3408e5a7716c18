"""What signing in says about devices and networks, as codes of one month.

The only place that sees an address or a device's cookie. Neither is written down: what
is kept is a keyed hash in which the month is mixed, so that codes of two months cannot
be compared, and the codes themselves only for some days. Nobody is ever shown one.
"""

import ipaddress
import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from allauth.account.signals import user_logged_in
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from common.http import client_address
from common.site_day import site_day
from people.models import Person
from rewards.models import FairPlayRules, SignInTrace

COOKIE = "device"
COOKIE_AGE = timedelta(days=90)
TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)
CODE_CHARS = 32
# A household has one of these, however many addresses of it.
IPV6_PREFIX = 64


@receiver(user_logged_in)
def note_sign_in(
    request: HttpRequest,
    user: Person,
    response: HttpResponse | None = None,
    **_kwargs: Any,
) -> None:
    if not FairPlayRules.current().watch_sign_ins:
        if response is not None and COOKIE in request.COOKIES:
            response.delete_cookie(COOKIE)
        return
    now = timezone.now()
    token = request.COOKIES.get(COOKIE, "")
    if not TOKEN.fullmatch(token):
        token = secrets.token_urlsafe(16)
    if response is not None:
        response.set_cookie(
            COOKIE,
            token,
            max_age=COOKIE_AGE,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            # Sent where it is read, and nowhere else.
            path="/accounts/",
        )
    _keep(user, SignInTrace.Kind.DEVICE, token, now)
    if network := _network(client_address(request)):
        _keep(user, SignInTrace.Kind.NETWORK, network, now)


def code_of(kind: str, value: str, at: datetime) -> str:
    """The same for the same value within a month of the site."""
    salt = f"rewards.sign_in:{kind}:{site_day(at):%Y-%m}"
    return salted_hmac(salt, value, algorithm="sha256").hexdigest()[:CODE_CHARS]


def _keep(person: Person, kind: str, value: str, at: datetime) -> None:
    SignInTrace.objects.update_or_create(
        person=person, kind=kind, code=code_of(kind, value, at), defaults={"at": at}
    )


def _network(address: str) -> str:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if ip.version == 4:  # noqa: PLR2004
        return str(ip)
    return str(ipaddress.ip_network((ip, IPV6_PREFIX), strict=False))
