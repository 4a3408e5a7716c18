"""What a signed-in person must have done before they go on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from common.api.errors import SignInFirst
from common.errors import Refused
from common.http import client_address, is_api
from common.limits import spend
from common.middleware import refused
from people import actions, queries, second_factor
from people.adapters import TERMS_DUE
from people.errors import (
    KeyNotAccepted,
    KeyOnlyReads,
    KeysAreForMembers,
    SecondFactorFirst,
    TermsNotAccepted,
)
from people.models import ApiKey, Person

GetResponse = Callable[[HttpRequest], HttpResponse]

STAFF_SESSION = timedelta(hours=12)
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# What one address may try in a minute with keys that open nothing.
WRONG_KEYS = (20, 60)

# What stays open to staff on their way through the second factor.
OPEN_NAMES = {
    "account_logout",
    "account_reauthenticate",
    "choose_language",
    "favicon",
    "healthz",
    "readyz",
    "theme",
}
# What somebody who has not accepted new terms may still send: leaving needs no yes.
OPEN_TO_POST = OPEN_NAMES | {"terms", "copy_of_my_data", "close_account"}


class api_keys:  # noqa: N801  named like the functions beside it
    """Under /api/, a key says who is there, whatever cookies come along.

    Anywhere else it says nothing: no key opens the admin or a page. A key that is not
    accepted makes nobody of its sender, not even a visitor.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.headers.get("Authorization")
        if header is not None and is_api(request):
            request.user = AnonymousUser()
            try:
                key = _key_in(header, request)
                request.user = key.person
                request.api_key = key  # type: ignore[attr-defined]
                _refuse_beyond_scope(key, request)
            except Refused as refusal:
                # Said once the reader's language is known.
                request.api_refusal = refusal  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable, _args: tuple, _kwargs: dict
    ) -> HttpResponse | None:
        refusal = getattr(request, "api_refusal", None)
        return refused(request, refusal) if refusal else None


def _key_in(header: str, request: HttpRequest) -> ApiKey:
    now = timezone.now()
    scheme, _space, secret = header.partition(" ")
    key = None
    if scheme.lower() == "bearer" and secret.startswith(actions.KEY_BEGINS):
        key = queries.api_key(secret, now)
    if key is None:
        spend("people.wrong_key", client_address(request), WRONG_KEYS)
        raise KeyNotAccepted
    if queries.acts_for_the_house(key.person):
        raise KeysAreForMembers
    actions.note_api_key_used(key, now)
    return key


def _refuse_beyond_scope(key: ApiKey, request: HttpRequest) -> None:
    if request.method in SAFE_METHODS:
        return
    if not key.may_write:
        raise KeyOnlyReads
    # No sign-in comes between new terms and a key, so they are asked about here.
    if queries.missing_consents(key.person):
        raise TermsNotAccepted


class staff_second_factor:  # noqa: N801  named like the functions beside it
    """Keep whoever may enter the admin on the second-factor pages until they passed.

    Everywhere, not only under /admin/: a moderator's rights count on public pages too.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable, _args: tuple, _kwargs: dict
    ) -> HttpResponse | None:
        name = _url_name(request)
        if name in OPEN_NAMES or name.startswith("mfa_"):
            return None
        if not _acts_for_the_house(request):
            _hide_the_admin(request)
            return None
        if _is_too_old(request):
            logout(request)
            if is_api(request):
                return refused(request, SignInFirst())
            return redirect_to_login(request.get_full_path())
        if not second_factor.is_required() or second_factor.passed(request):
            return None
        if is_api(request):
            return refused(request, SecondFactorFirst())
        return HttpResponseRedirect(_next_step(request))


def terms_before_posting(get_response: GetResponse) -> GetResponse:
    """Whoever has new terms to accept may read, and nothing else."""

    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    def process_view(
        request: HttpRequest, _view: Callable, _args: tuple, _kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        name = _url_name(request)
        is_open = name in OPEN_TO_POST or name.startswith("mfa_")
        writes = request.method not in SAFE_METHODS
        by_session = getattr(request, "api_key", None) is None
        if writes and by_session and not is_open and TERMS_DUE in request.session:
            return refused(request, TermsNotAccepted())
        return None

    middleware.process_view = process_view  # type: ignore[attr-defined]
    return middleware


def _url_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return (match.url_name if match else None) or ""


def _acts_for_the_house(request: HttpRequest) -> bool:
    """Under /admin/ by the role itself; elsewhere the badge saves the queries."""
    person = request.user
    if not isinstance(person, Person):
        return False
    if person.is_superuser or person.standing == Person.Standing.STAFF:
        return True
    return _is_in_the_admin(request) and person.is_staff


def _is_in_the_admin(request: HttpRequest) -> bool:
    return request.path.startswith(reverse("wagtailadmin_home"))


def _hide_the_admin(request: HttpRequest) -> None:
    """Wagtail would send members to the door, and the door would send them back."""
    if request.user.is_authenticated and _is_in_the_admin(request):
        raise Http404


def _is_too_old(request: HttpRequest) -> bool:
    longest = STAFF_SESSION.total_seconds()
    return second_factor.seconds_since_signing_in(request) > longest


def _next_step(request: HttpRequest) -> str:
    has_factor = Authenticator.objects.filter(
        user=request.user,
        type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN],
    ).exists()
    page = reverse("mfa_reauthenticate" if has_factor else "mfa_activate_totp")
    return f"{page}?{urlencode({'next': request.get_full_path()})}"
