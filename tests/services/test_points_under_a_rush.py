"""Many at once, on PostgreSQL: no ceiling passed, nobody waiting for nothing."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Event

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from common import outbox
from common.errors import Refused
from people.models import Person
from rewards import actions, queries
from rewards.actions.checking import broken_promises
from rewards.models import (
    Charity,
    EarnRule,
    Entry,
    LotUse,
    PointsTerms,
    Pot,
    Transfer,
)
from rewards.setup import release_at_once, setup_rules
from tests.services.at_once import CROWD, each_at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _the_ledger_still_holds(transactional_db) -> Iterator[None]:
    setup_rules()
    release_at_once()
    yield
    assert broken_promises() == []


@pytest.fixture
def crowd(make_person) -> list[Person]:
    return [make_person(f"neighbour{number}") for number in range(CROWD)]


def award(person: Person, number: int) -> Transfer | None:
    return actions.award(
        event="article_credit",
        person=person,
        source_type="answer",
        source_id=str(number),
        at=timezone.now(),
    )


def issued() -> int:
    given = Entry.objects.filter(
        debit__kind="issued", transfer__reversed_by__isnull=True
    )
    return sum(given.values_list("amount", flat=True))


@pytest.mark.parametrize("budget", [95, 300, 5_000])
def test_a_hundred_awards_at_once_never_pass_the_ceiling(crowd, budget):
    """Each takes 10, two a person; what others held is paid a moment later."""
    EarnRule.objects.filter(event="article_credit").update(points=10)
    PointsTerms.objects.update(monthly_budget=budget)
    actions.follow_the_terms(at=timezone.now())

    def twice(number: int) -> object:
        for turn in range(2):
            award(crowd[number], number * 2 + turn)
        return True

    outcomes = each_at_once(twice)
    outbox.drain(at=timezone.now() + timedelta(seconds=1))

    assert outcomes == [True] * CROWD
    assert issued() == min(budget // 10, CROWD * 2) * 10
    assert Pot.objects.get().points == budget


def test_awards_at_once_do_not_wait_for_each_other(crowd):
    """One award is not committed: the others take other pieces of the same pot."""
    PointsTerms.objects.update(monthly_budget=10_000)
    actions.follow_the_terms(at=timezone.now())
    with transaction.atomic():
        award(crowd[0], 1)

        def meanwhile(number: int) -> object:
            if number == 0:
                return None
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '2s'")
            return award(crowd[number], number)

        outcomes = each_at_once(meanwhile)

    assert all(isinstance(one, Transfer) for one in outcomes[1:])
    assert issued() == CROWD * 10


def test_a_first_budget_counts_what_is_given_this_very_moment(crowd):
    """An award without a budget is not committed: who sets one waits, and counts it."""
    EarnRule.objects.filter(event="article_credit").update(points=10)
    given, go_on = Event(), Event()

    def give_slowly() -> None:
        with transaction.atomic():
            award(crowd[0], 1)
            given.set()
            go_on.wait(10)
        connection.close()

    def set_the_budget() -> None:
        given.wait(10)
        with transaction.atomic():
            PointsTerms.objects.update(monthly_budget=25)
            actions.follow_the_terms(at=timezone.now())
        connection.close()

    with ThreadPoolExecutor(2) as pool:
        slow, manager = pool.submit(give_slowly), pool.submit(set_the_budget)
        given.wait(10)
        with suppress(TimeoutError):
            manager.result(timeout=0.5)
        waited = not manager.done()
        go_on.set()
        slow.result(10)
        manager.result(10)

    assert waited
    for number in (2, 3):
        award(crowd[number], number)
    assert issued() == 20


@pytest.mark.parametrize("turn", range(3))
def test_a_budget_set_and_lifted_among_awards_is_never_passed(crowd, turn):
    """Some give before it, some after, some while it is being set."""
    EarnRule.objects.filter(event="article_credit").update(points=10)

    def act(number: int) -> object:
        if number == 7:
            with transaction.atomic():
                PointsTerms.objects.update(monthly_budget=500 + 100 * turn)
                actions.follow_the_terms(at=timezone.now())
            return None
        for again in range(4):
            award(crowd[number], number * 4 + again)
        return None

    each_at_once(act)
    outbox.drain(at=timezone.now() + timedelta(seconds=1))

    pot = Pot.objects.get()
    assert pot.points == max(500 + 100 * turn, pot.used_before)
    assert issued() == pot.points - sum(pot.pieces.values_list("left", flat=True))


def test_a_campaign_gives_exactly_its_budget_on_top(crowd, rules_of_a_campaign):
    outcomes = each_at_once(lambda number: award(crowd[number], number))
    outbox.drain(at=timezone.now() + timedelta(seconds=1))

    assert all(isinstance(one, Transfer) for one in outcomes)
    assert issued() == CROWD * 10 + 200


@pytest.fixture
def rules_of_a_campaign() -> None:
    from rewards.models import Campaign

    campaign = Campaign.objects.create(
        title_en="Double",
        factor_percent=200,
        starts_at=timezone.now() - timedelta(hours=1),
        ends_at=timezone.now() + timedelta(hours=1),
        budget=200,
    )
    EarnRule.objects.filter(event="article_credit").update(points=10)
    actions.follow_the_campaign(campaign=campaign, at=timezone.now())


def test_nobody_gives_the_same_points_to_two_causes(helper):
    award(helper, 1)
    causes = [
        Charity.objects.create(slug=f"c{number}", title_en=f"Cause {number}")
        for number in range(CROWD)
    ]

    def give(number: int) -> object:
        return actions.donate(
            person=helper,
            charity=causes[number],
            points=10,
            key=f"k{number}",
            at=timezone.now(),
        )

    outcomes = each_at_once(give)

    assert sum(isinstance(one, Transfer) for one in outcomes) == 1
    assert sum(isinstance(one, Refused) for one in outcomes) == CROWD - 1
    assert queries.spendable(helper) == 0


def test_two_pass_points_on_to_each_other_and_nobody_is_stuck(make_person):
    """Both purses are locked in one order, whoever gives: one of the two may."""
    pairs = [
        (make_person(f"left{number}"), make_person(f"right{number}"))
        for number in range(CROWD // 2)
    ]
    for number, pair in enumerate(pairs):
        for person in pair:
            award(person, number)

    def pass_on(number: int) -> object:
        one, other = pairs[number // 2]
        giver, to = (one, other) if number % 2 else (other, one)
        return actions.pass_on(person=giver, to=to, points=5, at=timezone.now())

    outcomes = each_at_once(pass_on)

    assert not [one for one in outcomes if isinstance(one, DatabaseError)]
    assert sum(isinstance(one, Transfer) for one in outcomes) == CROWD // 2
    for one, other in pairs:
        assert queries.spendable(one) + queries.spendable(other) == 20


def test_one_award_by_hand_is_approved_once(make_person):
    managers = []
    for number in range(6):
        person = make_person(f"manager{number}")
        person.is_superuser = True
        person.save()
        managers.append(person)
    lucky = make_person("lucky")
    proposal = actions.propose_award(
        person=lucky,
        points=500,
        reason="Fair",
        by=managers[0],
        key="k",
        at=timezone.now(),
    )

    outcomes = each_at_once(
        lambda number: actions.approve_award(
            award=proposal, by=managers[1 + number % 5], at=timezone.now()
        )
    )

    assert sum(not isinstance(one, Exception) for one in outcomes) == 1
    assert queries.spendable(lucky) == 500


@pytest.mark.parametrize("model", [Transfer, Entry, LotUse])
def test_the_ledger_s_tables_can_t_be_emptied(model, helper):
    award(helper, 1)
    trees = Charity.objects.create(slug="trees", title_en="Trees")
    gift = {"charity": trees, "points": 10, "key": "k", "at": timezone.now()}
    actions.donate(person=helper, **gift)
    table = model._meta.db_table

    for statement in (f"TRUNCATE {table} CASCADE", f"DELETE FROM {table}"):  # noqa: S608
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert Transfer.objects.filter(person=helper).exists()
