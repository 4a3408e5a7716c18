"""The badge beside a name, and the rights that are read elsewhere."""

import pytest
from django.contrib.auth.models import Group, Permission

from people import actions, registries, signals
from people.models import Person


def standing(person: Person) -> str:
    return Person.objects.get(pk=person.pk).standing


def test_the_groups_are_made_once_and_enter_the_admin(site):
    actions.setup_groups()

    assert set(Group.objects.values_list("name", flat=True)) >= set(registries.GROUPS)
    for name in registries.GROUPS:
        codes = Group.objects.get(name=name).permissions.values_list("codename")
        assert ("access_admin",) in codes


def test_what_a_room_grants_is_given(site, monkeypatch):
    monkeypatch.setattr(registries._registries, "grants", {})
    registries.grant(registries.DESK, "people.view_person")

    actions.setup_groups()

    codes = Group.objects.get(name="Desk").permissions.values_list("codename")
    assert ("view_person",) in codes


def test_a_right_that_does_not_exist_is_an_error(site, monkeypatch):
    monkeypatch.setattr(registries._registries, "grants", {})
    registries.grant(registries.DESK, "people.fly")

    with pytest.raises(LookupError, match=r"people\.fly"):
        actions.setup_groups()
    with pytest.raises(ValueError, match="Wizards"):
        registries.grant("Wizards", "people.view_person")


def test_whoever_gets_a_role_is_staff_and_whoever_loses_it_is_not(site, asker):
    desk = Group.objects.get(name="Desk")

    asker.groups.add(desk)
    assert standing(asker) == "staff"
    asker.groups.remove(desk)
    assert standing(asker) == "member"

    desk.user_set.add(asker)
    assert standing(asker) == "staff"
    desk.user_set.clear()
    assert standing(asker) == "member"

    asker.groups.set([desk])
    assert standing(asker) == "staff"
    asker.groups.clear()
    assert standing(asker) == "member"


def test_a_group_that_may_enter_makes_its_people_staff(site, asker):
    helpers = Group.objects.create(name="Helpers")
    asker.groups.add(helpers)
    assert standing(asker) == "member"

    enter = Permission.objects.get(codename="access_admin")
    helpers.permissions.add(enter)
    assert standing(asker) == "staff"

    helpers.permissions.remove(enter)
    assert standing(asker) == "member"


def test_an_agent_stays_an_agent_until_told_otherwise(asker, clock):
    actions.set_standing(person=asker, standing="agent", at=clock.now)
    assert standing(asker) == "agent"
    assert not Person.objects.get(pk=asker.pk).is_staff

    actions.set_standing(person=asker, standing="member", at=clock.now)
    assert standing(asker) == "member"


def test_staff_keep_their_badge_while_they_are_staff(moderator, clock):
    actions.set_standing(person=moderator, standing="agent", at=clock.now)

    assert standing(moderator) == "staff"


def test_the_badge_gives_no_right(asker, clock):
    actions.set_standing(person=asker, standing="staff", at=clock.now)

    assert not Person.objects.get(pk=asker.pk).has_perm("wagtailadmin.access_admin")


def test_a_change_is_announced_once(asker, clock):
    heard = []

    def hear(person, old, new, **kwargs):
        heard.append((person.pk, old, new))

    signals.standing_changed.connect(hear)
    try:
        for _twice in range(2):
            actions.set_standing(person=asker, standing="agent", at=clock.now)
    finally:
        signals.standing_changed.disconnect(hear)

    assert heard == [(asker.pk, "member", "agent")]


def test_an_administrator_made_by_the_command_is_staff(db):
    boss = Person.objects.create_superuser("boss", "boss@example.com", "x" * 12)

    assert boss.is_staff
    assert boss.standing == "staff"
