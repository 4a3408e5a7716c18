"""A rush on gifts, on PostgreSQL: nothing oversold, nobody charged twice."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from random import Random

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from common.errors import Refused
from community import actions as community
from community.models import Answer, Circle, Question
from people.models import Person
from rewards import actions, errors, queries
from rewards.actions.checking import broken_promises
from rewards.models import (
    Account,
    EarnRule,
    Entry,
    Gift,
    LotUse,
    Redemption,
    Transfer,
    Voucher,
)
from rewards.setup import release_at_once, setup_rules
from tests.services.at_once import CROWD, each_at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def _the_ledger_still_holds(transactional_db):
    setup_rules()
    release_at_once()
    yield
    assert broken_promises() == []


@pytest.fixture
def give() -> Callable[..., None]:
    """Let people have points, as if they had been paid for one good answer."""

    def pay(*people: Person, points: int, at: datetime | None = None) -> None:
        rules = EarnRule.objects.filter(event="article_credit")
        rules.update(points=points, daily_cap=None)
        for person in people:
            actions.award(
                event="article_credit",
                person=person,
                source_type="answer",
                source_id=f"{person.pk}:{at}",
                at=at or timezone.now(),
            )

    return pay


@pytest.fixture
def gift() -> Gift:
    return Gift.objects.create(slug="day-pass", title_en="Day pass", cost=20, stock=1)


@pytest.fixture
def crowd(make_person) -> list[Person]:
    return [make_person(f"neighbour{number}") for number in range(CROWD)]


def stock(gift: Gift) -> int:
    return Gift.objects.get(pk=gift.pk).stock


def spendable(person: Person) -> int:
    return queries.spendable(person)


def orders(outcomes: list[object]) -> list[Redemption]:
    return [one for one in outcomes if isinstance(one, Redemption)]


def test_fifty_clicks_with_one_key_are_one_order(helper, gift, give):
    give(helper, points=1000)
    Gift.objects.update(stock=CROWD)

    outcomes = each_at_once(
        lambda _: actions.redeem(
            person=helper, gift=gift, key="one-form", at=timezone.now()
        )
    )

    assert len({order.pk for order in orders(outcomes)}) == 1
    assert len(orders(outcomes)) == CROWD
    assert (spendable(helper), stock(gift)) == (980, CROWD - 1)


def test_the_last_gift_goes_to_one_of_fifty(crowd, gift, give):
    give(*crowd, points=30)

    outcomes = each_at_once(
        lambda number: actions.redeem(
            person=crowd[number], gift=gift, key=f"key{number}", at=timezone.now()
        )
    )

    assert len(orders(outcomes)) == 1
    refused = [one for one in outcomes if isinstance(one, errors.SoldOut)]
    assert len(refused) == CROWD - 1
    assert stock(gift) == 0
    assert sorted(spendable(person) for person in crowd) == [10] + [30] * (CROWD - 1)


def test_a_rush_sells_exactly_what_there_is(crowd, gift, give):
    """Each comes back until it is gone: 100 units, about 250 tries."""
    give(*crowd, points=100)
    Gift.objects.update(stock=100)

    def rush(number: int) -> int:
        bought = 0
        for turn in range(5):
            with suppress(errors.SoldOut):
                key = f"{number}:{turn}"
                at = timezone.now()
                actions.redeem(person=crowd[number], gift=gift, key=key, at=at)
                bought += 1
        return bought

    bought = each_at_once(rush)

    assert sum(int(str(one)) for one in bought) == Redemption.objects.count() == 100
    assert stock(gift) == 0
    spent = 5000 - sum(spendable(person) for person in crowd)
    assert spent == 100 * 20


def test_nobody_spends_the_same_points_twice(helper, gift, give):
    give(helper, points=65)
    Gift.objects.update(stock=CROWD)

    outcomes = each_at_once(
        lambda number: actions.redeem(
            person=helper, gift=gift, key=f"key{number}", at=timezone.now()
        )
    )

    assert len(orders(outcomes)) == 3
    refused = [one for one in outcomes if isinstance(one, errors.NotEnoughPoints)]
    assert len(refused) == CROWD - 3
    assert {one.facts["missing"] for one in refused} == {15}
    assert (spendable(helper), stock(gift)) == (5, CROWD - 3)


def test_ten_codes_go_to_ten_of_fifty(crowd, give):
    give(*crowd, points=30)
    film = Gift.objects.create(slug="film", cost=20, stock_mode="codes")
    actions.add_codes(gift=film, codes=[f"CODE-{number}" for number in range(10)])

    outcomes = each_at_once(
        lambda number: actions.redeem(
            person=crowd[number], gift=film, key=f"key{number}", at=timezone.now()
        )
    )

    bought = orders(outcomes)
    assert len({queries.code_of(order) for order in bought}) == len(bought) == 10
    assert not Voucher.objects.filter(redemption=None).exists()
    assert stock(film) == 0


def test_one_key_in_two_hands_buys_once(crowd, gift, give):
    give(*crowd, points=30)
    Gift.objects.update(stock=CROWD)

    outcomes = each_at_once(
        lambda number: actions.redeem(
            person=crowd[number], gift=gift, key="the-same", at=timezone.now()
        )
    )

    assert len(orders(outcomes)) == Redemption.objects.count() == 1
    refused = [one for one in outcomes if isinstance(one, errors.KeyOfAnotherOrder)]
    assert len(refused) == CROWD - 1


def test_delivered_and_cancelled_at_once_is_one_of_them(helper, gift, give, manager):
    give(helper, points=30)
    order = actions.redeem(person=helper, gift=gift, key="key", at=timezone.now())

    outcomes = each_at_once(
        lambda number: (actions.fulfil, actions.cancel)[number % 2](
            redemption=order, by=manager, at=timezone.now()
        )
    )

    assert len(orders(outcomes)) == 1
    order.refresh_from_db()
    delivered = order.state == "fulfilled"
    assert (spendable(helper), stock(gift)) == ((10, 0) if delivered else (30, 1))


def test_an_award_told_fifty_times_is_one_award(helper, asker):
    each_at_once(
        lambda _: actions.award(
            event="accepted",
            person=helper,
            partner=asker,
            source_type="answer",
            source_id=1,
            at=timezone.now(),
        )
    )

    assert spendable(helper) == 20
    assert Transfer.objects.count() == 1


def test_fifty_clicks_on_accept_and_on_vote_pay_once(asker, helper, stranger):
    circle, _is_new = Circle.objects.get_or_create(
        slug="general", defaults={"name_en": "General", "name_zh": "综合"}
    )
    now = timezone.now()
    question = community.ask(
        person=asker,
        title="Port-in stuck in review for three days",
        body="I sent the request on Saturday, nothing has moved since.",
        circle=circle,
        tags=[],
        at=now,
    )
    answer = community.answer(
        person=helper,
        question=question,
        body="Take the photo of your card again in daylight.",
        at=now,
    )

    def click(number: int) -> object:
        if number % 2:
            return community.accept(person=asker, answer=answer, at=now)
        return community.vote(person=stranger, post=answer, value=1, at=now)

    each_at_once(click)

    assert spendable(helper) == 20 + 2
    assert Transfer.objects.count() == 2


def test_fifty_votes_at_once_stay_under_the_cap_of_the_post_and_of_the_day(
    crowd, helper
):
    """Thirty answers of ten points at most each would be three hundred."""

    def vote(number: int) -> None:
        for answer in range(30):
            actions.award(
                event="upvote",
                person=helper,
                partner=crowd[number],
                source_type="answer",
                source_id=answer,
                at=timezone.now(),
            )

    each_at_once(vote, 8)

    assert spendable(helper) == 200


def test_expiry_reversal_and_orders_at_once_leave_a_clean_ledger(
    crowd, gift, give, manager
):
    """A storm over few purses: whoever comes first, nothing deadlocks or breaks."""
    people = crowd[:4]
    long_ago = timezone.now() - timedelta(days=370)
    give(*people, points=45, at=long_ago)
    give(*people, points=60)
    Gift.objects.update(stock=30)

    def join_in(number: int) -> None:
        chance = Random(number)  # noqa: S311  the same storm every time
        for turn in range(8):
            person = chance.choice(people)
            cause = {
                "event": "accepted",
                "person": person,
                "partner": chance.choice(crowd[4:8]),
                "source_type": "answer",
                "source_id": chance.randrange(5),
                "at": timezone.now(),
            }
            what = chance.choice(["order", "award", "back", "expire", "settle"])
            with suppress(Refused):
                if what == "order":
                    key = f"{number}:{turn}"
                    actions.redeem(person=person, gift=gift, key=key, at=timezone.now())
                elif what == "award":
                    actions.award(**cause)
                elif what == "back":
                    actions.take_back(**cause)
                elif what == "expire":
                    actions.expire_points(at=timezone.now())
                else:
                    settle(chance, manager)

    each_at_once(join_in, 24)

    assert not Account.objects.filter(balance__lt=0).exists()
    live = Redemption.objects.exclude(state="cancelled").count()
    assert live + stock(gift) == 30


def settle(chance: Random, manager: Person) -> None:
    waiting = list(Redemption.objects.filter(state="ordered").order_by("pk"))
    if waiting:
        act = chance.choice([actions.fulfil, actions.cancel])
        act(redemption=chance.choice(waiting), by=manager, at=timezone.now())


def test_a_storm_on_threads_pays_what_stands_in_the_end(crowd, asker, moderator):
    """Through the community's own actions, whose locks come before the purses'."""
    circle = Circle.objects.create(slug="c", name_en="C", name_zh="C")
    helpers, at = crowd[:5], timezone.now()
    threads = []
    for number in range(5):
        question = community.ask(
            person=asker,
            title=f"Port-in stuck in review for three days, case {number}",
            body=f"I sent the request on Saturday, nothing moved. Case {number}.",
            circle=circle,
            tags=[],
            at=at,
        )
        threads.append(question)
    answers = [
        community.answer(
            person=helpers[(number + step) % 5],
            question=question,
            body=f"Take the photo of your card again in daylight. {number}{step}",
            at=at,
        )
        for number, question in enumerate(threads)
        for step in (0, 1)
    ]

    def join_in(number: int) -> None:
        chance = Random(number)  # noqa: S311  the same storm every time
        for _ in range(10):
            one = Answer.objects.get(pk=chance.choice(answers).pk)
            thread = Question.objects.get(pk=one.question_id)
            voter = crowd[10 + number]
            what = chance.choice(["vote", "accept", "undo", "answer", "thread"])
            with suppress(Refused):
                if what == "vote":
                    value = chance.choice([1, 0])
                    community.vote(person=voter, post=one, value=value, at=at)
                elif what == "accept":
                    community.accept(person=asker, answer=one, at=at)
                elif what == "undo":
                    community.unaccept(person=asker, question=thread, at=at)
                else:
                    post = one if what == "answer" else thread
                    community.delete(person=moderator, post=post, at=at)
                    community.restore(person=moderator, post=post, at=at)

    each_at_once(join_in, 24)

    for question in Question.objects.all():
        standing = Transfer.objects.filter(
            kind="award", reason="accepted", reversed_by=None, source_type="answer"
        )
        here = {str(one.pk) for one in answers if one.question_id == question.pk}
        paid = set(standing.values_list("source_id", flat=True)) & here
        accepted = question.accepted_answer_id
        expected = {str(accepted)} if accepted and question.is_visible else set()
        assert paid == expected


@pytest.mark.parametrize("model", [Transfer, Entry, LotUse])
def test_postgresql_itself_refuses_to_rewrite_the_ledger(model, helper, gift, give):
    give(helper, points=30)
    actions.redeem(person=helper, gift=gift, key="key", at=timezone.now())
    table, row = model._meta.db_table, model.objects.first()

    for statement in (
        f"UPDATE {table} SET id = id WHERE id = {row.pk}",  # noqa: S608
        f"DELETE FROM {table} WHERE id = {row.pk}",  # noqa: S608
        f"TRUNCATE {table} CASCADE",
    ):
        with (
            pytest.raises(DatabaseError, match="append-only"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)

    assert model.objects.filter(pk=row.pk).exists()
