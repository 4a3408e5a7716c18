"""Coming back: one door, a few tries, and nothing to learn from its refusals."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from people import actions
from people.models import Person
from tests.people.conftest import PASSWORD

LOGIN = "/accounts/login/"


@pytest.fixture
def linjian(make_person):
    return make_person("linjian", accepts_terms=True)


def is_in(client: Client) -> bool:
    """A stranger is sent to the door, a member to their profile."""
    return client.get("/en/members/me/")["Location"].startswith("/en/members/")


def test_a_member_comes_in_by_password(linjian, sign_in):
    client, response = sign_in("LinJian@example.com")

    assert response.status_code == 302
    assert is_in(client)


def test_a_member_comes_in_by_code(linjian, client, code_in_mail):
    response = client.post("/accounts/login/code/", {"email": linjian.email})
    assert response["Location"].startswith("/accounts/login/code/confirm/")

    client.post("/accounts/login/code/confirm/", {"code": code_in_mail()})

    assert is_in(client)


def test_a_wrong_password_or_code_opens_nothing(linjian, sign_in, client):
    browser, response = sign_in(linjian.email, "another-long-passphrase")
    client.post("/accounts/login/code/", {"email": linjian.email})
    client.post("/accounts/login/code/confirm/", {"code": "WRONG1"})

    assert response.status_code == 200
    assert not is_in(browser)
    assert not is_in(client)


def test_a_code_dies_after_three_wrong_ones(linjian, client, code_in_mail):
    client.post("/accounts/login/code/", {"email": linjian.email})
    code = code_in_mail()
    for _try in range(3):
        client.post("/accounts/login/code/confirm/", {"code": "WRONG1"})

    client.post("/accounts/login/code/confirm/", {"code": code})

    assert not is_in(client)


def test_a_code_dies_after_ten_minutes(linjian, client, code_in_mail):
    with time_machine.travel(timezone.now()) as clock:
        client.post("/accounts/login/code/", {"email": linjian.email})
        clock.shift(timedelta(minutes=10, seconds=1))

        client.post("/accounts/login/code/confirm/", {"code": code_in_mail()})

        assert not is_in(client)


def test_codes_do_not_flood_a_mailbox(linjian):
    answers = [
        Client().post("/accounts/login/code/", {"email": linjian.email}).status_code
        for _try in range(4)
    ]

    assert answers == [302] * 3 + [429]
    assert len(mail.outbox) == 3


def test_nor_by_patience(linjian):
    with time_machine.travel(timezone.now()) as clock:
        for _try in range(12):
            Client().post("/accounts/login/code/", {"email": linjian.email})
            clock.shift(timedelta(minutes=2))

        assert len(mail.outbox) == 10

        clock.shift(timedelta(days=1))
        Client().post("/accounts/login/code/", {"email": linjian.email})
        assert len(mail.outbox) == 11


def test_a_handle_is_no_key(linjian, sign_in):
    browser, _response = sign_in("linjian")

    assert not is_in(browser)


def test_the_sixth_wrong_password_is_429_and_even_the_right_one_waits(linjian, sign_in):
    answers = [sign_in(linjian.email, f"wrong-{n}")[1] for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1]["Retry-After"] == "300"
    assert sign_in(linjian.email)[1].status_code == 429


def test_after_the_wait_the_right_password_opens(linjian, sign_in):
    with time_machine.travel(timezone.now()) as clock:
        for n in range(6):
            sign_in(linjian.email, f"wrong-{n}")
        clock.shift(timedelta(minutes=5, seconds=1))

        browser, _response = sign_in(linjian.email)

        assert is_in(browser)


def test_right_passwords_do_not_wear_out_the_door(linjian, sign_in):
    assert [sign_in(linjian.email)[1].status_code for _try in range(7)] == [302] * 7


def test_an_address_nobody_has_is_counted_alike(linjian, sign_in):
    answers = [sign_in("nobody@example.com", f"x-{n}")[1] for n in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


@pytest.mark.parametrize("fields", [("login", "password"), ("username", "password")])
def test_the_staffs_door_counts_the_same_tries(linjian, client, fields):
    login, password = fields
    answers = [
        client.post("/admin/login/", {login: linjian.email, password: f"wrong-{n}"})
        for n in range(6)
    ]

    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


def test_tries_at_one_door_count_at_the_other(linjian, client, sign_in):
    for n in range(3):
        client.post("/admin/login/", {"login": linjian.email, "password": f"wrong-{n}"})
    answers = [sign_in(linjian.email, f"wrong-{n}")[1].status_code for n in range(3)]

    assert answers == [200, 200, 429]


def test_reauthentication_counts_the_same_tries(linjian, client_of, sign_in):
    browser = client_of(linjian)
    for n in range(5):
        browser.post("/accounts/reauthenticate/", {"password": f"wrong-{n}"})

    answer = browser.post("/accounts/reauthenticate/", {"password": "wrong"})

    assert answer.status_code == 429


def test_a_forged_forwarded_for_buys_no_more_tries(linjian, client):
    answers = [
        client.post(
            LOGIN,
            {"login": f"p{n}@example.com", "password": "x"},
            headers={"x-forwarded-for": f"10.0.0.{n}"},
        )
        for n in range(11)
    ]

    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert answers[-1]["Retry-After"] == "60"


def test_known_and_unknown_addresses_are_answered_alike(linjian):
    def texts(path, **fields):
        answers = []
        for email in (linjian.email, "nobody@example.com"):
            names = dict.fromkeys(("login", "email"), email)
            response = Client().post(path, names | fields)
            page = re.sub(r'value="[^"]{64}"', "", response.content.decode())
            answers.append(
                (
                    response.status_code,
                    response.headers.get("Location"),
                    page.replace(email, ""),
                )
            )
        return answers

    for path in (LOGIN, "/accounts/password/reset/", "/accounts/login/code/"):
        known, unknown = texts(path, password="wrong-password")
        assert known == unknown, path


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/",
        "//evil.example/",
        r"\\evil.example",
        r"/\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "https://testserver@evil.example/",
        "http://localhost/",
        "///evil.example",
        " //evil.example",
    ],
)
def test_nobody_is_led_to_another_site(linjian, sign_in, target):
    _client, response = sign_in(linjian.email, next=target)

    assert response["Location"] == "/"


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/"])
def test_no_other_door_leads_to_another_site(linjian, client_of, client, target):
    boxes = {"agree_terms": "on", "agree_privacy": "on", "agree_licence": "on"}
    ways_out = [
        client.get("/admin/login/", {"next": target}),
        client_of(linjian).post("/en/members/terms/", boxes | {"next": target}),
        client_of(linjian).post("/en/notifications/read/", {"next": target}),
        client_of(linjian).post("/accounts/logout/", {"next": target}),
        client_of(linjian).get(LOGIN, {"next": target}),
    ]

    for response in ways_out:
        assert response.status_code == 302
        assert "evil" not in response["Location"]


def test_one_is_led_back_to_where_one_was(linjian, sign_in):
    _client, response = sign_in(linjian.email, next="/en/notifications/")

    assert response["Location"] == "/en/notifications/"


def test_the_session_key_changes_at_the_door(linjian, client):
    client.get(LOGIN)
    session = client.session
    session["planted"] = "yes"
    session.save()
    planted = session.session_key
    client.cookies["sessionid"] = planted

    client.post(LOGIN, {"login": linjian.email, "password": PASSWORD})

    assert client.session.session_key != planted


def test_signing_out_needs_a_form_and_kills_the_session(linjian, client_of):
    client = client_of(linjian)
    cookie = client.cookies["sessionid"].value
    client.get("/accounts/logout/")
    assert is_in(client)

    client.post("/accounts/logout/")

    replayed = Client()
    replayed.cookies["sessionid"] = cookie
    assert not is_in(replayed)


def test_a_new_password_ends_the_other_sessions(linjian, sign_in):
    here, _response = sign_in(linjian.email)
    elsewhere, _response = sign_in(linjian.email)
    assert is_in(elsewhere)

    new = "a-different-passphrase"
    here.post(
        "/accounts/password/change/",
        {"oldpassword": PASSWORD, "password1": new, "password2": new},
    )

    assert not is_in(elsewhere)
    assert is_in(sign_in(linjian.email, new)[0])
    assert not is_in(sign_in(linjian.email, PASSWORD)[0])


def test_somebody_shut_out_is_out_at_once(linjian, sign_in):
    client, _response = sign_in(linjian.email)

    actions.set_active(person=linjian, is_active=False, at=timezone.now())

    assert not is_in(client)
    assert not is_in(sign_in(linjian.email)[0])


def test_imported_people_have_no_key(make_person, sign_in, db):
    [person] = actions.create_imported_people(
        [actions.ImportedPerson("se", "1", "Old Hand")], at=timezone.now()
    ).values()

    assert not person.has_usable_password()
    assert person.email is None
    assert not is_in(sign_in("old-hand@example.com", "")[0])


def reset_link() -> str:
    found = re.search(r"http://127\.0\.0\.1:8000(/accounts/\S+)", mail.outbox[-1].body)
    assert found
    return found[1]


def test_a_reset_link_works_once_and_a_look_does_not_use_it_up(linjian, sign_in):
    Client().post("/accounts/password/reset/", {"email": linjian.email})
    link = reset_link()
    Client().get(link, follow=True)
    new = "a-different-passphrase"

    page = Client()
    form = page.get(link)["Location"]
    page.post(form, {"password1": new, "password2": new})

    assert is_in(sign_in(linjian.email, new)[0])
    again = Client().get(link, follow=True)
    assert again.context["token_fail"]


def test_a_reset_link_dies_when_the_address_changes(linjian):
    Client().post("/accounts/password/reset/", {"email": linjian.email})
    link = reset_link()

    linjian.emailaddress_set.update(email="new@example.com")
    Person.objects.filter(pk=linjian.pk).update(email="new@example.com")

    assert Client().get(link, follow=True).context["token_fail"]


def test_a_forged_host_does_not_get_into_the_mail(linjian):
    Client().post(
        "/accounts/password/reset/",
        {"email": linjian.email},
        headers={"host": "localhost"},
    )

    assert "http://127.0.0.1:8000/accounts/password/reset/" in mail.outbox[-1].body
    assert "localhost" not in mail.outbox[-1].body


def test_an_unknown_host_is_refused(linjian):
    response = Client().post(
        "/accounts/password/reset/",
        {"email": linjian.email},
        headers={"host": "evil.example"},
    )

    assert response.status_code == 400
    assert mail.outbox == []


def test_at_most_five_reset_mails_a_day(linjian):
    answers = [
        Client().post("/accounts/password/reset/", {"email": linjian.email})
        for _try in range(6)
    ]

    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert len(mail.outbox) == 5


def test_new_terms_are_asked_for_at_the_next_sign_in(linjian, sign_in, settings):
    settings.ANSWERHALL_TERMS_VERSION = "2"

    client, response = sign_in(linjian.email, next="/en/notifications/")
    assert response["Location"] == "/en/members/terms/?next=%2Fen%2Fnotifications%2F"
    # Reading goes on, writing waits.
    assert client.get("/en/notifications/").status_code == 200
    assert client.post("/en/notifications/read/").status_code == 403

    boxes = {"agree_terms": "on", "agree_privacy": "on"}
    assert client.post("/en/members/terms/", boxes).status_code == 400
    answer = client.post(
        "/en/members/terms/",
        boxes | {"agree_licence": "on", "next": "/en/notifications/"},
    )

    assert answer["Location"] == "/en/notifications/"
    assert client.post("/en/notifications/read/").status_code == 302
    assert sign_in(linjian.email)[1]["Location"] == "/"


def test_cookies_are_closed_to_scripts_and_other_sites(linjian, sign_in):
    client, _response = sign_in(linjian.email)

    cookie = client.cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


@pytest.mark.parametrize("prefix", ["/en", "/zh-hans", ""])
def test_wagtails_own_door_to_private_pages_is_closed(linjian, client, prefix):
    answer = client.post(
        f"{prefix}/_util/login/", {"username": linjian.email, "password": PASSWORD}
    )

    assert answer.status_code == 404
    assert not is_in(client)


def test_looking_at_the_staffs_way_out_signs_nobody_out(moderator, client_of):
    client = client_of(moderator)

    client.get("/admin/logout/")
    assert is_in(client)

    client.post("/admin/logout/")
    assert not is_in(client)


@pytest.mark.parametrize("house", ["google", "github", "weibo", "weixin", "oidc/house"])
@pytest.mark.parametrize("way", ["login/", "login/callback/"])
def test_a_house_that_is_not_in_the_settings_has_no_door(client, db, house, way):
    assert client.get(f"/accounts/{house}/{way}").status_code == 404
    assert client.post(f"/accounts/{house}/{way}").status_code == 404
