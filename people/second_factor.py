"""What a session has proved: a second factor, or who sits there at this moment."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.account.decorators import reauthentication_required
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from people.models import Person

# Our mark, for a factor set up in this very session; it names its person, so it is
# worth nothing to the next one.
SESSION_KEY = "second_factor_of"
SIGNED_IN_AT = "signed_in_at"
# How long a code by e-mail counts for somebody who has no password to ask for.
CODE_COUNTS_FOR = timedelta(minutes=15)

View = Callable[..., HttpResponseBase]


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


def came_in_just_now(view: View) -> View:
    """Let nobody in who merely found a browser open: ask for the password again.

    Who has neither password nor factor signs in once more.
    """
    with_proof = reauthentication_required(view)

    @wraps(view)
    def for_the_person(
        request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        if get_adapter().get_reauthentication_methods(request.user):
            return with_proof(request, *args, **kwargs)
        if seconds_since_signing_in(request) <= CODE_COUNTS_FOR.total_seconds():
            return view(request, *args, **kwargs)
        logout(request)
        words = _("Please sign in once more, so that we know it is you.")
        messages.info(request, words)
        return redirect_to_login(reverse("people:my_data"))

    return for_the_person


def seconds_since_signing_in(request: HttpRequest) -> float:
    return timezone.now().timestamp() - request.session.get(SIGNED_IN_AT, 0)
