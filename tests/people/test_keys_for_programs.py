"""Members make keys for their programs, and end them; staff have none."""

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from common import outbox
from people import actions, second_factor
from people.errors import KeysAreForMembers, TooManyKeys
from people.models import ApiKey, Person
from tests.people.conftest import PASSWORD

PAGE = "/en/members/me/keys/"
WISHES = {"name": "Monday report", "scope": "read", "days": "90"}


@pytest.fixture
def confirmed(client_of: Callable[[Person], Client]) -> Callable[[Person], Client]:
    """A browser in which the person has just typed their password once more."""

    def sign_in(person: Person) -> Client:
        client = client_of(person)
        client.post("/accounts/reauthenticate/", {"password": PASSWORD})
        session = client.session
        session[second_factor.SESSION_KEY] = person.pk
        session.save()
        return client

    return sign_in


@pytest.fixture
def make_key(clock) -> Callable[..., tuple[ApiKey, str]]:
    def make(person: Person, scope: str = "read", **fields) -> tuple[ApiKey, str]:
        values = {"name": "Report", "scope": scope, "days": 30, "at": clock.now}
        return actions.make_api_key(person=person, **(values | fields))

    return make


def read_me(secret: str) -> int:
    """What a program gets that asks who it acts for."""
    headers = {"authorization": f"Bearer {secret}"}
    return Client().get("/api/v1/me/", headers=headers).status_code


def secret_on(page: str) -> str:
    found = re.search(r"<code>\s*(ah_[\w-]{43})\s*</code>", page)
    assert found, "no key is shown"
    return found[1]


# Making one


def test_a_key_is_shown_once_and_only_its_hash_is_kept(confirmed, asker):
    browser = confirmed(asker)

    shown = browser.post(PAGE, WISHES)
    secret = secret_on(shown.content.decode())
    again = browser.get(PAGE).content.decode()

    key = ApiKey.objects.get()
    assert key.hash == hashlib.sha256(secret.encode()).hexdigest()
    assert secret not in again
    assert secret.startswith(key.prefix)
    assert key.prefix in again
    assert "no-store" in shown["Cache-Control"]
    assert not [value for value in vars(key).values() if value == secret]
    assert read_me(secret) == 200


def test_the_page_asks_for_the_password_once_more(client_of, asker):
    browser = client_of(asker)

    page = browser.get(PAGE)
    posted = browser.post(PAGE, WISHES)

    assert page.url.startswith("/accounts/reauthenticate/")
    assert posted.url.startswith("/accounts/reauthenticate/")
    assert not ApiKey.objects.exists()


def test_a_stranger_is_asked_to_sign_in(client, db):
    assert client.get(PAGE).url.startswith("/accounts/login/")
    assert client.post(PAGE, WISHES).url.startswith("/accounts/login/")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"name": "two\x00lines"},
        {"scope": "admin"},
        {"days": "100000"},
        {"days": "0"},
    ],
)
def test_a_key_without_sense_is_not_made(confirmed, asker, wrong):
    response = confirmed(asker).post(PAGE, WISHES | wrong)

    assert response.status_code == 400
    assert not ApiKey.objects.exists()


def test_nobody_makes_a_key_from_another_site(asker, confirmed):
    browser = confirmed(asker)
    browser.handler.enforce_csrf_checks = True

    assert browser.post(PAGE, WISHES).status_code == 403
    assert not ApiKey.objects.exists()


def test_twenty_keys_are_enough(make_key, asker, confirmed):
    for _number in range(20):
        make_key(asker)

    with pytest.raises(TooManyKeys):
        make_key(asker)
    assert confirmed(asker).post(PAGE, WISHES).status_code == 409
    assert ApiKey.objects.count() == 20


def test_the_owner_is_told_of_a_new_key(make_key, asker, clock, mailoutbox):
    make_key(asker, name="Report")
    outbox.drain(at=clock.now)

    assert asker.notifications.get().data == {"name": "Report"}
    (mail,) = mailoutbox
    assert mail.to == [asker.email]
    assert "Report" in mail.body


# Ending one


def test_a_revoked_key_opens_nothing(make_key, asker, confirmed):
    key, secret = make_key(asker)
    assert read_me(secret) == 200

    confirmed(asker).post(f"{PAGE}{key.pk}/revoke/")

    assert read_me(secret) == 401


def test_nobody_ends_another_s_key(make_key, asker, stranger, confirmed):
    key, secret = make_key(asker)

    response = confirmed(stranger).post(f"{PAGE}{key.pk}/revoke/")

    assert response.status_code == 404
    assert read_me(secret) == 200


def test_a_key_is_not_ended_by_looking(make_key, asker, confirmed):
    key, secret = make_key(asker)

    assert confirmed(asker).get(f"{PAGE}{key.pk}/revoke/").status_code == 405
    assert read_me(secret) == 200


def test_a_key_ends_by_itself(make_key, asker):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        _key, secret = make_key(asker, at=timezone.now(), days=30)
        clock.shift(timedelta(days=29))
        assert read_me(secret) == 200

        clock.shift(timedelta(days=1))

        assert read_me(secret) == 401


def test_the_key_of_somebody_shut_out_is_dead_for_good(make_key, asker, clock):
    _key, secret = make_key(asker)

    actions.set_active(person=asker, is_active=False, at=clock.now)
    while_out = read_me(secret)
    actions.set_active(person=asker, is_active=True, at=clock.now)

    assert while_out == 401
    assert read_me(secret) == 401


def test_the_key_of_somebody_inactive_is_dead(make_key, asker):
    _key, secret = make_key(asker)

    Person.objects.filter(pk=asker.pk).update(is_active=False)

    assert read_me(secret) == 401


def test_who_leaves_takes_their_keys_along(make_key, asker, clock):
    _key, secret = make_key(asker)

    actions.erase_person(person=asker, at=clock.now)

    assert read_me(secret) == 401
    assert not ApiKey.objects.exists()


def test_a_new_password_ends_every_key(make_key, asker, confirmed):
    _key, secret = make_key(asker)

    confirmed(asker).post(
        "/accounts/password/change/",
        {
            "oldpassword": PASSWORD,
            "password1": "quite-another-passphrase",
            "password2": "quite-another-passphrase",
        },
    )

    assert read_me(secret) == 401


# Using one


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer ah_",
        "Bearer ah_" + "x" * 43,
        "Bearer ah_\u00e9",
        "Basic bGluamlhbjpzZWNyZXQ=",
        "Token ah_xyz",
        "Bearer " + "x" * 5000,
    ],
)
def test_what_is_no_key_is_401_even_where_visitors_may_read(client, asker, header):
    for address in ("/api/v1/me/", "/api/v1/circles/", "/api/v1/schema/"):
        response = client.get(address, headers={"authorization": header})

        assert response.status_code == 401
        assert response.json()["code"] == "key-not-accepted"
        assert response["WWW-Authenticate"].startswith("Bearer")


def test_the_owner_s_hash_is_no_key(make_key, asker):
    key, _secret = make_key(asker)

    assert read_me(key.hash) == 401
    assert read_me(f"ah_{key.hash}") == 401
    assert read_me(key.prefix) == 401


def test_guessing_keys_is_slowed_down(client, asker):
    headers = {"authorization": "Bearer ah_wrong"}

    answers = [
        client.get("/api/v1/me/", headers=headers).status_code for _try in range(21)
    ]

    assert answers == [401] * 20 + [429]


def test_a_wrong_key_is_not_made_good_by_a_session(client_of, asker):
    response = client_of(asker).get(
        "/api/v1/me/", headers={"authorization": "Bearer ah_wrong"}
    )

    assert response.status_code == 401


def test_the_key_decides_who_it_is_whatever_cookie_comes_along(
    make_key, client_of, asker, stranger
):
    _key, secret = make_key(asker)

    response = client_of(stranger).get(
        "/api/v1/me/", headers={"authorization": f"Bearer {secret}"}
    )

    assert response.json()["member"]["handle"] == asker.handle


def test_when_a_key_was_used_is_known_to_the_hour(make_key, asker):
    key, secret = make_key(asker)
    moment = timezone.now().replace(minute=20)
    with time_machine.travel(moment, tick=False) as clock:
        read_me(secret)
        key.refresh_from_db()
        first = key.last_used_at
        clock.shift(timedelta(minutes=20))
        read_me(secret)
        key.refresh_from_db()

    assert (
        first == key.last_used_at == moment.replace(minute=0, second=0, microsecond=0)
    )


def test_a_key_opens_no_page(make_key, asker, client):
    _key, secret = make_key(asker, scope="write")
    headers = {"authorization": f"Bearer {secret}"}

    for page in ("/admin/", "/en/members/me/", PAGE, "/en/notifications/"):
        response = client.get(page, headers=headers)
        assert response.status_code == 302
        assert "/login/" in response.url


def test_new_terms_come_before_writing_by_key(make_key, asker, client):
    _key, secret = make_key(asker, scope="write")
    headers = {"authorization": f"Bearer {secret}"}

    def mark_all_as_read():
        return client.post(
            "/api/v1/me/notifications/read/",
            {},
            content_type="application/json",
            headers=headers,
        )

    refused = mark_all_as_read()
    actions.accept_terms(person=asker, at=timezone.now())

    assert refused.status_code == 403
    assert refused.json()["code"] == "terms-not-accepted"
    assert read_me(secret) == 200
    assert mark_all_as_read().status_code == 200


# Staff: a key has no second factor, so it never carries a right of the house


def test_staff_make_no_keys(make_key, moderator, confirmed):
    with pytest.raises(KeysAreForMembers):
        make_key(moderator)

    page = confirmed(moderator).get(PAGE).content.decode()

    assert "staff have no API keys" in page
    assert "Make the key" not in page


def test_the_key_of_a_member_who_joins_the_staff_sleeps(make_key, asker, site):
    from django.contrib.auth.models import Group

    _key, secret = make_key(asker, scope="write")
    moderators = Group.objects.get(name="Moderators")

    asker.groups.add(moderators)
    as_staff = read_me(secret)
    asker.groups.remove(moderators)

    assert as_staff == 403
    assert read_me(secret) == 200


def test_a_single_right_of_the_house_is_enough_to_have_no_key(make_key, asker, site):
    """Rights can be given past the groups; a key would carry them past the factor."""
    from django.contrib.auth.models import Permission

    _key, secret = make_key(asker, scope="write")

    asker.user_permissions.add(Permission.objects.get(codename="access_admin"))

    assert read_me(secret) == 403


def test_staff_without_the_second_factor_read_nothing_by_session(moderator, settings):
    settings.ANSWERHALL_STAFF_MFA = "required"
    browser = Client()
    browser.force_login(moderator, "django.contrib.auth.backends.ModelBackend")

    response = browser.get("/api/v1/me/")

    assert response.status_code == 403
    assert response.json()["code"] == "second-factor-first"


def test_staff_with_the_second_factor_read_by_session(moderator, client_of, settings):
    settings.ANSWERHALL_STAFF_MFA = "required"

    assert client_of(moderator).get("/api/v1/me/").status_code == 200


def test_a_service_agent_is_a_member_and_may_have_a_key(make_key, asker, clock):
    actions.set_standing(person=asker, standing="agent", at=clock.now)

    _key, secret = make_key(Person.objects.get(pk=asker.pk))

    assert read_me(secret) == 200
