import os
import socket

import pytest
from django.core.cache import cache

from common import limits
from common.errors import TooMany
from common.limits import spend
from common.models import LimitWindow


@pytest.fixture(params=["database", pytest.param("redis", marks=pytest.mark.services)])
def counters(request, db, settings, monkeypatch) -> str:
    """Count in the database here, and in Redis too when the services are started."""
    monkeypatch.setattr(limits, "_redis_rests_until", 0.0)
    if request.param == "redis":
        settings.CACHES = redis_at(os.environ["ANSWERHALL_TEST_REDIS_URL"])
        cache.clear()
    return request.param


def redis_at(url: str) -> dict:
    backend = "django.core.cache.backends.redis.RedisCache"
    return {"default": {"BACKEND": backend, "LOCATION": url}}


def tries(number: int, *windows: tuple[int, int], key: str = "7", at=None) -> int:
    """How many of these tries are allowed."""
    allowed = 0
    for _try in range(number):
        try:
            spend("vote", key, *windows, at=at)
        except TooMany:
            continue
        allowed += 1
    return allowed


def test_as_many_as_allowed_and_not_one_more(counters):
    assert tries(9, (5, 60)) == 5


def test_everybody_has_limits_of_their_own(counters):
    assert tries(9, (5, 60), key="7") == 5
    assert tries(9, (5, 60), key="8") == 5


def test_every_action_has_limits_of_its_own(counters):
    tries(9, (5, 60))

    spend("comment", "7", (5, 60))


def test_the_shortest_window_that_is_full_refuses(counters):
    with pytest.raises(TooMany) as refusal:
        for _try in range(3):
            spend("vote", "7", (2, 60), (20, 3600))

    assert 0 < refusal.value.retry_after <= 60
    assert refusal.value.status == 429
    assert "try again in 1 minute" in str(refusal.value)


def test_a_longer_window_refuses_when_the_short_ones_do_not(counters):
    with pytest.raises(TooMany) as refusal:
        for _try in range(4):
            spend("vote", "7", (20, 60), (3, 3600))

    assert 60 < refusal.value.retry_after <= 3600
    assert "try again in 1 hour" in str(refusal.value)


def test_a_try_that_was_refused_does_not_use_up_the_longer_window(counters):
    tries(50, (2, 60), (10, 3600))

    assert tries(20, (10, 3600)) == 8


@pytest.mark.usefixtures("every_database")
def test_when_the_window_ends_one_may_try_again(clock):
    assert tries(9, (5, 60), at=clock.now) == 5
    assert tries(9, (5, 60), at=clock.move(seconds=59)) == 0
    assert tries(9, (5, 60), at=clock.move(seconds=1)) == 5


@pytest.mark.usefixtures("every_database")
def test_the_counters_tell_nobody_whose_they_are():
    spend("sign-in", "linjian@example.com", (5, 60))

    assert "linjian" not in LimitWindow.objects.get().key


@pytest.mark.usefixtures("every_database")
def test_any_key_can_be_counted():
    spend("search", "\0 \ud800 转网" * 100, (5, 60))

    assert LimitWindow.objects.count() == 1


@pytest.mark.usefixtures("every_database")
def test_windows_that_ended_are_forgotten(clock):
    spend("vote", "7", (5, 60), (20, 3600), at=clock.now)

    assert limits.prune(at=clock.move(minutes=2)) == 1
    assert LimitWindow.objects.get().ends_at > clock.now


@pytest.mark.usefixtures("every_database")
def test_without_its_redis_the_site_still_limits(settings, monkeypatch, caplog):
    monkeypatch.setattr(limits, "_redis_rests_until", 0.0)
    with socket.socket() as nobody_listens:
        nobody_listens.bind(("127.0.0.1", 0))
        port = nobody_listens.getsockname()[1]
        settings.CACHES = redis_at(f"redis://127.0.0.1:{port}/0")

        assert tries(9, (5, 60)) == 5

    # It was asked once, and then left alone: each try may cost a timeout.
    assert caplog.text.count("Redis does not answer") == 1


def test_after_a_while_redis_is_asked_again(db, settings, monkeypatch):
    monkeypatch.setattr(limits, "_redis_rests_until", 0.0)
    asked = []

    def gone(*_args) -> None:
        asked.append(True)
        raise ConnectionError

    monkeypatch.setattr(limits, "_count_in", gone)
    settings.CACHES = redis_at("redis://127.0.0.1:1/0")
    now = [1000.0]
    monkeypatch.setattr(limits.time, "monotonic", lambda: now[0])

    spend("vote", "7", (5, 60))
    now[0] += 29
    spend("vote", "7", (5, 60))
    now[0] += 2
    spend("vote", "7", (5, 60))

    assert len(asked) == 2


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1 second"), (45, "45 seconds"), (61, "2 minutes"), (7000, "2 hours")],
)
def test_the_wait_is_said_in_the_largest_fitting_unit(seconds, words):
    assert f"try again in {words}." in str(TooMany(retry_after=seconds))
