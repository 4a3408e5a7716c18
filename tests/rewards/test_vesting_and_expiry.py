"""Held points are released on their day, and old ones go on theirs, lot by lot."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from common import timers
from rewards import actions
from rewards.errors import NotEnoughPoints
from rewards.models import Lot, Transfer
from rewards.months import months_later

pytestmark = pytest.mark.django_db


@pytest.fixture
def held_a_week(rule):
    return rule("accepted", vest_days=7)


def test_held_points_wait_and_are_released_on_their_day(
    held_a_week, help_somebody, redeem, gift, helper, clock, purse
):
    help_somebody()
    assert (purse(helper).held, purse(helper).spendable) == (20, 0)
    with pytest.raises(NotEnoughPoints) as refusal:
        redeem(helper, gift)
    assert refusal.value.missing == 20

    clock.move(days=7, seconds=-1)
    assert actions.vest_points(at=clock.now) == 0

    clock.move(seconds=1)
    assert actions.vest_points(at=clock.now) == 20
    assert actions.vest_points(at=clock.now) == 0
    assert (purse(helper).held, purse(helper).spendable) == (0, 20)
    assert redeem(helper, gift).cost == 20


def test_without_holding_points_are_there_at_once(help_somebody, helper, purse):
    help_somebody()

    assert (purse(helper).held, purse(helper).spendable) == (0, 20)


def test_held_points_that_are_taken_back_are_no_debt(
    held_a_week, help_somebody, unaccept, helper, clock, purse
):
    answer = help_somebody()

    unaccept(answer)

    assert (purse(helper).held, purse(helper).debt) == (0, 0)
    assert actions.vest_points(at=clock.move(days=8)) == 0


def test_held_points_pay_a_debt_before_they_are_released(
    rule, help_somebody, unaccept, redeem, gift, helper, clock, purse
):
    spent = help_somebody()
    redeem(helper, gift)
    unaccept(spent)
    rule("accepted", vest_days=7)

    help_somebody()
    assert (purse(helper).held, purse(helper).debt) == (0, 0)

    actions.vest_points(at=clock.move(days=8))
    assert purse(helper).spendable == 0


def test_points_expire_a_year_after_they_were_earned(
    help_somebody, helper, clock, points
):
    help_somebody()
    a_year_on = months_later(clock.now, 12)

    assert actions.expire_points(at=a_year_on - timedelta(seconds=1)) == 0
    assert points(helper) == 20

    assert actions.expire_points(at=a_year_on) == 20
    assert actions.expire_points(at=a_year_on) == 0
    assert points(helper) == 0


def test_each_lot_goes_on_its_own_day(help_somebody, helper, clock, points):
    help_somebody()
    clock.move(days=10)
    help_somebody()

    actions.expire_points(at=clock.move(days=360))
    assert points(helper) == 20

    actions.expire_points(at=clock.move(days=10))
    assert points(helper) == 0


def test_the_oldest_points_are_spent_first(
    help_somebody, redeem, make_gift, helper, clock, points
):
    help_somebody()
    clock.move(days=10)
    help_somebody()

    redeem(helper, make_gift(cost=25))

    assert list(Lot.objects.order_by("pk").values_list("remaining", flat=True)) == [
        0,
        15,
    ]
    assert actions.expire_points(at=clock.move(days=360)) == 0
    assert points(helper) == 15


def test_a_cancelled_order_gives_points_back_with_the_expiry_they_had(
    help_somebody, redeem, gift, manager, helper, clock, purse
):
    help_somebody()
    a_year_on = months_later(clock.now, 12)
    clock.move(days=100)
    order = redeem(helper, gift)
    actions.cancel(redemption=order, by=manager, at=clock.move(days=100))
    assert purse(helper).spendable == 20

    assert actions.expire_points(at=a_year_on - timedelta(seconds=1)) == 0
    assert actions.expire_points(at=a_year_on) == 20
    assert purse(helper).spendable == 0


def test_points_on_order_do_not_expire_but_do_when_they_come_back_too_late(
    help_somebody, redeem, gift, manager, helper, clock, purse
):
    help_somebody()
    clock.move(days=364)
    order = redeem(helper, gift)

    assert actions.expire_points(at=clock.move(days=30)) == 0
    assert purse(helper).reserved == 20

    actions.cancel(redemption=order, by=manager, at=clock.now)
    actions.expire_points(at=clock.now)
    assert (purse(helper).spendable, purse(helper).reserved) == (0, 0)


def test_points_past_their_day_buy_nothing_even_before_the_timer_ran(
    help_somebody, redeem, gift, helper, clock, points
):
    help_somebody()
    clock.now = months_later(clock.now, 12)

    with pytest.raises(NotEnoughPoints):
        redeem(helper, gift)

    assert actions.expire_points(at=clock.now) == 20


def test_held_points_whose_day_has_come_buy_even_before_the_timer_ran(
    held_a_week, help_somebody, redeem, gift, helper, clock, purse
):
    help_somebody()
    clock.move(days=7)

    redeem(helper, gift)

    assert (purse(helper).held, purse(helper).spendable) == (0, 0)
    assert purse(helper).reserved == 20


def test_timers_that_were_off_for_days_catch_up_once(
    rule, help_somebody, helper, clock, points
):
    rule("accepted", vest_days=1)
    for _ in range(3):
        help_somebody()
        clock.move(hours=20)
    wanted = ["rewards.vest", "rewards.expire"]

    clock.move(days=3)
    first = timers.run_due(clock.now, only=wanted)
    assert points(helper) == 60
    assert first["rewards.vest"] == "60 points released"

    clock.now = months_later(clock.now, 12) + timedelta(days=3)
    said = timers.run_due(clock.now, only=wanted)
    assert said["rewards.expire"] == "60 points expired"
    assert points(helper) == 0
    clock.move(days=1)
    assert not any(timers.run_due(clock.now, only=wanted).values())


def test_losing_an_award_that_expired_already_costs_nothing_more(
    help_somebody, unaccept, helper, clock, purse
):
    answer = help_somebody()
    actions.expire_points(at=clock.move(days=400))

    unaccept(answer)

    assert (purse(helper).spendable, purse(helper).debt) == (0, 0)


def test_the_purse_says_what_expires_soon(help_somebody, helper, clock, purse):
    help_somebody()
    earned_at = clock.now
    clock.move(days=300)
    help_somebody()
    assert purse(helper).expiring == 0

    clock.move(days=40)

    assert purse(helper).expiring == 20
    assert purse(helper).expires_on == months_later(earned_at, 12)


def test_months_are_counted_by_the_calendar():
    leap_day = datetime(2028, 2, 29, 12, tzinfo=UTC)

    assert months_later(leap_day, 12) == datetime(2029, 2, 28, 12, tzinfo=UTC)
    assert months_later(leap_day, 48) == datetime(2032, 2, 29, 12, tzinfo=UTC)


def test_the_command_expires_as_of_a_moment(help_somebody, helper, clock, points):
    help_somebody()
    said = StringIO()
    just_before = months_later(clock.now, 12) - timedelta(minutes=1)

    call_command("expire_points", at=just_before, stdout=said)
    assert said.getvalue() == "0 points expired.\n"

    text = (just_before + timedelta(minutes=1)).astimezone(UTC).isoformat()
    call_command("expire_points", f"--at={text}", stdout=said)
    assert said.getvalue().endswith("\n20 points expired.\n")
    assert points(helper) == 0

    with pytest.raises(CommandError):
        call_command("expire_points", "--at=some-day")


def test_every_expiry_is_a_transfer_of_its_own(help_somebody, helper, clock):
    help_somebody()
    help_somebody()

    actions.expire_points(at=clock.move(days=400))

    expired = Transfer.objects.filter(kind="expire", person=helper)
    assert sorted(t.entries.get().amount for t in expired) == [20, 20]
