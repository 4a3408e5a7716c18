"""Coming for the first time: so many accounts a day from one address, and no more."""

import ipaddress
from datetime import timedelta
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.views import SignupView
from allauth.socialaccount.views import SignupView as SocialSignupView
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from common.errors import TooMany
from common.limits import spend
from people.errors import TooManySignUps

DAY = int(timedelta(days=1).total_seconds())
# One household or company is given a whole network of these.
IPV6_NETWORK_BITS = 64


class CountsSignUps:
    """A form that is right counts as one sign-up from the sender's address.

    Before anybody asks whether the e-mail address is known here: an answer that
    depends on it would tell who has an account.
    """

    request: HttpRequest

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            _count_sign_up(self.request)
        except TooManySignUps as refusal:
            form.add_error(None, str(refusal))
            response = self.form_invalid(form)  # type: ignore[attr-defined]
            response.status_code = refusal.status
            response["Retry-After"] = str(refusal.retry_after)
            return response
        return super().form_valid(form)  # type: ignore[misc]


class SignUp(CountsSignUps, SignupView):
    pass


class SocialSignUp(CountsSignUps, SocialSignupView):
    pass


def _count_sign_up(request: HttpRequest) -> None:
    allowed = settings.ANSWERHALL_SIGNUPS_PER_ADDRESS
    if not allowed:
        return
    try:
        spend("people.sign_up", _place_of(request), (allowed, DAY))
    except TooMany as refusal:
        raise TooManySignUps(retry_after=refusal.retry_after or DAY) from refusal


def _place_of(request: HttpRequest) -> str:
    """The sender's address behind a key: there are few enough to try them all."""
    address = ipaddress.ip_address(get_adapter().get_client_ip(request))
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            address = address.ipv4_mapped
        else:
            bits = (address.packed, IPV6_NETWORK_BITS)
            address = ipaddress.ip_network(bits, strict=False).network_address
    return salted_hmac("people.sign_up", str(address), algorithm="sha256").hexdigest()
