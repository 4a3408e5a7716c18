"""OpenID Connect with the signature checked, however the token reached us."""

from typing import Any

from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.views import (
    OpenIDConnectOAuth2Adapter,
)
from django.http import HttpRequest, HttpResponse


class SignedOpenIDConnect(OpenIDConnectOAuth2Adapter):
    """django-allauth trusts a token that came straight from the provider over TLS.

    Inside a company the way to the provider is not always TLS.
    """

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=self.openid_config["issuer"],
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
        )


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends the browser back to; stands before allauth's own."""
    view = OAuth2CallbackView.adapter_view(SignedOpenIDConnect(request, provider_id))
    return view(request)
