"""Told once, in one's own language, where one wants to be told."""

import pytest
from django.core import mail

from common.outbox import drain
from people import actions, registries
from people.actions import ImportedPerson, create_imported_people
from people.models import Notification

LIST, CHOICES = "/en/notifications/", "/en/notifications/choices/"


@pytest.fixture(autouse=True)
def _kinds(monkeypatch):
    from django.utils.translation import get_language

    monkeypatch.setattr(registries._registries, "notifications", {})
    sentences = {"en": "%(name)s answered", "zh-hans": "%(name)s 回答了"}

    @registries.notification("answered", "Somebody answers", by_mail=True)
    def answered(data):
        return sentences[get_language()] % data

    @registries.notification("thanked", "Somebody thanks you")
    def thanked(data):
        return "Thanks"


@pytest.fixture
def tell(asker, clock):
    def tell(kind="answered", key="answer-1", person=asker):
        return actions.notify(
            person=person,
            kind=kind,
            data={"name": "Xiaoman"},
            url="/en/questions/1/x/",
            key=key,
            at=clock.now,
        )

    return tell


def test_a_fact_is_told_once(tell, asker):
    assert tell() is not None
    assert tell() is None

    assert asker.notifications.count() == 1


def test_it_reads_in_the_readers_language(tell, asker, client_of):
    tell()
    client = client_of(asker)
    assert "Xiaoman answered" in client.get(LIST).content.decode()

    actions.change_language(person=asker, language="zh-hans")

    assert "Xiaoman 回答了" in client.get(LIST).content.decode()


def test_a_kind_nobody_put_into_words_is_an_error(tell):
    with pytest.raises(LookupError):
        tell(kind="unknown")


def test_imported_people_are_told_nothing(tell, clock, db):
    [person] = create_imported_people(
        [ImportedPerson("se", "1", "Old Hand")], at=clock.now
    ).values()

    assert tell(person=person) is None


def test_the_mail_goes_out_later_in_their_language_with_our_address(tell, asker, clock):
    actions.change_language(person=asker, language="zh-hans")
    tell()
    assert mail.outbox == []

    drain(at=clock.now)

    [message] = mail.outbox
    assert message.to == [asker.email]
    assert message.subject.endswith("Xiaoman 回答了")
    assert "http://127.0.0.1:8000/en/questions/1/x/" in message.body


def test_a_kind_that_is_not_for_mail_sends_none(tell, clock):
    tell(kind="thanked")
    drain(at=clock.now)

    assert mail.outbox == []


def test_one_says_what_one_wants_to_hear(tell, asker, client_of, clock):
    client = client_of(asker)
    assert client.get(CHOICES).status_code == 200

    client.post(CHOICES, {"mail-thanked": "on"})

    assert tell() is None
    told = tell(kind="thanked", key="thanks-1")
    assert told.read_at == clock.now
    drain(at=clock.now)
    assert [message.subject for message in mail.outbox] == ["[Answerhall] Thanks"]


def test_kinds_with_one_label_are_switched_together(tell, asker, client_of):
    registries.notification("answered_again", "Somebody answers")(str)
    client = client_of(asker)
    assert client.get(CHOICES).content.decode().count("Somebody answers</th>") == 1

    client.post(CHOICES, {})

    assert tell() is None
    assert tell(kind="answered_again", key="again-1") is None


def test_what_a_member_typed_becomes_no_link_in_a_mail(asker, clock):
    actions.notify(
        person=asker,
        kind="answered",
        data={"name": "http://evil.example/x"},
        key="answer-2",
        at=clock.now,
    )
    drain(at=clock.now)

    [message] = mail.outbox
    assert "evil.example" not in message.body + message.subject
    assert "http://e" not in message.body + message.subject


def test_a_marketing_consent_is_given_and_taken_back(asker, client_of):
    client = client_of(asker)
    client.post(CHOICES, {"marketing": "on"})
    consent = asker.consents.get(kind="marketing")
    assert consent.withdrawn_at is None

    client.post(CHOICES, {})
    consent.refresh_from_db()
    assert consent.withdrawn_at is not None

    client.post(CHOICES, {"marketing": "on"})
    consent.refresh_from_db()
    assert consent.withdrawn_at is None


def test_reading_is_a_form(tell, asker, client_of):
    told = tell()
    client = client_of(asker)

    assert client.get(f"{LIST}{told.pk}/read/").status_code == 405
    assert asker.notifications.unread().count() == 1

    client.post(f"{LIST}{told.pk}/read/")
    assert asker.notifications.unread().count() == 0


def test_all_at_once(tell, asker, client_of):
    for n in range(3):
        tell(key=f"answer-{n}")

    client_of(asker).post(f"{LIST}read/")

    assert asker.notifications.unread().count() == 0


def test_nobody_reads_anothers(tell, asker, stranger, client_of):
    told = tell()
    client = client_of(stranger)

    client.post(f"{LIST}{told.pk}/read/")
    client.post(f"{LIST}read/")

    assert "Xiaoman" not in client.get(LIST).content.decode()
    assert asker.notifications.unread().count() == 1


def test_strangers_are_asked_to_sign_in(client, db):
    for address in (LIST, CHOICES):
        assert client.get(address)["Location"] == f"/accounts/login/?next={address}"
    assert client.post(f"{LIST}read/").status_code == 302


def test_a_long_list_costs_no_more_queries(
    tell, asker, client_of, django_assert_max_num_queries
):
    for n in range(40):
        tell(key=f"answer-{n}")
    client = client_of(asker)
    client.get(LIST)

    with django_assert_max_num_queries(8):
        client.get(LIST)

    assert Notification.objects.count() == 40
