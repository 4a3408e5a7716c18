"""What a signed-in person must have done before they go on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from common.middleware import refused
from people import second_factor
from people.adapters import TERMS_DUE
from people.errors import TermsNotAccepted
from people.models import Person

GetResponse = Callable[[HttpRequest], HttpResponse]

STAFF_SESSION = timedelta(hours=12)

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
# What somebody who has not accepted new terms may still send.
OPEN_TO_POST = OPEN_NAMES | {"terms"}


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
            return None
        if _is_too_old(request):
            logout(request)
            return redirect_to_login(request.get_full_path())
        if not second_factor.is_required() or second_factor.passed(request):
            return None
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
        if request.method == "POST" and not is_open and TERMS_DUE in request.session:
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
    return request.path.startswith(reverse("wagtailadmin_home")) and person.is_staff


def _is_too_old(request: HttpRequest) -> bool:
    since = request.session.get(second_factor.SIGNED_IN_AT, 0)
    return timezone.now().timestamp() - since > STAFF_SESSION.total_seconds()


def _next_step(request: HttpRequest) -> str:
    has_factor = Authenticator.objects.filter(
        user=request.user,
        type__in=[Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN],
    ).exists()
    page = reverse("mfa_reauthenticate" if has_factor else "mfa_activate_totp")
    return f"{page}?{urlencode({'next': request.get_full_path()})}"
