"""Managers look after people; nobody reads a password, deletes a row or climbs."""

import pytest
from django.contrib.auth.models import Group, Permission

from people.actions import create_imported_people
from people.models import Person

USERS = "/admin/users/"


@pytest.fixture
def boss(make_staff) -> Person:
    boss = make_staff("boss", "Managers")
    Person.objects.filter(pk=boss.pk).update(is_superuser=True)
    return Person.objects.get(pk=boss.pk)


def group(name: str) -> Group:
    return Group.objects.get(name=name)


def test_a_manager_finds_people(manager, asker, client_of):
    client = client_of(manager)

    assert asker.name in client.get(USERS).content.decode()
    assert asker.name in client.get(f"{USERS}?q={asker.email}").content.decode()
    assert asker.name not in client.get(f"{USERS}?q=nobody").content.decode()


def test_the_list_shows_no_address(manager, asker, client_of):
    assert asker.email not in client_of(manager).get(USERS).content.decode()


@pytest.mark.parametrize("who", ["editor", "moderator", "desk_agent", "asker"])
@pytest.mark.parametrize("page", ["", "new/", "edit/{pk}/", "delete/{pk}/"])
def test_others_do_not(request, who, page, stranger, client_of):
    person = request.getfixturevalue(who)

    response = client_of(person).get(USERS + page.format(pk=stranger.pk))

    assert response.status_code in {302, 403, 404}


def test_a_manager_brings_in_a_colleague_without_a_password(
    manager, client_of, client, code_in_mail
):
    response = client_of(manager).post(
        f"{USERS}new/",
        {
            "display_name": "Tang Wei",
            "handle": "tangwei",
            "email": "TangWei@example.com",
            "groups": [group("Desk").pk],
            "is_superuser": "on",
            "password1": "a-long-enough-passphrase",
        },
    )

    assert response.status_code == 302, response.context["form"].errors
    person = Person.objects.get(handle="tangwei")
    assert not person.is_superuser
    assert not person.has_usable_password()
    assert person.standing == "staff"
    client.post("/accounts/login/code/", {"email": "tangwei@example.com"})
    client.post("/accounts/login/code/confirm/", {"code": code_in_mail()})
    assert client.session["_auth_user_id"] == str(person.pk)


def test_a_colleague_whose_handle_or_address_is_taken_is_refused(
    manager, asker, client_of
):
    response = client_of(manager).post(
        f"{USERS}new/", {"handle": asker.handle, "email": asker.email}
    )

    assert response.context["form"].errors.keys() == {"handle", "email"}


def test_a_manager_gives_and_takes_roles(manager, asker, client_of):
    client, page = client_of(manager), f"{USERS}edit/{asker.pk}/"
    values = {"display_name": "Lin", "handle": "linjian", "is_active": "on"}

    client.post(page, values | {"groups": [group("Moderators").pk]})
    assert Person.objects.get(pk=asker.pk).has_perm("wagtailadmin.access_admin")
    assert Person.objects.get(pk=asker.pk).standing == "staff"

    client.post(page, values)
    assert not Person.objects.get(pk=asker.pk).has_perm("wagtailadmin.access_admin")
    assert Person.objects.get(pk=asker.pk).standing == "member"


def test_the_form_has_no_address_and_no_password(manager, asker, client_of):
    client, page = client_of(manager), f"{USERS}edit/{asker.pk}/"
    before = Person.objects.get(pk=asker.pk)

    form = client.get(page)
    client.post(
        page,
        {
            "display_name": "Lin",
            "handle": "linjian",
            "is_active": "on",
            "email": "manager@example.com",
            "password1": "another-long-passphrase",
            "password2": "another-long-passphrase",
        },
    )

    after = Person.objects.get(pk=asker.pk)
    assert asker.email not in form.content.decode()
    assert (after.email, after.password) == (before.email, before.password)
    assert after.display_name == "Lin"


def test_a_manager_cannot_make_an_administrator(manager, asker, client_of):
    values = {"handle": "linjian", "is_active": "on", "is_superuser": "on"}

    client_of(manager).post(f"{USERS}edit/{asker.pk}/", values)

    assert not Person.objects.get(pk=asker.pk).is_superuser


def test_an_administrator_can(boss, asker, client_of):
    values = {"handle": "linjian", "is_active": "on", "is_superuser": "on"}

    client_of(boss).post(f"{USERS}edit/{asker.pk}/", values)

    assert Person.objects.get(pk=asker.pk).is_superuser


def test_a_manager_cannot_hand_out_a_group_with_more_rights(manager, asker, client_of):
    strong = Group.objects.create(name="Root")
    strong.permissions.add(Permission.objects.get(codename="change_group"))

    response = client_of(manager).post(
        f"{USERS}edit/{asker.pk}/",
        {"handle": "linjian", "is_active": "on", "groups": [strong.pk]},
    )

    assert response.context["form"].errors.keys() == {"groups"}
    assert not asker.groups.exists()


@pytest.mark.parametrize("page", ["edit", "delete"])
def test_a_manager_does_not_touch_an_administrator(manager, boss, client_of, page):
    client = client_of(manager)

    assert client.get(f"{USERS}{page}/{boss.pk}/").status_code in {302, 403, 404}
    client.post(f"{USERS}{page}/{boss.pk}/", {"handle": "nobody-now"})

    after = Person.objects.get(pk=boss.pk)
    assert (after.handle, after.is_active, after.is_erased) == ("boss", True, False)


def test_nobody_shuts_or_erases_themselves(manager, client_of):
    client = client_of(manager)
    client.post(f"{USERS}edit/{manager.pk}/", {"handle": "guolan"})
    client.post(f"{USERS}delete/{manager.pk}/")

    after = Person.objects.get(pk=manager.pk)
    assert after.is_active
    assert not after.is_erased


def test_shutting_out_ends_the_sessions(manager, asker, client_of):
    inside = client_of(asker)
    inside.get("/en/members/me/")

    client_of(manager).post(f"{USERS}edit/{asker.pk}/", {"handle": "linjian"})

    assert "login" in inside.get("/en/members/me/")["Location"]
    assert not Person.objects.get(pk=asker.pk).is_active


def test_deleting_is_erasing(manager, asker, client_of):
    client = client_of(manager)
    page = client.get(f"{USERS}delete/{asker.pk}/")
    assert page.status_code == 200
    assert not Person.objects.get(pk=asker.pk).is_erased

    client.post(f"{USERS}delete/{asker.pk}/")

    after = Person.objects.get(pk=asker.pk)
    assert after.is_erased
    assert client.get(f"{USERS}edit/{asker.pk}/").status_code in {302, 403, 404}


@pytest.mark.parametrize("action", ["delete", "assign_role", "set_active_state"])
def test_nothing_is_done_in_bulk(boss, asker, client_of, action):
    client = client_of(boss)
    client.post(
        f"/admin/bulk/people/person/{action}/?id={asker.pk}&next=/admin/",
        {"role": group("Managers").pk, "mark_as_active": "False"},
    )

    after = Person.objects.get(pk=asker.pk)
    assert (after.is_erased, after.is_active) == (False, True)
    assert not after.groups.exists()


def test_there_is_no_copying_of_people(boss, asker, client_of):
    assert client_of(boss).get(f"{USERS}copy/{asker.pk}/").status_code == 404


@pytest.mark.parametrize("who", ["editor", "moderator", "desk_agent", "manager"])
def test_nobody_below_an_administrator_changes_what_groups_may(request, who, client_of):
    client = client_of(request.getfixturevalue(who))

    for page in ("/admin/groups/", "/admin/groups/new/"):
        assert client.get(page).status_code in {302, 403, 404}


def test_the_staffs_own_settings_hold_no_password_or_address(editor, client_of):
    client = client_of(editor)
    page = client.get("/admin/account/")

    client.post(
        "/admin/account/",
        {
            "name_email-email": "other@example.com",
            "name_email-first_name": "X",
            "name_email-last_name": "Y",
            "password-old_password": "x",
            "password-new_password1": "another-long-passphrase",
            "password-new_password2": "another-long-passphrase",
            "theme-theme": "dark",
            "theme-contrast": "system",
            "theme-density": "default",
        },
    )

    assert page.status_code == 200
    assert editor.email not in page.content.decode()
    after = Person.objects.get(pk=editor.pk)
    assert (after.email, after.password) == (editor.email, editor.password)


def test_imported_people_are_shown_but_get_no_key(manager, client_of):
    from django.utils import timezone

    from people.actions import ImportedPerson

    [person] = create_imported_people(
        [ImportedPerson("se", "1", "Old Hand")], at=timezone.now()
    ).values()

    assert client_of(manager).get(f"{USERS}edit/{person.pk}/").status_code == 200
