"""The person's choice wins, then the address, then the browser."""

import pytest
from django.conf import settings
from django.test import Client


@pytest.mark.parametrize(
    ("asks", "gets"),
    [("zh-CN,zh;q=0.9", "/zh-hans/"), ("en-GB", "/en/"), ("fr", "/en/"), ("", "/en/")],
)
def test_a_stranger_is_sent_to_the_language_of_the_browser(site, client, asks, gets):
    response = client.get("/", headers={"accept-language": asks})

    assert response.status_code == 302
    assert response.url == gets
    assert "Accept-Language" in response["Vary"]


def test_a_member_is_sent_to_the_language_they_chose(site, asker, client_of):
    asker.language = "zh-hans"
    asker.save()

    response = client_of(asker).get("/", headers={"accept-language": "en"})

    assert response.url == "/zh-hans/"


def test_a_member_reads_any_address_in_their_own_language(site, asker, client_of):
    asker.language = "zh-hans"
    asker.save()

    page = client_of(asker).get("/en/rewards/").content.decode()
    hall = client_of(asker).get("/en/").content.decode()

    assert '<html lang="zh-Hans"' in page
    assert "兑换礼品" in page
    assert '<html lang="zh-Hans"' in hall


def test_a_stranger_reads_an_address_in_its_own_language(site, client):
    assert '<html lang="en"' in client.get("/en/rewards/").content.decode()
    assert '<html lang="zh-Hans"' in client.get("/zh-hans/rewards/").content.decode()


def test_signing_in_speaks_the_language_one_came_from(site, client):
    page = client.get("/accounts/login/?next=/zh-hans/rewards/")

    assert '<html lang="zh-Hans"' in page.content.decode()


def test_a_wrong_password_is_told_in_the_language_one_came_from(site, client):
    client.get("/accounts/login/?next=/zh-hans/rewards/")

    form = {"login": "nobody@example.com", "password": "wrong", "next": "/zh-hans/"}
    page = client.post("/accounts/login/", form, headers={"accept-language": "en"})

    assert '<html lang="zh-Hans"' in page.content.decode()


def test_the_language_one_came_from_is_remembered_for_accounts_alone(site, client):
    client.get("/accounts/login/?next=/zh-hans/rewards/")

    (remembered,) = [m for m in client.cookies.values() if m.value == "zh-hans"]
    assert remembered["path"] == "/accounts/"
    assert remembered["httponly"]


def test_no_other_address_remembers_a_language(site, client):
    client.get("/?next=/zh-hans/rewards/")
    client.get("/accounts/login/?next=//[bad")

    assert settings.LANGUAGE_COOKIE_NAME not in client.cookies


def test_a_member_changes_language_and_keeps_it(site, asker, client_of):
    member = client_of(asker)

    response = member.post(
        "/language/", {"language": "zh-hans", "next": "/zh-hans/rewards/"}
    )

    asker.refresh_from_db()
    assert response.url == "/zh-hans/rewards/"
    assert asker.language == "zh-hans"


def test_nobody_is_sent_to_another_site(site, asker, client_of):
    response = client_of(asker).post(
        "/language/", {"language": "en", "next": "https://evil.example/"}
    )

    assert response.url == "/"


def test_the_language_is_not_changed_by_looking(site, asker, client_of):
    assert client_of(asker).get("/language/?language=zh-hans").status_code == 405


def test_a_changed_language_needs_the_form_s_token(site, asker):
    member = Client(enforce_csrf_checks=True)
    member.force_login(asker, "django.contrib.auth.backends.ModelBackend")

    response = member.post("/language/", {"language": "zh-hans"})

    asker.refresh_from_db()
    assert response.status_code == 403
    assert asker.language == ""
