"""Which language a request is answered in."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

CODES = [code for code, _name in settings.LANGUAGES]


def language_in_path(path: str) -> str | None:
    first = path.lstrip("/").split("/", 1)[0]
    return first if first in CODES else None


def person_language(request: HttpRequest) -> str | None:
    user = request.user
    chosen = user.language if user.is_authenticated else ""
    return chosen if chosen in CODES else None


def language_of_unprefixed(request: HttpRequest) -> str:
    """The person's choice, then where they came from, then Accept-Language.

    Where they came from is the prefix in `next`, later the cookie that remembers it.
    """
    chosen = person_language(request) or language_in_next(request)
    return chosen or translation.get_language_from_request(request)


def language_in_next(request: HttpRequest) -> str | None:
    try:
        return language_in_path(urlsplit(request.GET.get("next", "")).path)
    except ValueError:
        return None


def remember_language_in_next(request: HttpRequest, response: HttpResponse) -> None:
    """Signing up takes several pages, and only the first address names a `next`."""
    path = settings.LANGUAGE_COOKIE_PATH
    language = language_in_next(request)
    name = settings.LANGUAGE_COOKIE_NAME
    known = request.COOKIES.get(name)
    if language and language != known and request.path_info.startswith(path):
        response.set_cookie(
            name,
            language,
            path=path,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )


def path_in(path: str, language: str) -> str:
    """The same address under another language's prefix."""
    _slash, _old, rest = path.split("/", 2) if language_in_path(path) else ("", "", "")
    return f"/{language}/{rest}"
