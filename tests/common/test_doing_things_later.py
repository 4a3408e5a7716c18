from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from common import outbox
from common.models import OutboxRow

pytestmark = pytest.mark.usefixtures("every_database")


class Diary:
    """What a handler was asked to do; it fails for the keys in `broken`."""

    def __init__(self) -> None:
        self.entries: list[dict] = []
        self.calls = 0
        self.broken: set[str] = set()
        self.meanwhile = lambda: None

    def __call__(self, payloads: list[dict], _at: datetime) -> None:
        self.calls += 1
        self.meanwhile()
        if broken := [p["key"] for p in payloads if p["key"] in self.broken]:
            raise OSError(f"No line to {broken[0]}")
        self.entries += payloads

    @property
    def keys(self) -> list[str]:
        return [entry["key"] for entry in self.entries]


@pytest.fixture(autouse=True)
def _own_kinds(monkeypatch) -> None:
    monkeypatch.setattr(outbox, "_kinds", {})


@pytest.fixture
def letters() -> Iterator[Diary]:
    diary = Diary()
    outbox.handles("letter")(diary.__call__)
    return diary


@pytest.fixture
def parcels() -> Diary:
    diary = Diary()
    outbox.handles("parcel", batch=10)(diary.__call__)
    return diary


def test_what_was_asked_for_is_done_once(letters, clock):
    outbox.put("letter", "a", {"key": "a", "words": "转网"}, at=clock.now)

    assert outbox.drain(at=clock.now) == 1
    assert outbox.drain(at=clock.move(days=1)) == 0
    assert letters.entries == [{"key": "a", "words": "转网"}]


def test_asking_twice_for_the_same_is_done_once_with_the_newest_words(letters, clock):
    outbox.put("letter", "a", {"key": "a", "words": "old"}, at=clock.now)
    outbox.put("letter", "a", {"key": "a", "words": "new"}, at=clock.now)

    outbox.drain(at=clock.now)

    assert letters.entries == [{"key": "a", "words": "new"}]


def test_asking_again_after_it_was_done_does_it_again(letters, clock):
    outbox.put("letter", "a", at=clock.now)
    outbox.drain(at=clock.now)

    outbox.put("letter", "a", at=clock.move(minutes=1))
    outbox.drain(at=clock.now)

    assert letters.keys == ["a", "a"]
    assert OutboxRow.objects.count() == 1


def test_asking_while_it_is_being_done_is_not_lost(letters, clock):
    outbox.put("letter", "a", {"key": "a", "words": "old"}, at=clock.now)

    def put_again() -> None:
        letters.meanwhile = lambda: None
        outbox.put("letter", "a", {"key": "a", "words": "new"}, at=clock.now)

    letters.meanwhile = put_again
    outbox.drain(at=clock.now)

    assert [entry["words"] for entry in letters.entries] == ["old", "new"]


def test_the_worker_that_is_busy_with_a_row_is_not_joined_by_another(letters, clock):
    outbox.put("letter", "a", at=clock.now)

    def another_worker() -> None:
        letters.meanwhile = lambda: None
        outbox.put("letter", "a", at=clock.now)
        assert outbox.drain(at=clock.now) == 0

    letters.meanwhile = another_worker
    outbox.drain(at=clock.now)

    assert letters.keys == ["a", "a"]


def test_a_killed_workers_row_is_taken_up_when_its_lease_ends(letters, clock):
    outbox.put("letter", "a", at=clock.now)
    row = OutboxRow.objects.get()
    outbox._claim(outbox._kinds["letter"], clock.now)

    assert outbox.drain(at=clock.move(minutes=1)) == 0
    assert outbox.drain(at=clock.move(minutes=10)) == 1
    row.refresh_from_db()
    assert row.done_at
    assert row.claim is None


def test_a_worker_told_to_stop_leaves_its_row_to_the_next_at_once(letters, clock):
    outbox.put("letter", "a", at=clock.now)

    def stop() -> None:
        letters.meanwhile = lambda: None
        raise SystemExit

    letters.meanwhile = stop
    with pytest.raises(SystemExit):
        outbox.drain(at=clock.now)

    assert outbox.drain(at=clock.now) == 1


def test_what_undoes_the_fact_undoes_what_follows_from_it(letters, clock):
    class Undone(Exception):
        pass

    with pytest.raises(Undone), transaction.atomic():
        outbox.put("letter", "a", at=clock.now)
        raise Undone

    assert outbox.drain(at=clock.now) == 0


def test_what_is_due_later_waits(letters, clock):
    outbox.put("letter", "a", at=clock.now, due=clock.now + timedelta(hours=2))

    assert outbox.drain(at=clock.move(minutes=119)) == 0
    assert outbox.drain(at=clock.move(minutes=2)) == 1


def test_what_fails_is_tried_again_with_longer_and_longer_pauses(letters, clock):
    letters.broken = {"a"}
    outbox.put("letter", "a", at=clock.now)
    pauses = []
    for _attempt in range(9):
        assert outbox.drain(at=clock.now) == 0
        row = OutboxRow.objects.get()
        pauses.append(round((row.next_at - clock.now).total_seconds()))
        clock.now = row.next_at

    letters.broken = set()

    assert pauses == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    assert outbox.drain(at=clock.now) == 1
    assert letters.keys == ["a"]


def test_a_failure_is_kept_to_be_read(letters, clock):
    letters.broken = {"a"}
    outbox.put("letter", "a", at=clock.now)

    outbox.drain(at=clock.now)

    assert OutboxRow.objects.get().last_error == "OSError: No line to a"


def test_after_twelve_attempts_it_is_given_up_and_counted(letters, clock):
    letters.broken = {"a"}
    outbox.put("letter", "a", at=clock.now)
    for _attempt in range(12):
        assert outbox.dead_count() == 0
        outbox.drain(at=clock.move(hours=2))

    assert outbox.dead_count() == 1
    letters.broken = set()
    assert outbox.drain(at=clock.move(days=30)) == 0
    assert outbox.oldest_due_seconds(clock.now) == 0


def test_asking_again_revives_what_was_given_up(letters, clock):
    outbox.put("letter", "a", at=clock.now)
    OutboxRow.objects.update(attempts=12)
    assert outbox.drain(at=clock.now) == 0

    outbox.put("letter", "a", at=clock.now)

    assert outbox.drain(at=clock.now) == 1
    assert outbox.dead_count() == 0


def test_a_batch_is_handed_over_at_once_in_the_order_it_was_due(parcels, clock):
    for number in range(25):
        outbox.put("parcel", f"{number:02}", at=clock.move(seconds=1))

    assert outbox.drain(at=clock.now) == 25
    assert parcels.calls == 3
    assert parcels.keys == [f"{number:02}" for number in range(25)]


def test_one_bad_row_does_not_hold_up_its_batch(parcels, clock):
    parcels.broken = {"2"}
    for number in range(5):
        outbox.put("parcel", str(number), at=clock.now)

    assert outbox.drain(at=clock.now) == 4
    assert sorted(parcels.keys) == ["0", "1", "3", "4"]
    waiting = OutboxRow.objects.get(done_at=None)
    assert (waiting.key, waiting.attempts) == ("2", 1)


def test_one_kind_may_be_drained_alone(letters, parcels, clock):
    outbox.put("letter", "a", at=clock.now)
    outbox.put("parcel", "b", at=clock.now)

    assert outbox.drain(at=clock.now, kinds=["parcel"]) == 1
    assert (letters.keys, parcels.keys) == ([], ["b"])


def test_a_kind_nobody_handles_waits_until_somebody_does(clock):
    outbox.put("letter", "a", at=clock.now)

    assert outbox.drain(at=clock.now) == 0
    assert outbox.oldest_due_seconds(clock.move(minutes=3)) == 180


def test_two_handlers_of_one_kind_are_a_mistake(letters):
    def other(payloads, at) -> None: ...

    with pytest.raises(ValueError, match="Two handlers"):
        outbox.handles("letter")(other)


def test_how_long_the_oldest_has_been_waiting_is_known(letters, clock):
    outbox.put("letter", "a", at=clock.now)
    outbox.put("letter", "b", at=clock.move(minutes=4))
    outbox.put("letter", "c", at=clock.now, due=clock.now + timedelta(days=1))

    assert outbox.oldest_due_seconds(clock.move(minutes=1)) == 300
    outbox.drain(at=clock.now)
    assert outbox.oldest_due_seconds(clock.now) == 0


def test_what_was_done_long_ago_is_forgotten_and_nothing_else(letters, clock):
    outbox.put("letter", "old", at=clock.now)
    outbox.drain(at=clock.now)
    outbox.put("letter", "recent", at=clock.move(days=7))
    outbox.drain(at=clock.now)
    letters.broken = {"failing"}
    outbox.put("letter", "failing", at=clock.now - timedelta(days=60))
    outbox.drain(at=clock.now)

    outbox.prune(at=clock.move(hours=1))

    kept = OutboxRow.objects.order_by("key").values_list("key", flat=True)
    assert list(kept) == ["failing", "recent"]


def test_a_commit_wakes_one_worker_however_much_was_put(
    letters, clock, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        for key in "abc":
            outbox.put("letter", key, at=clock.now)
    with django_capture_on_commit_callbacks(execute=True):
        outbox.put("letter", "d", at=clock.now)

    assert DBTaskResult.objects.ready().count() == 1
    wake_up = DBTaskResult.objects.get()
    assert wake_up.task.call() == 4


@pytest.mark.django_db(transaction=True)
def test_the_next_commit_wakes_a_worker_again(letters, clock):
    outbox.put("letter", "a", at=clock.now)
    DBTaskResult.objects.get().claim("worker")

    outbox.put("letter", "b", at=clock.now)

    assert DBTaskResult.objects.ready().count() == 1


def test_what_is_due_later_wakes_nobody(letters, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        outbox.put("letter", "a", due=timezone.now() + timedelta(hours=1))

    assert not DBTaskResult.objects.exists()


def test_an_idle_look_costs_one_query_per_kind(
    letters, parcels, clock, django_assert_num_queries
):
    with django_assert_num_queries(2):
        outbox.drain(at=clock.now)


def test_a_kind_that_must_wait_loses_no_attempt_and_is_not_tried_one_by_one(clock):
    closed = clock.now + timedelta(hours=5)
    calls = []

    @outbox.handles("stamp", batch=3)
    def stamp(payloads: list[dict], at: datetime) -> None:
        calls.append([payload["key"] for payload in payloads])
        if at < closed:
            raise outbox.NotNow("closed", until=closed, done=1)

    for key in "abcde":
        outbox.put("stamp", key, at=clock.now)

    assert outbox.drain(at=clock.now) == 1
    assert outbox.drain(at=clock.move(hours=4)) == 0
    assert calls == [["a", "b", "c"]]
    waiting = OutboxRow.objects.filter(done_at=None)
    assert {row.attempts for row in waiting} == {0}
    assert outbox.oldest_due_seconds(clock.now) == 0

    assert outbox.drain(at=clock.move(hours=2)) == 4
    assert sorted(sum(calls[1:], [])) == ["b", "c", "d", "e"]
