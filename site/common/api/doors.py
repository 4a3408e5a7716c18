"""Who may call an operation: anybody, a member, a member who may write.

Whom a key belongs to, and what it opens, people's middleware has found out before:
`request.user` is that person and `request.api_key` the key. Without one it is the
browser's session that counts, and then a change needs the page's CSRF token.
"""

from typing import Any

from django.http import HttpRequest
from ninja.utils import check_csrf

from common.api.errors import NotTrusted, SignInFirst, WrongMediaType
from common.api.parsing import JSON
from common.http import client_address
from common.limits import spend

# (how many, within how many seconds)
VISITORS_READ = ((120, 60), (3_000, 3_600))
MEMBERS_READ = ((300, 60), (10_000, 3_600))
# What a person does is limited by what it is as well, as on the pages.
MEMBERS_WRITE = ((60, 60), (1_000, 3_600))


def anybody(request: HttpRequest) -> Any:
    if request.user.is_authenticated:
        return member(request)
    spend("api.read", client_address(request), *VISITORS_READ)
    return request.user


def member(request: HttpRequest) -> Any:
    _refuse_strangers(request)
    spend("api.read", f"person {request.user.pk}", *MEMBERS_READ)
    return request.user


def writer(request: HttpRequest) -> Any:
    _refuse_strangers(request)
    if _sends_something_else(request):
        raise WrongMediaType
    if getattr(request, "api_key", None) is None and check_csrf(request) is not None:
        raise NotTrusted
    spend("api.write", f"person {request.user.pk}", *MEMBERS_WRITE)
    return request.user


def _sends_something_else(request: HttpRequest) -> bool:
    """A body that is not JSON. It is not even read."""
    has_body = request.META.get("CONTENT_LENGTH") not in (None, "", "0")
    return has_body and request.content_type != JSON


def _refuse_strangers(request: HttpRequest) -> None:
    if not request.user.is_authenticated:
        raise SignInFirst
