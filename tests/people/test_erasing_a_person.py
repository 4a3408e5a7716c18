"""Erasing takes away who it was; the row stays for what they wrote."""

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError
from django.utils import timezone, translation

from people import actions, registries, signals
from people.errors import HandleTaken
from people.models import Consent, Identity, OldHandle, Person


@pytest.fixture
def person(make_person, clock) -> Person:
    person = make_person("linjian", bio="I climb poles.", accepts_terms=True)
    person = actions.change_names(
        person=person, display_name="Lin Jian", handle="jianlin", at=clock.now
    )
    actions.identify(
        person=person, channel="wechat", external_id="openid-1", at=clock.now
    )
    return person


def test_nothing_names_the_person_any_more(person, clock):
    erased = actions.erase_person(person=person, at=clock.now)

    assert erased.pk == person.pk
    assert erased.handle == f"deleted-{person.pk}"
    assert erased.name == "Former member"
    assert (erased.email, erased.bio, erased.display_name) == (None, "", "")
    assert not erased.has_usable_password()
    assert not EmailAddress.objects.exists()
    assert not Identity.objects.exists()
    kept = str([list(model.objects.values()) for model in (Person, OldHandle)])
    for trace in ("linjian", "jianlin", "Lin Jian", "example.com", "poles"):
        assert trace not in kept


def test_what_they_wrote_stands_under_words_in_the_readers_language(person, clock):
    erased = actions.erase_person(person=person, at=clock.now)

    assert erased.name == "Former member"
    with translation.override("zh-hans"):
        assert erased.name == "已注销用户"


def test_what_they_agreed_to_stays_on_record(person, clock):
    actions.erase_person(person=person, at=clock.now)

    assert Consent.objects.filter(person=person).count() == 3


def test_their_addresses_say_that_they_left(person, client, clock):
    actions.erase_person(person=person, at=clock.now)

    for handle in ("linjian", "jianlin", f"deleted-{person.pk}"):
        assert client.get(f"/en/members/{handle}/").status_code == 410


def test_nobody_else_gets_their_handles(person, make_person, clock):
    actions.erase_person(person=person, at=clock.now)

    for handle in ("linjian", "jianlin", "JianLin"):
        with pytest.raises(HandleTaken):
            make_person(handle, email="other@example.com")


def test_they_are_out_and_cannot_come_back(person, sign_in, clock):
    client, _response = sign_in("linjian@example.com")

    actions.erase_person(person=person, at=clock.now)

    assert "login" in client.get("/en/members/me/")["Location"]
    assert "_auth_user_id" not in sign_in("linjian@example.com")[0].session


def test_the_rooms_above_forget_in_the_same_moment(person, clock, monkeypatch):
    told = []
    monkeypatch.setattr(
        registries._registries,
        "erasures",
        [lambda person, at: told.append((person.pk, at))],
    )

    def hear(person, at, **kwargs):
        told.append(person.handle)

    signals.person_erased.connect(hear)
    try:
        actions.erase_person(person=person, at=clock.now)
        actions.erase_person(person=person, at=clock.now)
    finally:
        signals.person_erased.disconnect(hear)

    assert told == [(person.pk, clock.now), f"deleted-{person.pk}"]


def test_staff_lose_their_rights(moderator, clock):
    erased = actions.erase_person(person=moderator, at=clock.now)

    fresh = Person.objects.get(pk=erased.pk)
    assert not fresh.groups.exists()
    assert fresh.standing == "member"


def test_the_row_itself_cannot_be_deleted(person):
    for deletion in (person.delete, Person.objects.all().delete):
        with pytest.raises((TypeError, ProtectedError)):
            deletion()

    assert Person.objects.filter(pk=person.pk).exists()


def test_the_command_names_whom_it_erased(person):
    out = StringIO()

    call_command("erase_person", "jianlin", stdout=out)

    assert f"jianlin is now deleted-{person.pk}." in out.getvalue()
    with pytest.raises(CommandError, match="nobody"):
        call_command("erase_person", "nobody", stdout=out)


def test_an_erased_person_is_told_nothing(person, clock):
    registries.notification("people.test")(str)
    try:
        erased = actions.erase_person(person=person, at=timezone.now())
        told = actions.notify(person=erased, kind="people.test", key="k", at=clock.now)
    finally:
        del registries.notification_kinds()["people.test"]

    assert told is None
