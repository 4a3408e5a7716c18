"""A worker is killed (SIGKILL) after each statement it makes; nothing is lost by it."""

import json
import os
import signal
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.db import connection, connections
from django.utils import timezone

from common import outbox
from people.models import Person
from rewards import actions, queries
from rewards.actions import delivering, queueing, redeeming
from rewards.actions.checking import broken_promises
from rewards.models import (
    DeliveryHook,
    EarnRule,
    Gift,
    HookDelivery,
    Redemption,
    Transfer,
    WaitingRoom,
)
from rewards.sealing import seal
from rewards.setup import setup_rules

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

MOST_STATEMENTS = 400


@pytest.fixture(autouse=True)
def _rules(transactional_db):
    setup_rules()
    yield
    assert broken_promises() == []


@pytest.fixture
def give() -> Callable[..., None]:
    def pay(person: Person, points: int, at: datetime) -> None:
        rules = EarnRule.objects.filter(event="article_credit")
        rules.update(points=points, daily_cap=None, vest_days=0)
        actions.award(
            event="article_credit",
            person=person,
            source_type="answer",
            source_id=f"{person.pk}:{at}",
            at=at,
        )

    return pay


@pytest.fixture
def make_gift() -> Callable[..., Gift]:
    def make(**fields: Any) -> Gift:
        codes = fields.pop("codes", None)
        gift = Gift.objects.create(
            slug="gift", title_en="Gift", **({"cost": 20, "stock": 5} | fields)
        )
        if codes:
            actions.add_codes(gift=gift, codes=codes)
        return gift

    return make


def killed_everywhere(act: Callable[[int], object]) -> int:
    """Do it in a process that dies after its first statement, its second, and so on.

    It is told how many died before. Returns after how many deaths it came through;
    after each the ledger is proved.
    """
    for deaths in range(MOST_STATEMENTS):
        connections.close_all()
        child = os.fork()
        if child == 0:
            _die_after(deaths + 1, partial(act, deaths))
        _pid, status = os.waitpid(child, 0)
        assert broken_promises() == [], f"after {deaths + 1} statements"
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            return deaths
        assert os.WTERMSIG(status) == signal.SIGKILL
    raise AssertionError("it never came to an end")


def _die_after(statements: int, act: Callable[[], object]) -> None:
    left = statements

    def count(execute: Callable, *args: Any) -> Any:
        nonlocal left
        result = execute(*args)
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    code = 1
    try:
        with connection.execute_wrapper(count):
            act()
        code = 0
    finally:
        os._exit(code)


def state_of(person: Person, gift: Gift) -> tuple[int, int, int]:
    """What the person can spend, what waits in reserve, what is left of the gift."""
    has = queries.balance_of(person, at=timezone.now())
    return has.spendable, has.reserved, Gift.objects.get(pk=gift.pk).stock


@pytest.mark.parametrize("codes", [None, ["CODE-1", "CODE-2"]])
def test_a_hold_is_made_confirmed_or_given_back_once(helper, give, make_gift, codes):
    now = timezone.now()
    give(helper, 100, now)
    gift = make_gift(codes=codes, stock_mode="codes" if codes else "counter", stock=2)

    deaths = killed_everywhere(
        lambda _: redeeming.hold(person=helper, gift=gift, key="one", at=now)
    )
    assert deaths > 5
    assert state_of(helper, gift) == (80, 20, 1)

    order = Redemption.objects.get()
    killed_everywhere(
        lambda _: redeeming.confirm(redemption=order, person=helper, at=now)
    )
    assert state_of(helper, gift) == (80, 0 if codes else 20, 1)

    redeeming.hold(person=helper, gift=gift, key="two", at=now)
    later = now + timedelta(minutes=16)
    deaths = killed_everywhere(lambda _: redeeming.lapse_holds(at=later))
    assert deaths > 5
    assert state_of(helper, gift) == (80, 0 if codes else 20, 1)
    assert Transfer.objects.filter(kind="cancel").count() == 1


def test_an_order_is_made_delivered_and_cancelled_once(
    helper, give, make_gift, manager
):
    now = timezone.now()
    give(helper, 100, now)
    gift = make_gift()
    for key in ("one", "two"):
        killed_everywhere(
            lambda _, key=key: actions.redeem(person=helper, gift=gift, key=key, at=now)
        )
    first, second = Redemption.objects.order_by("pk")

    killed_everywhere(lambda _: actions.fulfil(redemption=first, by=manager, at=now))
    killed_everywhere(lambda _: actions.cancel(redemption=second, by=manager, at=now))

    assert state_of(helper, gift) == (80, 0, 4)
    assert Transfer.objects.filter(kind__in=["fulfil", "cancel"]).count() == 2


def test_points_expire_once(helper, asker, give, make_gift):
    long_ago = timezone.now() - timedelta(days=370)
    for person in (helper, asker):
        give(person, 30, long_ago)

    deaths = killed_everywhere(lambda _: actions.expire_points(at=timezone.now()))

    assert deaths > 5
    assert Transfer.objects.filter(kind="expire").count() == 2
    assert [queries.spendable(person) for person in (helper, asker)] == [0, 0]


def test_turns_are_given_once(make_person, give, make_gift):
    now = timezone.now()
    gift = make_gift(is_drop=True, opens_at=now + timedelta(minutes=5), stock=2)
    for number in range(4):
        person = make_person(f"guest{number}")
        give(person, 20, now)
        queueing.enter_room(person=person, gift=gift, at=now)
    opened = now + timedelta(minutes=6)

    def look(deaths: int) -> None:
        # Each round later than the last, as two at once are one.
        queueing.look_after_rooms(at=opened + deaths * timedelta(minutes=1))

    killed_everywhere(look)

    assert Redemption.objects.filter(state="held").count() == 2
    room = WaitingRoom.objects.get()
    numbers = room.places.order_by("number").values_list("number", "state")
    assert list(numbers) == [
        (1, "served"),
        (2, "served"),
        (3, "waiting"),
        (4, "waiting"),
    ]


class Shop:
    """Delivers each key once, whatever it is asked; says which code it gave."""

    def __init__(self) -> None:
        self.given: dict[str, str] = {}
        shop = self

        class Counter(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                key = self.headers["Idempotency-Key"]
                code = shop.given.setdefault(key, f"SHOP-{len(shop.given) + 1}")
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps({"code": code}).encode())

            def log_message(self, *_args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
        self.host = f"127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def shop(settings) -> Iterator[Shop]:
    shop = Shop()
    settings.ANSWERHALL_HOOK_HOSTS = [shop.host]
    yield shop
    shop.server.shutdown()
    shop.server.server_close()


def test_a_hook_delivers_once(helper, give, make_gift, shop):
    now = timezone.now()
    give(helper, 20, now)
    hook = DeliveryHook.objects.create(
        name="Shop", url=f"http://{shop.host}/", sealed_key=seal("key")
    )
    gift = make_gift(hook=hook)
    order = actions.redeem(person=helper, gift=gift, key="one", at=now)

    def work(deaths: int) -> None:
        # The lease of the killed one has run out.
        at = now + deaths * timedelta(hours=1)
        outbox.drain(at=at, kinds=[delivering.DELIVER])

    killed_everywhere(work)

    order.refresh_from_db()
    assert list(shop.given.values()) == [queries.code_of(order)] == ["SHOP-1"]
    assert HookDelivery.objects.get().state == "delivered"
    assert Transfer.objects.filter(kind="fulfil").count() == 1
