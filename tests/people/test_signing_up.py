"""Coming for the first time: name, consent, code."""

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.test import Client

from people.models import Consent, Person
from tests.people.conftest import DETAILS, PASSWORD

SIGN_UP, CODE = "/accounts/signup/", "/accounts/confirm-email/"


def test_a_stranger_signs_up_with_a_code_and_no_password(client, code_in_mail, db):
    response = client.post(SIGN_UP, DETAILS)
    assert response.status_code == 302
    assert response["Location"].startswith(CODE)

    response = client.post(CODE, {"code": code_in_mail()})

    person = Person.objects.get(email="linjian@example.com")
    assert response.status_code == 302
    assert client.session["_auth_user_id"] == str(person.pk)
    assert person.display_name == "Lin Jian"
    assert person.handle.startswith("lin-jian-")
    assert not person.has_usable_password()
    assert EmailAddress.objects.get(user=person).verified


def test_a_stranger_signs_up_with_a_password_and_a_handle(client, code_in_mail, db):
    client.post(SIGN_UP, DETAILS | {"password1": PASSWORD, "handle": "林建"})
    client.post(CODE, {"code": code_in_mail()})

    person = Person.objects.get(email="linjian@example.com")
    assert person.handle == "林建"
    assert person.check_password(PASSWORD)


def test_nobody_is_in_before_the_code_is_typed(client, db):
    client.post(SIGN_UP, DETAILS)

    assert "_auth_user_id" not in client.session
    assert client.get("/en/members/me/").status_code == 302

    client.post(CODE, {"code": "WRONG1"})
    assert "_auth_user_id" not in client.session


def test_the_code_dies_after_three_wrong_ones(client, code_in_mail, db):
    client.post(SIGN_UP, DETAILS)
    code = code_in_mail()
    for _try in range(3):
        client.post(CODE, {"code": "WRONG1"})

    client.post(CODE, {"code": code})

    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("box", ["agree_terms", "agree_privacy", "agree_licence"])
def test_every_agreement_is_needed(client, box, db):
    response = client.post(SIGN_UP, {k: v for k, v in DETAILS.items() if k != box})

    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {box}
    assert not Person.objects.exists()


def test_what_was_agreed_is_kept_with_its_version(client, settings, db):
    settings.ANSWERHALL_TERMS_VERSION = "2031-05"

    client.post(SIGN_UP, DETAILS)

    person = Person.objects.get()
    assert set(person.consents.values_list("kind", "version")) == {
        (Consent.Kind.TERMS, "2031-05"),
        (Consent.Kind.PRIVACY, "2031-05"),
        (Consent.Kind.CONTENT_LICENCE, "2031-05"),
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("handle", "аdmin"),
        ("handle", "admin"),
        ("handle", "ｌｉｎ"),
        ("handle", "林jian"),
        ("display_name", "www.evil.example"),
        ("display_name", "官方客服"),
        ("display_name", "Lin\u200bJian"),
        ("email", "not-an-address"),
        ("password1", "answerhall1"),
        ("password1", "1234567890"),
        ("password1", "short"),
    ],
)
def test_what_is_refused_stands_beside_its_field(client, field, value, db):
    response = client.post(SIGN_UP, DETAILS | {field: value})

    assert response.context["form"].errors.keys() == {field}
    assert not Person.objects.exists()


def test_a_taken_handle_is_refused(client, make_person):
    make_person("billy")

    response = client.post(SIGN_UP, DETAILS | {"handle": "bi11y"})

    assert response.context["form"].errors.keys() == {"handle"}


def test_extra_fields_give_no_rights(client, db):
    extra = {"is_superuser": "1", "standing": "staff", "is_staff": "1", "groups": "1"}

    client.post(SIGN_UP, DETAILS | extra)

    person = Person.objects.get()
    assert not person.is_superuser
    assert person.standing == "member"


def test_a_known_address_gets_the_same_answer_and_a_mail_that_says_so(
    make_person, client
):
    make_person("linjian")
    fresh = Client().post(SIGN_UP, DETAILS | {"email": "new@example.com"})

    known = client.post(SIGN_UP, DETAILS)

    assert (known.status_code, known["Location"]) == (
        fresh.status_code,
        fresh["Location"],
    )
    assert Person.objects.filter(email="linjian@example.com").count() == 1
    assert mail.outbox[-1].to == ["linjian@example.com"]
    assert "http://127.0.0.1:8000/accounts/password/reset/" in mail.outbox[-1].body


class CountingHasher(MD5PasswordHasher):
    """Hashes as the tests do, and counts the work."""

    hashed = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).hashed += 1
        return super().encode(password, salt)


@pytest.mark.parametrize(("password", "times"), [(PASSWORD, 1), ("", 0)])
def test_a_known_address_costs_as_much_work_as_a_new_one(
    make_person, settings, password, times
):
    make_person("linjian")
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    work = []

    for email in ("new@example.com", "linjian@example.com"):
        before = CountingHasher.hashed
        Client().post(SIGN_UP, DETAILS | {"email": email, "password1": password})
        work.append(CountingHasher.hashed - before)

    assert work == [times, times]


def test_the_mail_speaks_the_readers_language_and_names_nobody(client, db):
    client.post(
        f"{SIGN_UP}?next=/zh-hans/",
        DETAILS | {"display_name": "Click here", "next": "/zh-hans/"},
        headers={"accept-language": "zh-hans"},
    )

    [message] = mail.outbox
    assert "验证码" in message.body
    assert "Click here" not in message.body + message.subject
    assert message.content_subtype == "plain"
    assert Person.objects.get().language == "zh-hans"


def test_a_mail_server_that_is_down_keeps_the_mail_for_later(
    client, db, monkeypatch, code_in_mail
):
    from django.core.mail import EmailMessage
    from django.utils import timezone

    from common.outbox import drain

    def down(*args, **kwargs):
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", down)
        response = client.post(SIGN_UP, DETAILS)
    assert response.status_code == 302
    assert mail.outbox == []

    drain(at=timezone.now(), kinds=["people.account_mail"])

    client.post(CODE, {"code": code_in_mail()})
    assert "_auth_user_id" in client.session


def test_too_many_sign_ups_from_one_place_are_asked_to_wait(client, db):
    answers = [
        client.post(SIGN_UP, {"email": f"{n}@example.com"}).status_code
        for n in range(21)
    ]

    assert answers == [200] * 20 + [429]


def test_codes_do_not_flood_a_mailbox(client, db):
    client.post(SIGN_UP, DETAILS)
    for _try in range(8):
        client.post(CODE, {"action": "resend"})

    assert len(mail.outbox) <= 4
