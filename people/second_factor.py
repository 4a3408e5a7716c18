"""Whether this session has passed a second factor, and who must."""

from typing import Any

from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.http import HttpRequest

from people.models import Person

# Our mark, for a factor set up in this very session; it names its person, so it is
# worth nothing to the next one.
SESSION_KEY = "second_factor_of"
SIGNED_IN_AT = "signed_in_at"


def is_required() -> bool:
    return settings.ANSWERHALL_STAFF_MFA == "required"


def passed(request: HttpRequest) -> bool:
    if request.session.get(SESSION_KEY) == request.user.pk:
        return True
    return any(record.get("method") == "mfa" for record in _records(request))


def mark(request: HttpRequest, person: Person) -> None:
    request.session[SESSION_KEY] = person.pk


def forget(request: HttpRequest) -> None:
    """The factor is gone: this session has to pass another."""
    request.session.pop(SESSION_KEY, None)
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record for record in _records(request) if record.get("method") != "mfa"
    ]


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    """How this session came in, by django-allauth; emptied when the person changes."""
    return request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
