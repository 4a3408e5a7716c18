"""Which language a request is answered in."""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
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
    """The person's choice, then the prefix in `next`, then Accept-Language."""
    if chosen := person_language(request):
        return chosen
    try:
        target = urlsplit(request.GET.get("next", "")).path
    except ValueError:
        target = ""
    if wanted := language_in_path(target):
        return wanted
    return translation.get_language_from_request(request)


def path_in(path: str, language: str) -> str:
    """The same address under another language's prefix."""
    _slash, _old, rest = path.split("/", 2) if language_in_path(path) else ("", "", "")
    return f"/{language}/{rest}"
