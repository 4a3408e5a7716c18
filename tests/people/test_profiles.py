"""A person's public page: what others see, and what they never see."""

import pytest
from django.utils import timezone

from people import actions
from people.actions import ImportedPerson, create_imported_people
from people.models import Person

EDIT = "/en/members/me/edit/"


@pytest.fixture
def profile(asker):
    return {
        "display_name": "Lin Jian",
        "handle": asker.handle,
        "bio": "I climb poles.",
        "language": "en",
        "time_zone": "Asia/Shanghai",
    }


@pytest.fixture
def old_hand(db) -> Person:
    row = ImportedPerson("se", "1", "Old Hand", "Here since 2009.")
    return create_imported_people([row], at=timezone.now())["1"]


def test_anybody_reads_a_profile(asker, client):
    asker.bio = "I climb poles & <b>roofs</b>."
    asker.save()

    page = client.get(f"/en/members/{asker.handle}/").content.decode()

    assert "@linjian" in page
    assert "I climb poles &amp; &lt;b&gt;roofs" in page
    assert "<title>Linjian (@linjian) · " in page


def test_both_languages_of_a_profile_name_each_other(asker, client):
    for language in ("en", "zh-hans"):
        page = client.get(f"/{language}/members/{asker.handle}/").content.decode()
        for code, address in (("en", "en"), ("zh-CN", "zh-hans"), ("x-default", "en")):
            url = f"http://127.0.0.1:8000/{address}/members/linjian/"
            assert f'<link rel="alternate" hreflang="{code}" href="{url}">' in page


def test_the_page_tells_no_address(asker, client, client_of, stranger):
    for reader in (client, client_of(stranger), client_of(asker)):
        page = reader.get(f"/en/members/{asker.handle}/").content.decode()
        assert "example.com" not in page


def test_an_anonymous_page_can_be_shared(asker, client):
    response = client.get(f"/en/members/{asker.handle}/")

    assert "csrf" not in response.content.decode()
    assert not response.cookies


def test_a_handle_in_chinese_is_an_address(make_person, client):
    person = make_person("林建", email="lin@example.com")

    assert client.get("/zh-hans/members/林建/").status_code == 200
    address = person.get_absolute_url()
    assert "%E6%9E%97" in address
    page = " ".join(client.get(address).content.decode().split())
    assert f'<link rel="canonical" href="http://127.0.0.1:8000{address}">' in page


@pytest.mark.parametrize("handle", ["nobody", "l1njian", "lіnjian", "%00", "..", "a b"])
def test_nobody_is_at_another_address(asker, client, handle):
    assert client.get(f"/en/members/{handle}/").status_code in {400, 404}


def test_letters_of_another_case_lead_to_the_one_address(asker, client):
    response = client.get("/en/members/LinJian/")

    assert response.status_code == 301
    assert response["Location"] == "/en/members/linjian/"


def test_an_old_address_leads_to_the_new_one(asker, client, client_of, profile):
    client_of(asker).post(EDIT, profile | {"handle": "林建"})

    response = client.get("/en/members/linjian/")

    assert response.status_code == 301
    assert response["Location"] == "/en/members/%E6%9E%97%E5%BB%BA/"


def test_an_imported_person_has_a_page_that_search_engines_leave(old_hand, client):
    page = client.get(old_hand.get_absolute_url()).content.decode()

    assert "Old Hand" in page
    assert '<meta name="robots" content="noindex">' in page


def test_somebody_shut_out_has_no_page(asker, client):
    actions.set_active(person=asker, is_active=False, at=timezone.now())

    assert client.get("/en/members/linjian/").status_code == 404


def test_a_person_rewrites_their_profile(asker, client_of, profile):
    response = client_of(asker).post(EDIT, profile | {"bio": "I climb poles.\nStill."})

    assert response["Location"] == "/en/members/linjian/"
    asker.refresh_from_db()
    assert asker.display_name == "Lin Jian"
    assert asker.bio == "I climb poles.\nStill."
    assert str(asker.zone) == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("handle", "admin"),
        ("handle", "xiaoman"),
        ("handle", "x1aoman"),
        ("handle", "lіnjian"),
        ("handle", ""),
        ("display_name", "see evil.example"),
        ("display_name", "Official Support"),
        ("bio", "x" * 501),
        ("bio", "a\u202eb"),
        ("language", "xx"),
        ("time_zone", "Mars/Olympus"),
    ],
)
def test_what_may_not_be_stays_in_the_form(
    asker, helper, client_of, profile, field, value
):
    response = client_of(asker).post(EDIT, profile | {field: value})

    assert response.status_code == 400
    assert response.context["form"].errors.keys() == {field}
    assert response.context["form"][field].value() == value
    assert Person.objects.get(pk=asker.pk).bio == ""


def test_one_keeps_the_name_one_was_given(make_person, client_of, profile):
    """Whoever has a reserved name by leave may still change the rest."""
    person = make_person("moderator", display_name="Moderator", allow_reserved=True)

    response = client_of(person).post(
        EDIT, profile | {"handle": "moderator", "display_name": "Moderator"}
    )

    assert response.status_code == 302
    person.refresh_from_db()
    assert person.bio == "I climb poles."


def test_rights_cannot_be_typed_into_the_form(asker, client_of, profile):
    extra = {
        "is_superuser": "1",
        "standing": "staff",
        "email": "x@example.com",
        "id": "1",
        "person": "1",
    }

    client_of(asker).post(EDIT, profile | extra)

    after = Person.objects.get(pk=asker.pk)
    assert (after.is_superuser, after.standing) == (False, "member")
    assert after.email == asker.email


@pytest.mark.parametrize("page", ["", "edit/", "security/"])
def test_ones_own_pages_ask_strangers_to_sign_in(client, page, db):
    response = client.get(f"/en/members/me/{page}")

    assert response["Location"] == f"/accounts/login/?next=/en/members/me/{page}"


def test_me_leads_to_ones_own_page(asker, client_of):
    client = client_of(asker)

    assert client.get("/en/members/me/")["Location"] == "/en/members/linjian/"
    assert client.get("/en/members/me/security/").status_code == 200
    assert client.get(EDIT).status_code == 200
