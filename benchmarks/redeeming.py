"""A rush on one gift: U units, N tries in parallel, on PostgreSQL.

    ANSWERHALL_DATABASE_URL=postgres://… .venv/bin/python benchmarks/redeeming.py

Makes a database of its own beside the one named and drops it at the end. Two rushes:
in the first there is a unit for every try, which shows the rate while stock lasts; in
the second there are U, which shows that exactly U are sold. Of each it says how many
orders there were a second, from the first try to the last order, and how much CPU a
try took: ours, and PostgreSQL's if it runs on this machine. Before the clock starts
every connection has sold something else, as on a busy site. How durable a commit was
is said, too.
"""

import argparse
import json
import multiprocessing
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import Barrier, Thread

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
from rewards.setup import release_at_once, setup_rules  # noqa: E402

COST = 20


@dataclass
class Part:
    """What the tries of one thread, or of all together, came to."""

    outcomes: Counter[str] = field(default_factory=Counter)
    began_at: float = 0
    last_order_at: float = 0
    ended_at: float = 0
    our_cpu: float = 0
    server_cpu: float = 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=100)
    parser.add_argument("--tries", type=int, default=2000)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--threads", type=int, default=8, help="in each process")
    parser.add_argument("--codes", action="store_true", help="the gift is a code")
    options = parser.parse_args()
    if connection.vendor != "postgresql":
        parser.error("ANSWERHALL_DATABASE_URL must name a PostgreSQL database")
    # Tables as the models say, without the minutes that migrations take.
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        buyers = furnish(options)
        report = {
            "postgresql": how_durable(),
            "load_before": os.getloadavg()[0],
            "a_unit_for_every_try": rush(options, buyers, units=options.tries),
            "the_last_units": rush(options, buyers, units=options.units),
            "broken_promises": broken_promises(),
        }
        print(json.dumps(report, indent=2))  # noqa: T201
    finally:
        connection.creation.destroy_test_db("postgres", verbosity=0)


def furnish(options: argparse.Namespace) -> list[int]:
    """Buyers with points for every try of both rushes."""
    setup_rules()
    release_at_once()
    EarnRule.objects.filter(event="article_credit").update(
        points=COST * options.tries * 2, daily_cap=None
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
    return buyers


def how_durable() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, setting FROM pg_settings WHERE name IN"
            " ('server_version', 'fsync', 'synchronous_commit', 'full_page_writes')"
        )
        return dict(cursor.fetchall())


def rush(options: argparse.Namespace, buyers: list[int], *, units: int) -> dict:
    gift = Gift.objects.create(slug=f"drop-{units}", cost=COST, stock=units)
    if options.codes:
        Gift.objects.filter(pk=gift.pk).update(stock_mode="codes")
        actions.add_codes(gift=gift, codes=[f"CODE-{n}" for n in range(units)])
    warm_up = Gift.objects.create(slug=f"warm-up-{units}", cost=COST, stock=1000)
    tries = options.tries // options.processes
    connections.close_all()
    with multiprocessing.Manager() as manager:
        start = manager.Barrier(options.processes)
        with multiprocessing.Pool(options.processes) as pool:
            parts = pool.starmap(
                buy,
                [
                    (
                        [warm_up.pk, gift.pk],
                        buyers,
                        number,
                        tries,
                        options.threads,
                        start,
                    )
                    for number in range(options.processes)
                ],
            )
    both = added_up(parts)
    tries *= options.processes
    return {
        "tries": tries,
        "outcomes": dict(both.outcomes),
        "orders": Redemption.objects.filter(gift=gift).count(),
        "stock_left": Gift.objects.get(pk=gift.pk).stock,
        "orders_a_second": a_second(
            both.outcomes["ordered"], both.last_order_at - both.began_at
        ),
        "tries_a_second": a_second(tries, both.ended_at - both.began_at),
        "our_cpu_ms_a_try": round(1000 * both.our_cpu / tries, 2),
        "postgresql_cpu_ms_a_try": round(1000 * both.server_cpu / tries, 2),
    }


def buy(
    gift_ids: list[int],
    buyers: list[int],
    process: int,
    tries: int,
    threads: int,
    start: Barrier,
) -> Part:
    """One process: its threads try until all tries are made."""
    warm_up, gift = (Gift.objects.get(pk=pk) for pk in gift_ids)
    people = Person.objects.in_bulk(buyers)
    numbers = iter(range(tries))
    parts = [Part() for _ in range(threads)]
    ready = Barrier(threads + 1)

    def shop(part: Part) -> None:
        key = f"{warm_up.pk}:{process}:{id(part)}"
        buyer = people[buyers[process]]
        actions.redeem(person=buyer, gift=warm_up, key=key, at=timezone.now())
        backend_before = server_cpu()
        ready.wait()
        ready.wait()
        part.began_at = time.time()
        for number in numbers:
            person = people[buyers[(number * 7 + process) % len(buyers)]]
            key = f"{gift.pk}:{process}:{number}"
            try:
                actions.redeem(person=person, gift=gift, key=key, at=timezone.now())
            except Refused as refusal:
                part.outcomes[type(refusal).__name__] += 1
            else:
                part.outcomes["ordered"] += 1
                part.last_order_at = time.time()
        part.ended_at = time.time()
        part.server_cpu = server_cpu() - backend_before
        connection.close()

    shoppers = [Thread(target=shop, args=[part]) for part in parts]
    for shopper in shoppers:
        shopper.start()
    ready.wait()
    start.wait()
    our_cpu_before = time.process_time()
    ready.wait()
    for shopper in shoppers:
        shopper.join()
    whole = added_up(parts)
    whole.our_cpu = time.process_time() - our_cpu_before
    return whole


def added_up(parts: Sequence[Part]) -> Part:
    return Part(
        outcomes=sum((part.outcomes for part in parts), Counter()),
        began_at=min(part.began_at for part in parts),
        last_order_at=max(part.last_order_at for part in parts),
        ended_at=max(part.ended_at for part in parts),
        our_cpu=sum(part.our_cpu for part in parts),
        server_cpu=sum(part.server_cpu for part in parts),
    )


def server_cpu() -> float:
    """Seconds of CPU this thread's PostgreSQL backend has had; 0 if it is not here."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    on_cpu = Path(f"/proc/{backend}/schedstat")
    return int(on_cpu.read_text().split()[0]) / 1e9 if on_cpu.exists() else 0


def a_second(count: int, seconds: float) -> float:
    return round(count / seconds, 1) if count else 0


if __name__ == "__main__":
    main()
