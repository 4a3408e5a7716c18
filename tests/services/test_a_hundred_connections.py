"""2,000 tries for 100 units over 100 connections; points that expire or are taken back
while they are spent. On PostgreSQL."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Semaphore

import pytest
from django.utils import timezone

from common.errors import Refused
from people.models import Person
from rewards import actions, queries
from rewards.actions import redeeming
from rewards.actions.checking import broken_promises
from rewards.errors import NotEnoughPoints, SoldOut
from rewards.models import Account, EarnRule, Gift, Redemption, Transfer, Voucher
from rewards.setup import setup_rules
from tests.services.at_once import each_at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

CONNECTIONS, TRIES, UNITS, COST = 100, 2000, 100, 20


@pytest.fixture(autouse=True)
def _the_ledger_still_holds(transactional_db):
    setup_rules()
    yield
    assert broken_promises() == []


@pytest.fixture(autouse=True)
def _no_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if every thread were a process of its own: nothing but PostgreSQL in order."""
    monkeypatch.setattr(redeeming, "_turns", Semaphore(CONNECTIONS))


@pytest.fixture
def give() -> Callable[..., None]:
    def pay(*people: Person, points: int, **when: object) -> None:
        rules = EarnRule.objects.filter(event="article_credit")
        rules.update(points=points, daily_cap=None, vest_days=0)
        for person in people:
            actions.award(
                event="article_credit",
                person=person,
                source_type="answer",
                source_id=f"{person.pk}",
                at=when.get("at", timezone.now()),
            )

    return pay


@pytest.fixture
def crowd(make_person, give) -> list[Person]:
    people = [make_person(f"buyer{number}") for number in range(CONNECTIONS)]
    give(*people, points=COST * TRIES // CONNECTIONS)
    return people


@pytest.mark.parametrize("mode", ["counter", "codes"])
def test_a_hundred_units_make_exactly_a_hundred_orders(crowd, mode):
    gift = Gift.objects.create(slug="drop", cost=COST, stock=UNITS, stock_mode=mode)
    if mode == "codes":
        actions.add_codes(gift=gift, codes=[f"CODE-{n}" for n in range(UNITS)])

    def rush(number: int) -> Counter[str]:
        came: Counter[str] = Counter()
        for turn in range(TRIES // CONNECTIONS):
            try:
                actions.redeem(
                    person=crowd[number],
                    gift=gift,
                    key=f"{number}:{turn}",
                    at=timezone.now(),
                )
                came["ordered"] += 1
            except Refused as refusal:
                came[type(refusal).__name__] += 1
        return came

    parts = each_at_once(rush, CONNECTIONS)

    came: Counter[str] = sum((Counter(part) for part in parts), Counter())  # type: ignore[call-overload]
    assert came == {"ordered": UNITS, SoldOut.__name__: TRIES - UNITS}
    assert Redemption.objects.count() == UNITS
    assert Gift.objects.get(pk=gift.pk).stock == 0
    assert not Account.objects.filter(balance__lt=0).exists()
    if mode == "codes":
        codes = [queries.code_of(order) for order in Redemption.objects.all()]
        assert len(set(codes)) == UNITS
        assert not Voucher.objects.filter(redemption=None).exists()


def test_the_same_key_fifty_times_is_one_hold(crowd):
    gift = Gift.objects.create(slug="drop", cost=COST, stock=50)

    held = each_at_once(
        lambda _: redeeming.hold(
            person=crowd[0], gift=gift, key="one", at=timezone.now()
        ),
        50,
    )

    assert {one.pk for one in held if isinstance(one, Redemption)} == set(
        Redemption.objects.values_list("pk", flat=True)
    )
    assert Redemption.objects.count() == 1
    assert Gift.objects.get(pk=gift.pk).stock == 49


def test_confirmed_and_run_out_at_once_is_one_of_them(crowd):
    gift = Gift.objects.create(slug="drop", cost=COST, stock=20)
    now = timezone.now()
    orders = [
        redeeming.hold(person=person, gift=gift, key=f"k{person.pk}", at=now)
        for person in crowd[:20]
    ]
    last_moment = now + timedelta(minutes=15, microseconds=-1)

    def act(number: int) -> object:
        if number % 2:
            return redeeming.lapse_holds(at=now + timedelta(minutes=15))
        order = orders[number // 2]
        return redeeming.confirm(redemption=order, person=order.person, at=last_moment)

    each_at_once(act, 40)

    states = Counter(Redemption.objects.values_list("state", flat=True))
    assert states["ordered"] + states["lapsed"] == 20
    assert Gift.objects.get(pk=gift.pk).stock == states["lapsed"]


def test_points_expire_or_are_spent_and_never_both(make_person, give):
    """At the moment they expire: half of the threads let them, half of them buy."""
    people = [make_person(f"late{number}") for number in range(25)]
    now = timezone.now()
    give(*people, points=COST, at=now - timedelta(days=367))
    gift = Gift.objects.create(slug="drop", cost=COST, stock=100)

    def act(number: int) -> object:
        person = people[number // 2]
        if number % 2:
            return actions.expire_points(at=now)
        return actions.redeem(
            person=person, gift=gift, key=f"k{number}", at=now - timedelta(days=10)
        )

    outcomes = each_at_once(act, 50)

    bought = [one for one in outcomes if isinstance(one, Redemption)]
    missed = [one for one in outcomes if isinstance(one, NotEnoughPoints)]
    assert len(bought) + len(missed) == 25
    expired = Transfer.objects.filter(kind="expire").count()
    assert expired == len(missed)
    assert {queries.spendable(person) for person in people} == {0}


def test_points_are_taken_back_while_they_are_spent(make_person, give):
    """Who spent first owes; who was too late was refused. Nobody has them twice."""
    people = [make_person(f"undone{number}") for number in range(25)]
    give(*people, points=COST)
    gift = Gift.objects.create(slug="drop", cost=COST, stock=100)

    def act(number: int) -> object:
        person = people[number // 2]
        if number % 2:
            return actions.take_back_from(
                event="article_credit",
                person=person,
                source_type="answer",
                source_id=f"{person.pk}",
                at=timezone.now(),
            )
        return actions.redeem(
            person=person, gift=gift, key=f"k{number}", at=timezone.now()
        )

    outcomes = each_at_once(act, 50)

    bought = {one.person_id for one in outcomes if isinstance(one, Redemption)}
    for person in people:
        debt = queries.balance_of(person, at=timezone.now()).debt
        assert debt == (COST if person.pk in bought else 0)
        assert queries.spendable(person) == 0
    assert Transfer.objects.filter(kind="reversal").count() == 25
