"""Staff without a second factor reach nothing but the pages that set one up."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from people.models import Person
from tests.people.conftest import PASSWORD

SET_UP = "/accounts/2fa/totp/activate/"
REPEAT = "/accounts/2fa/reauthenticate/"

# Doors out of the admin: they lead to the one door or show nobody's data.
OPEN = {"admin/login/", "admin/logout/", "admin/password_reset/"}


@pytest.fixture(autouse=True)
def _required(settings):
    settings.ANSWERHALL_STAFF_MFA = "required"


def signed_in_without_factor(person: Person) -> Client:
    client = Client()
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    return client


def code_of(secret: str) -> str:
    """What the app on their phone shows now."""
    counter = int(time.time()) // 30
    return totp.format_hotp_value(totp.hotp_value(secret, counter))


def admin_addresses() -> Iterator[str]:
    """Every address under /admin/, with something in each of its places."""

    def walk(patterns: list, path: str) -> Iterator[str]:
        for entry in patterns:
            part = _filled(str(entry.pattern))
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, path + part)
            elif isinstance(entry, URLPattern):
                yield path + part

    return (
        address
        for address in walk(get_resolver().url_patterns, "")
        if address.startswith("admin/")
    )


def _filled(pattern: str) -> str:
    # Only the patterns of Wagtail's admin matter; they are plain paths or `^…$`.
    pattern = re.sub(r"<(?:int|slug|str|path|uuid)?:?\w+>", "1", pattern)
    pattern = re.sub(r"\(\?P<\w+>(?:[^()]|\([^()]*\))*\)", "1", pattern)
    return re.sub(r"[\^$\\]", "", pattern)


def test_there_is_an_admin_to_walk_through():
    assert len(set(admin_addresses())) > 150


@pytest.mark.parametrize("group", ["Editors", "Moderators", "Desk", "Managers"])
def test_no_admin_address_opens_without_the_factor(make_staff, group):
    client = signed_in_without_factor(make_staff("zhoumin", group))

    for address in sorted(set(admin_addresses())):
        if any(address.startswith(door) for door in OPEN):
            continue
        for ask in (client.get, client.post):
            response = ask(f"/{address}")
            found = response.status_code == 302
            assert found or response.status_code in {301, 404}, address
            if found:
                assert response["Location"].startswith(SET_UP), address


def test_an_administrator_needs_it_as_well(make_person):
    boss = make_person("boss")
    Person.objects.filter(pk=boss.pk).update(is_superuser=True)

    response = signed_in_without_factor(Person.objects.get(pk=boss.pk)).get("/admin/")

    assert response["Location"].startswith(SET_UP)


def test_a_right_given_past_the_groups_we_know_needs_it_too(site, make_person):
    """The badge may be stale; under /admin/ only the role itself is asked."""
    odd = make_person("odd")
    odd.user_permissions.set(Group.objects.get(name="Editors").permissions.all())

    response = signed_in_without_factor(Person.objects.get(pk=odd.pk)).get("/admin/")

    assert response["Location"].startswith(SET_UP)


def test_public_pages_wait_too(moderator, asker):
    assert (
        signed_in_without_factor(moderator)
        .get("/en/members/me/")["Location"]
        .startswith(SET_UP)
    )
    assert (
        not signed_in_without_factor(asker)
        .get("/en/members/me/")["Location"]
        .startswith(SET_UP)
    )


def test_staff_may_sign_out_on_the_way(moderator):
    client = signed_in_without_factor(moderator)

    client.post("/accounts/logout/")

    assert "_auth_user_id" not in client.session


def test_the_settings_of_a_workshop_switch_it_off(moderator, settings):
    settings.ANSWERHALL_STAFF_MFA = "off"

    assert signed_in_without_factor(moderator).get("/admin/").status_code == 200


def test_with_the_factor_the_admin_opens(moderator, client_of):
    assert client_of(moderator).get("/admin/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_admin_in_this_session(moderator, sign_in):
    client, _response = sign_in(moderator.email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    page = client.get(SET_UP)
    assert page.status_code == 200

    client.post(SET_UP, {"code": code_of(page.context["form"].secret)})

    assert client.get("/admin/").status_code == 200


def test_a_wrong_code_sets_nothing_up(moderator, sign_in):
    client, _response = sign_in(moderator.email)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get(SET_UP)

    client.post(SET_UP, {"code": "000000"})

    assert not Authenticator.objects.exists()
    assert client.get("/admin/")["Location"].startswith(SET_UP)


@pytest.fixture
def with_app(moderator):
    secret = totp.generate_totp_secret()
    totp.TOTP.activate(moderator, secret)
    return moderator, secret


def test_the_password_alone_no_longer_signs_in(with_app, sign_in):
    moderator, secret = with_app

    client, response = sign_in(moderator.email)
    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session
    client.post("/accounts/2fa/authenticate/", {"code": "000000"})
    assert "_auth_user_id" not in client.session

    client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})

    assert client.get("/admin/").status_code == 200


def test_a_mailed_code_alone_does_not_sign_in_either(with_app, client, code_in_mail):
    client.post("/accounts/login/code/", {"email": with_app[0].email})

    response = client.post("/accounts/login/code/confirm/", {"code": code_in_mail()})

    assert response["Location"].startswith("/accounts/2fa/authenticate/")
    assert "_auth_user_id" not in client.session


def test_the_sixth_wrong_code_is_429(with_app, sign_in):
    client, _response = sign_in(with_app[0].email)

    answers = [
        client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code
        for _try in range(6)
    ]

    assert answers == [200] * 5 + [429]


def test_a_session_from_before_the_app_shows_it_once(with_app):
    moderator, secret = with_app
    client = signed_in_without_factor(moderator)
    assert client.get("/admin/")["Location"].startswith(REPEAT)

    client.post(REPEAT, {"code": code_of(secret)})

    assert client.get("/admin/").status_code == 200


def test_without_the_app_the_admin_closes_again_everywhere(with_app, sign_in):
    moderator, secret = with_app
    with time_machine.travel(timezone.now()) as clock:
        browsers = []
        for _browser in range(2):
            client, _response = sign_in(moderator.email)
            client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})
            assert client.get("/admin/").status_code == 200
            browsers.append(client)
            clock.shift(timedelta(seconds=31))
        here, elsewhere = browsers
        here.post(REPEAT, {"code": code_of(secret)})

        here.post("/accounts/2fa/totp/deactivate/")

    assert not Authenticator.objects.exists()
    assert here.get("/admin/")["Location"].startswith(SET_UP)
    assert "_auth_user_id" not in elsewhere.session


def test_losing_the_role_counts_at_once(moderator, client_of):
    client = client_of(moderator)
    assert client.get("/admin/").status_code == 200

    moderator.groups.clear()

    assert client.get("/admin/").status_code != 200


def test_a_working_day_ends_after_twelve_hours(moderator, asker, client_of):
    with time_machine.travel(timezone.now()) as clock:
        staff, member = client_of(moderator), client_of(asker)
        clock.shift(timedelta(hours=11, minutes=59))
        assert staff.get("/admin/").status_code == 200

        clock.shift(timedelta(minutes=2))

        assert staff.get("/admin/")["Location"] == "/accounts/login/?next=/admin/"
        assert "_auth_user_id" not in staff.session
        assert "_auth_user_id" in member.session


@pytest.mark.parametrize(
    "address",
    ["/admin/password_reset/", "/admin/password_reset/done/", "/admin/login/"],
)
def test_wagtails_own_doors_lead_to_ours(client, address, db):
    response = client.get(address)

    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/")


def test_wagtails_own_forms_open_nothing(client, moderator):
    client.post("/admin/login/", {"username": moderator.handle, "password": PASSWORD})
    client.post("/admin/password_reset/", {"email": moderator.email})

    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("address", ["", "pages/", "login/", "desk/", "reports/x/"])
def test_for_members_there_is_no_admin(make_person, client_of, address):
    """And above all no way from its door to itself and back, again and again."""
    member = client_of(make_person("linjian"))

    assert member.get(f"/admin/{address}").status_code == 404
    assert member.post(f"/admin/{address}").status_code == 404
