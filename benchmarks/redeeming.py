"""A rush on one gift: U units, N tries in parallel, on PostgreSQL.

    ANSWERHALL_DATABASE_URL=postgres://… .venv/bin/python benchmarks/redeeming.py

Makes a database of its own beside the one named and drops it at the end. Says how
many orders there were, how many a second while stock lasted, and whether the ledger
still holds.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerhall.settings.test")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.db import connection, connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from common.errors import Refused  # noqa: E402
from people.actions import create_person  # noqa: E402
from people.models import Person  # noqa: E402
from rewards import actions  # noqa: E402
from rewards.actions.checking import broken_promises  # noqa: E402
from rewards.models import EarnRule, Gift, Redemption  # noqa: E402
from rewards.setup import setup_rules  # noqa: E402

COST = 20


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--tries", type=int, default=2000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8, help="in each process")
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        parser.error("ANSWERHALL_DATABASE_URL must name a PostgreSQL database")
    # Tables as the models say, without the minutes that migrations take.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        print(json.dumps(rush(options), indent=2))  # noqa: T201
    finally:
        connection.creation.destroy_test_db("postgres", verbosity=0)


def rush(options: argparse.Namespace) -> dict:
    gift, buyers = furnish(options)
    connections.close_all()
    share = options.tries // options.processes
    with multiprocessing.Pool(options.processes) as pool:
        began = time.perf_counter()
        parts = pool.starmap(
            buy,
            [
                (gift, buyers, number, share, options.threads)
                for number in range(options.processes)
            ],
        )
        seconds = time.perf_counter() - began
    outcomes = sum((Counter(part["outcomes"]) for part in parts), Counter())
    last_order = max(part["last_order_at"] for part in parts)
    first_try = min(part["began_at"] for part in parts)
    return {
        "tries": share * options.processes,
        "seconds": round(seconds, 2),
        "outcomes": dict(outcomes),
        "orders": Redemption.objects.count(),
        "orders_a_second": round(outcomes["ordered"] / (last_order - first_try), 1),
        "stock_left": Gift.objects.get(pk=gift).stock,
        "broken_promises": broken_promises(),
    }


def furnish(options: argparse.Namespace) -> tuple[int, list[int]]:
    setup_rules()
    EarnRule.objects.filter(event="article_credit").update(
        points=COST * options.tries, daily_cap=None
    )
    buyers = []
    for number in range(options.people):
        at = timezone.now()
        person = create_person(handle=f"buyer{number}", email=None, at=at)
        actions.award(
            event="article_credit",
            person=person,
            source_type="answer",
            source_id=number,
            at=at,
        )
        buyers.append(person.pk)
    gift = Gift.objects.create(slug="drop", cost=COST, stock=options.units)
    return gift.pk, buyers


def buy(
    gift_id: int, buyers: list[int], process: int, tries: int, threads: int
) -> dict:
    gift = Gift.objects.get(pk=gift_id)
    people = Person.objects.in_bulk(buyers)
    outcomes: Counter[str] = Counter()
    times = [time.time()]

    def one(number: int) -> None:
        person = people[buyers[(number * 7 + process) % len(buyers)]]
        try:
            actions.redeem(
                person=person,
                gift=gift,
                key=f"{process}:{number}",
                at=timezone.now(),
            )
        except Refused as refusal:
            outcomes[type(refusal).__name__] += 1
        else:
            outcomes["ordered"] += 1
            times.append(time.time())

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(tries)))
    return {
        "outcomes": dict(outcomes),
        "began_at": times[0],
        "last_order_at": max(times),
    }


if __name__ == "__main__":
    main()
