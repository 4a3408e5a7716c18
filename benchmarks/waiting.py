"""A waiting room with a crowd in it: what the opening and one look at the page cost.

    ANSWERHALL_DATABASE_URL=postgres://… .venv/bin/python benchmarks/waiting.py

Makes a database of its own beside the one named and drops it at the end. Says how long
it takes to give numbers to all, to give a round of turns, and how long the page of one
who waits takes (the median of 200) before and after the crowd is there.
"""

import argparse
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from secrets import randbits
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerhall.settings.test")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from people.models import Person  # noqa: E402
from rewards import actions, numbers  # noqa: E402
from rewards.actions import queueing  # noqa: E402
from rewards.models import EarnRule, Gift, Place, WaitingRoom  # noqa: E402
from rewards.setup import setup_rules  # noqa: E402

LOOKS = 200


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=60_000)
    options = parser.parse_args()
    # Tables as the models say, without the minutes that migrations take.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        print(json.dumps(measured(options.people), indent=2))  # noqa: T201
    finally:
        connection.creation.destroy_test_db("postgres", verbosity=0)


def measured(crowd: int) -> dict[str, object]:
    now = timezone.now()
    setup_rules()
    EarnRule.objects.update(points=20, daily_cap=None, vest_days=0)
    gift = Gift.objects.create(
        slug="drop", cost=20, stock=10, is_drop=True, opens_at=now
    )
    room = WaitingRoom.objects.create(gift=gift)
    wait(room, 60)
    queueing.look_after(room, at=now)
    few = a_look(room, gift)
    wait(room, crowd)
    numbering = seconds(lambda: queueing._give_numbers(room))
    later = now + timedelta(minutes=1)
    a_round = seconds(lambda: queueing.look_after(room, at=later))
    many = a_look(room, gift)
    room.refresh_from_db()
    wait_for = min(room.waiting // numbers.POLLS_A_SECOND, numbers.POLL_MAX_SECONDS)
    return {
        "load": os.getloadavg()[0],
        "database": connection.vendor,
        "waiting": room.waiting,
        "numbers_for_all_seconds": round(numbering, 2),
        "a_round_seconds": round(a_round, 2),
        "page_ms_with_60": round(1000 * few, 1),
        "page_ms_with_all": round(1000 * many, 1),
        "each_asks_every_seconds": wait_for,
        "pages_a_second": round(room.waiting / wait_for),
    }


def wait(room: WaitingRoom, size: int) -> None:
    """So many more people, the first ten of whom can pay."""
    taken = Person.objects.count()
    names = [f"guest{number}" for number in range(taken, taken + size)]
    people = Person.objects.bulk_create(
        [Person(handle=name, handle_skeleton=name) for name in names], batch_size=2000
    )
    now = timezone.now()
    for person in people[:10]:
        actions.award(
            event="article_credit",
            person=person,
            source_type="answer",
            source_id=person.pk,
            at=now,
        )
    Place.objects.bulk_create(
        [
            Place(room=room, person=person, joined_at=now, lot=randbits(62))
            for person in people
        ],
        batch_size=2000,
    )


def a_look(room: WaitingRoom, gift: Gift) -> float:
    last = Place.objects.filter(room=room, state="waiting").order_by("number").last()
    if last is None:
        raise AssertionError("nobody waits")
    client = Client()
    client.force_login(last.person, "django.contrib.auth.backends.ModelBackend")
    address = reverse("rewards:waiting", args=[gift.slug])
    client.get(address)
    return median(seconds(lambda: client.get(address)) for _ in range(LOOKS))


def seconds(act: Callable[[], object]) -> float:
    before = time.perf_counter()
    act()
    return time.perf_counter() - before


if __name__ == "__main__":
    main()
