"""Closing asks once, waits 14 days for a change of mind, and then forgets."""

import time
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from wagtail.log_actions import log
from wagtail.models import ModelLogEntry

from common.outbox import drain
from common.timers import run_due
from people import actions
from people.errors import StaffStay
from people.models import DataRequest, Person

PAGE = "/en/members/me/close/"
TIMER = ["people.closing"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(make_person):
    return make_person("linjian", display_name="Lin Jian")


@pytest.fixture
def came_in(person, sign_in):
    client, _response = sign_in("linjian@example.com")
    client.post("/accounts/reauthenticate/", {"password": "a-long-enough-passphrase"})
    return client


def after(days: int):
    return timezone.now() + timedelta(days=days, minutes=1)


def test_the_page_says_what_is_lost_and_changes_nothing(came_in, person):
    page = came_in.get(PAGE)

    words = page.content.decode()
    assert "Former member" in words
    assert "14 days" in words
    assert not DataRequest.objects.exists()
    assert came_in.get("/en/members/me/").status_code == 302


def test_closing_signs_out_everywhere_and_tells_by_mail(came_in, person, sign_in):
    elsewhere, _response = sign_in("linjian@example.com")
    actions.make_api_key(
        person=person, name="report", scope="read", days=30, at=timezone.now()
    )

    response = came_in.post(PAGE)

    assert "Your account is closed" in response.content.decode()
    for client in (came_in, elsewhere):
        assert "login" in client.get("/en/members/me/")["Location"]
    assert not person.api_keys.in_force(timezone.now()).exists()
    drain(at=timezone.now())
    assert "You closed your account" in mail.outbox[-1].body


def test_mail_and_page_name_the_same_day(came_in, person):
    """Late in Greenwich is tomorrow in Shanghai."""
    with time_machine.travel("2026-11-22 22:00Z", tick=False):
        session = came_in.session
        session["account_authentication_methods"][-1]["at"] = time.time()
        session.save()
        page = came_in.post(PAGE).content.decode()
        drain(at=timezone.now())

    assert "Dec. 7, 2026" in page
    assert "Dec. 7, 2026" in mail.outbox[-1].body


def test_nothing_is_erased_before_the_day(came_in, person):
    came_in.post(PAGE)

    run_due(after(days=13), only=TIMER)

    assert not Person.objects.get(pk=person.pk).is_erased


def test_after_14_days_the_timer_forgets_them_once(came_in, person):
    came_in.post(PAGE)

    assert run_due(after(days=14), only=TIMER) == {"people.closing": "1 accounts"}
    assert run_due(after(days=15), only=TIMER) == {"people.closing": "0 accounts"}

    gone = Person.objects.get(pk=person.pk)
    assert (gone.is_erased, gone.email, gone.name) == (True, None, "Former member")
    assert DataRequest.objects.get().done_at is not None


def test_a_timer_that_was_off_for_a_month_catches_up(came_in, person):
    came_in.post(PAGE)

    run_due(after(days=45), only=TIMER)

    assert Person.objects.get(pk=person.pk).is_erased


def test_signing_in_keeps_the_account(came_in, person, sign_in):
    came_in.post(PAGE)

    client, response = sign_in("linjian@example.com")

    assert "everything is as it was" in client.get("/en/").content.decode()
    run_due(after(days=15), only=TIMER)
    assert not Person.objects.get(pk=person.pk).is_erased
    assert DataRequest.objects.get().cancelled_at is not None


def test_a_wrong_password_keeps_nothing(came_in, person, sign_in):
    came_in.post(PAGE)

    sign_in("linjian@example.com", "somebody-elses-guess")

    run_due(after(days=15), only=TIMER)
    assert Person.objects.get(pk=person.pk).is_erased


def test_who_came_back_may_leave_again(came_in, person, sign_in):
    came_in.post(PAGE)
    sign_in("linjian@example.com")
    person.refresh_from_db()

    closing = actions.ask_to_close(person=person, at=timezone.now())

    assert closing.cancelled_at is None
    assert DataRequest.objects.count() == 2


def test_asking_twice_moves_no_day(person, clock):
    first = actions.ask_to_close(person=person, at=clock.now)
    again = actions.ask_to_close(person=person, at=clock.move(days=3))

    assert (again.pk, again.due_at) == (first.pk, first.due_at)
    with pytest.raises(IntegrityError), transaction.atomic():
        DataRequest.objects.create(
            person=person, kind="closing", asked_at=clock.now, due_at=clock.now
        )


def test_staff_hand_back_their_roles_first(moderator, client_of, clock):
    with pytest.raises(StaffStay):
        actions.ask_to_close(person=moderator, at=clock.now)

    assert not DataRequest.objects.exists()


def test_who_refuses_new_terms_may_still_leave(came_in, settings):
    settings.ANSWERHALL_TERMS_VERSION = "stricter"
    session = came_in.session
    session["terms_due"] = True
    session.save()

    assert came_in.post("/en/questions/ask/").status_code == 403
    assert "Your account is closed" in came_in.post(PAGE).content.decode()


def test_an_open_browser_closes_nothing(person, client_of):
    found = client_of(person)

    response = found.post(PAGE)

    assert response["Location"].startswith("/accounts/reauthenticate/")
    assert not DataRequest.objects.exists()


def test_erased_by_a_manager_meanwhile_leaves_no_closing_open(person, clock):
    actions.ask_to_close(person=person, at=clock.now)

    actions.erase_person(person=person, at=clock.now)

    assert not DataRequest.objects.closings_ahead().exists()


def test_the_admins_log_no_longer_names_who_is_erased(person, moderator, clock):
    log(person, "wagtail.edit", user=moderator)

    actions.erase_person(person=person, at=clock.now)

    assert [entry.label for entry in ModelLogEntry.objects.all()] == ["-"]


def test_managers_read_who_asked_and_others_do_not(
    person, manager, moderator, client_of, clock
):
    actions.ask_to_close(person=person, at=clock.now)
    place = "/admin/reports/data-requests/"

    page = client_of(manager).get(place)
    assert "Lin Jian" in page.content.decode()
    assert (
        "Lin Jian" not in client_of(moderator).get(place, follow=True).content.decode()
    )


def test_the_page_speaks_chinese(came_in):
    page = came_in.get("/zh-hans/members/me/close/").content.decode()

    assert "注销" in page
    assert "Close" not in page.split('id="main"')[1].split("</main>")[0]
