"""Coming in through another house's door, over real HTTP with real signatures."""

from collections.abc import Iterator
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group
from django.core import mail
from django.http import HttpResponse
from django.test import Client

from people.models import Person
from tests.people.conftest import PASSWORD
from tests.people.openid_provider import CLIENT_ID, CLIENT_SECRET, Provider

DOOR = "/accounts/oidc/house/login/"
FORM = "/accounts/3rdparty/signup/"
AGREED = {"agree_terms": "on", "agree_privacy": "on", "agree_licence": "on"}


class StayHere(HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    provider = Provider(
        {
            "sub": "248289761001",
            "name": "Tang Wei",
            "email": "tangwei@example.com",
            "email_verified": True,
        }
    )
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {
            "OAUTH_PKCE_ENABLED": True,
            "APPS": [
                {
                    "provider_id": "house",
                    "name": "The Other House",
                    "client_id": CLIENT_ID,
                    "secret": CLIENT_SECRET,
                    "settings": {
                        "server_url": f"{provider.url}/.well-known/openid-configuration"
                    },
                }
            ],
        }
    }
    yield provider
    provider.close()


def walk_through(client: Client, start: str = DOOR) -> HttpResponse:
    """From our door to theirs and back, as a browser is led."""
    there = client.post(start)
    assert there.status_code == 302, there.content
    back = _ask_the_provider(there["Location"])
    return client.get(back)


def _ask_the_provider(address: str) -> str:
    from urllib.error import HTTPError

    try:
        build_opener(StayHere).open(address)
    except HTTPError as answer:
        parts = urlsplit(answer.headers["Location"])
        return f"{parts.path}?{parts.query}"
    raise AssertionError("The provider did not send the browser back.")


def test_the_door_lists_only_the_houses_in_the_settings(client, provider, settings, db):
    assert "The Other House" in client.get("/accounts/login/").content.decode()
    assert "GitHub" not in client.get("/accounts/login/").content.decode()

    settings.SOCIALACCOUNT_PROVIDERS = {}

    page = client.get("/accounts/login/").content.decode()
    assert "The Other House" not in page
    assert "Or come in with" not in page


def test_a_newcomer_agrees_to_the_terms_before_there_is_an_account(
    client, provider, db
):
    response = walk_through(client)

    assert response["Location"] == FORM
    assert not Person.objects.exists()
    page = client.get(FORM)
    assert page.context["form"]["display_name"].value() == "Tang Wei"
    values = {"display_name": "Tang Wei", "handle": "", "email": "tangwei@example.com"}
    refused = client.post(FORM, values)
    assert refused.context["form"].errors.keys() == AGREED.keys()
    assert not Person.objects.exists()

    client.post(FORM, values | AGREED)

    person = Person.objects.get()
    assert client.session["_auth_user_id"] == str(person.pk)
    assert person.handle.startswith("tang-wei-")
    assert person.consents.count() == 3
    assert not person.has_usable_password()
    assert {"/token", "/jwks"} <= set(provider.asked)


def test_a_member_comes_back_without_another_form(client, provider, db):
    walk_through(client)
    values = {"display_name": "Tang Wei", "handle": "", "email": "tangwei@example.com"}
    client.post(FORM, values | AGREED)
    again = Client()

    response = walk_through(again)

    assert response["Location"] == "/"
    assert again.session["_auth_user_id"] == client.session["_auth_user_id"]
    assert Person.objects.count() == 1


def test_an_address_the_house_did_not_verify_is_verified_by_us(
    client, provider, code_in_mail, db
):
    provider.claims["email_verified"] = False
    walk_through(client)
    values = {"display_name": "Tang Wei", "handle": "", "email": "tangwei@example.com"}

    client.post(FORM, values | AGREED)

    assert "_auth_user_id" not in client.session
    assert not EmailAddress.objects.get().verified
    client.post("/accounts/confirm-email/", {"code": code_in_mail()})
    assert "_auth_user_id" in client.session


@pytest.mark.parametrize("verified", [True, False])
def test_somebody_elses_address_opens_nobodys_account(
    client, provider, make_person, verified
):
    """Whoever controls a provider could claim any address."""
    owner = make_person("tangwei", accepts_terms=True)
    provider.claims["email_verified"] = verified
    response = walk_through(client)

    if response["Location"] == FORM:
        client.post(
            FORM,
            {"display_name": "Tang Wei", "handle": "", "email": owner.email} | AGREED,
        )

    assert "_auth_user_id" not in client.session
    assert not SocialAccount.objects.exists()
    assert Person.objects.count() == 1
    assert mail.outbox[-1].to == [owner.email]


def test_a_member_may_connect_the_house_to_their_account(
    client, provider, asker, client_of
):
    inside = client_of(asker)
    inside.post("/accounts/reauthenticate/", {"password": PASSWORD})
    walk_through(inside, f"{DOOR}?process=connect")

    assert SocialAccount.objects.get().user == asker
    outside = Client()
    walk_through(outside)
    assert outside.session["_auth_user_id"] == str(asker.pk)


@pytest.mark.parametrize(
    "forgery", ["another key", "another audience", "another state", "a used code"]
)
def test_a_forged_answer_opens_nothing(client, provider, forgery, db):
    provider.signs_with_another_key = forgery == "another key"
    if forgery == "another audience":
        provider.audience = "somebody-else"
    back = _ask_the_provider(client.post(DOOR)["Location"])
    if forgery == "another state":
        back = back.replace("state=", "state=x")
    if forgery == "a used code":
        provider.codes.clear()

    response = client.get(back)

    assert response.headers.get("Location") != FORM
    assert client.get(FORM).status_code == 302
    assert not Person.objects.exists()


def test_leaving_for_the_other_house_is_a_form(client, provider, db):
    """A link on another site must not sign anybody in as somebody."""
    response = client.get(DOOR)

    assert response.status_code == 200
    assert 'method="post"' in response.content.decode()
    assert provider.codes == {}


def test_staff_still_need_our_second_factor(client, provider, site, asker, client_of):
    inside = client_of(asker)
    inside.post("/accounts/reauthenticate/", {"password": PASSWORD})
    walk_through(inside, f"{DOOR}?process=connect")
    asker.groups.add(Group.objects.get(name="Moderators"))

    walk_through(client)

    assert client.get("/admin/")["Location"].startswith("/accounts/2fa/")


def test_coming_from_another_house_counts_as_a_sign_up_too(
    client, provider, settings, db
):
    settings.ANSWERHALL_SIGNUPS_PER_ADDRESS = 1
    values = {"display_name": "Tang Wei", "handle": "", "email": "tangwei@example.com"}
    walk_through(client)
    client.post(FORM, values | AGREED)
    second = Client()
    provider.claims["sub"] = "another"
    walk_through(second)

    refused = second.post(FORM, values | AGREED | {"email": "other@example.com"})

    assert refused.status_code == 429
    assert 'value="Tang Wei"' in refused.content.decode()
    assert Person.objects.count() == 1
