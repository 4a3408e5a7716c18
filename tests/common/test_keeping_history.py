from datetime import timedelta

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import Error, connection, transaction

from common import append_only
from common.models import TimerLease

pytestmark = pytest.mark.usefixtures("every_database")


@pytest.fixture
def register(db, monkeypatch):
    """Make a table append-only for one test."""
    registered = dict(append_only._registered)
    monkeypatch.setattr(append_only, "_registered", registered)

    def make(*allow_update: str) -> None:
        append_only.register("common.TimerLease", allow_update)
        append_only.restore_triggers()

    yield make
    append_only.lift_triggers()
    del registered["common.timerlease"]


@pytest.fixture
def row(db) -> TimerLease:
    return TimerLease.objects.create(name="nightly", last_note="first")


def refuses(change) -> bool:
    try:
        with transaction.atomic():
            change()
    except Error as error:
        assert "common_timerlease is append-only" in str(error)
        return True
    return False


def test_a_row_can_be_added_but_not_changed_or_deleted(register, row):
    register()

    TimerLease.objects.create(name="hourly")
    assert refuses(lambda: TimerLease.objects.update(last_note="other"))
    assert refuses(lambda: row.save())
    assert refuses(lambda: row.delete())
    assert refuses(lambda: TimerLease.objects.all().delete())
    assert TimerLease.objects.get(pk=row.pk).last_note == "first"
    assert TimerLease.objects.count() == 2


def test_only_the_fields_that_may_change_can(register, row, clock):
    register("leased_until", "owner")

    row.leased_until = clock.now + timedelta(hours=1)
    row.owner = "somebody"
    row.save()
    assert refuses(lambda: TimerLease.objects.update(last_note="other"))
    assert refuses(lambda: TimerLease.objects.update(owner="a", last_note="other"))
    assert refuses(lambda: TimerLease.objects.update(last_run_at=clock.now))
    assert refuses(lambda: row.delete())
    row.refresh_from_db()
    assert (row.owner, row.last_note) == ("somebody", "first")


@pytest.mark.services
def test_a_table_cannot_be_emptied_at_once(register, row):
    register()

    def empty() -> None:
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE common_timerlease")

    assert refuses(empty)


def test_installing_again_changes_nothing(register, row):
    register()

    for _again in range(2):
        append_only.install_after_migrate(
            sender=apps.get_app_config("common"), using="default"
        )

    assert refuses(lambda: row.save())


def test_what_may_change_follows_the_code_at_the_next_migrate(register, row):
    register()
    register("last_note")
    append_only.install_after_migrate(
        sender=apps.get_app_config("common"), using="default"
    )

    assert not refuses(lambda: TimerLease.objects.update(last_note="other"))


def test_another_rooms_migrate_leaves_the_table_alone(register, row, monkeypatch):
    append_only.register("common.TimerLease")
    append_only.install_after_migrate(
        sender=apps.get_app_config("wagtailcore"), using="default"
    )

    assert not refuses(lambda: row.save())


def test_history_can_be_opened_for_moving_data_and_is_closed_again(register, row):
    register()

    with append_only.lifted():
        TimerLease.objects.update(last_note="moved")

    assert refuses(lambda: row.save())
    assert TimerLease.objects.get().last_note == "moved"


def test_history_is_closed_again_when_moving_data_fails(register, row):
    register()

    with pytest.raises(OSError, match="disk"), append_only.lifted():
        raise OSError("disk")

    assert refuses(lambda: row.save())


@pytest.mark.django_db(transaction=True)
def test_a_test_database_can_be_flushed_and_is_guarded_again(register, row):
    register()

    append_only.lift_triggers()
    call_command("flush", interactive=False, verbosity=0)

    assert not TimerLease.objects.exists()
    another = TimerLease.objects.create(name="nightly")
    assert refuses(lambda: another.save())
