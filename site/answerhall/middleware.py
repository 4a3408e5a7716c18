"""What every request passes: headers that keep browsers safe, the reader's language."""

from collections.abc import Callable
from datetime import datetime
from hashlib import blake2b
from http import HTTPStatus
from typing import TypeGuard
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.cache import patch_vary_headers
from django.utils.http import http_date

from answerhall.languages import (
    language_in_path,
    language_of_unprefixed,
    person_language,
    remember_language_in_next,
)
from answerhall.page_cache import SHOWN
from common import freshness

GetResponse = Callable[[HttpRequest], HttpResponse]

PUBLIC_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
# Wagtail's editor needs inline styles and scripts; members never see these pages.
STAFF_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'self'; "
    "frame-ancestors 'self'; object-src 'none'"
)


def security_headers(get_response: GetResponse) -> GetResponse:
    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        staff = request.path.startswith("/admin/")
        headers = response.headers
        headers.setdefault(
            "Content-Security-Policy", STAFF_POLICY if staff else PUBLIC_POLICY
        )
        headers.setdefault(
            "Permissions-Policy",
            "camera=(), geolocation=(self), microphone=(), payment=(), usb=()",
        )
        headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        headers.setdefault("X-Frame-Options", "SAMEORIGIN" if staff else "DENY")
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = _cache_control(request, response)
        return response

    return middleware


def _cache_control(request: HttpRequest, response: HttpResponse) -> str:
    """Somebody's own pages are stored nowhere; public ones are asked for again.

    `no-transform` keeps mobile search engines from rewriting the page.
    """
    user = getattr(request, "user", None)
    own = user is not None and user.is_authenticated
    if own or response.cookies or request.method not in ("GET", "HEAD"):
        return "private, no-store, no-transform"
    return "public, no-cache, no-transform"


def tell_what_it_shows(get_response: GetResponse) -> GetResponse:
    """Leave word for the page cache; name what visitors get by its ETag, and say since
    when it says what it says."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return get_response(request)
        with freshness.collecting() as shown:
            response = get_response(request)
        if request.user.is_authenticated or response.streaming:
            shown.is_alike_for_visitors = False
        if response.status_code != HTTPStatus.OK:
            shown.viewed = None
        elif shown.is_alike_for_visitors:
            digest = blake2b(response.content, digest_size=12).hexdigest()
            response.headers["ETag"] = f'W/"{digest}"'
            if is_over(shown.words_at):
                response.headers["Last-Modified"] = http_date(
                    shown.words_at.timestamp()
                )
        request.META[SHOWN] = shown
        return response

    return middleware


def is_over(moment: datetime | None) -> TypeGuard[datetime]:
    """Whether the second of this moment has passed.

    HTTP counts in seconds: who reads between two changes in one second could not be
    told that there was a second one.
    """
    return moment is not None and int(moment.timestamp()) < int(
        timezone.now().timestamp()
    )


class language_of_the_reader:  # noqa: N801  named like the functions beside it
    """Activate the reader's language and time zone.

    The prefix decides which addresses resolve; a signed-in person's own choice then
    decides the words of the interface. Wagtail's pages are found after the view has
    been called, so for them the second step is kb's hook on serving a page.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        prefix = language_in_path(request.path_info)
        language = prefix or language_of_unprefixed(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        zone = settings.ANSWERHALL_TIME_ZONE
        if request.user.is_authenticated and request.user.time_zone:
            zone = request.user.time_zone
        timezone.activate(ZoneInfo(zone))
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language())
        if not prefix:
            patch_vary_headers(response, ("Accept-Language",))
            remember_language_in_next(request, response)
        return response

    def process_view(
        self, request: HttpRequest, _view: Callable, _args: tuple, _kwargs: dict
    ) -> None:
        match = request.resolver_match
        if match and match.url_name == "wagtail_serve":
            return
        if chosen := person_language(request):
            translation.activate(chosen)
            request.LANGUAGE_CODE = chosen
