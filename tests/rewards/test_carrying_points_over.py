"""Points that nobody used live some months longer: each once, when its owner asks."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress

from people.models import Person
from rewards import actions
from rewards.errors import NothingToCarryOver
from rewards.models import Debt, Lot, PointsTerms, Transfer
from rewards.months import months_later

pytestmark = pytest.mark.django_db
ADDRESS = "/en/rewards/carry-over/"


@pytest.fixture
def expiring(help_somebody, helper, clock):
    """Twenty points whose last day is ten days off."""
    help_somebody()
    lot = Lot.objects.get(account__owner=helper)
    clock.now = lot.expires_at - timedelta(days=10)
    return lot


@pytest.fixture
def carry(helper, clock):
    return lambda: actions.carry_over(person=helper, at=clock.now)


def test_they_live_six_months_longer_and_are_spent_as_ever(
    expiring, carry, purse, helper, clock, make_gift, redeem
):
    carry()

    assert (purse(helper).spendable, purse(helper).expiring) == (20, 0)
    kept = Lot.objects.get(carried_from=expiring)
    assert kept.expires_at == months_later(expiring.expires_at, 6)
    clock.now = kept.expires_at - timedelta(minutes=1)
    redeem(helper, make_gift(cost=20))
    assert purse(helper).spendable == 0


def test_only_once_then_they_expire(expiring, carry, points, helper, clock):
    carry()
    clock.now = Lot.objects.get(carried_from=expiring).expires_at - timedelta(days=1)

    with pytest.raises(NothingToCarryOver):
        carry()

    clock.move(days=1)
    actions.expire_points(at=clock.now)
    assert points(helper) == 0


def test_not_before_they_are_about_to_expire(help_somebody, carry):
    help_somebody()

    with pytest.raises(NothingToCarryOver):
        carry()


def test_what_was_received_from_a_member_keeps_its_last_day(
    expiring, helper, stranger, clock
):
    for person in (helper, stranger):
        EmailAddress.objects.update_or_create(
            user=person, email=f"{person.pk}@example.com", defaults={"verified": True}
        )
    Person.objects.update(date_joined=clock.now - timedelta(days=400))
    giver, receiver = (Person.objects.get(pk=one.pk) for one in (helper, stranger))
    actions.pass_on(person=giver, to=receiver, points=20, at=clock.now)

    with pytest.raises(NothingToCarryOver):
        actions.carry_over(person=receiver, at=clock.now)


def test_a_site_may_have_none_of_it(expiring, carry):
    PointsTerms.objects.update(carry_over_months=0)

    with pytest.raises(NothingToCarryOver):
        carry()


def test_an_order_cancelled_later_gives_back_to_the_old_lot_with_its_old_day(
    expiring, carry, make_gift, redeem, manager, points, helper, clock
):
    order = redeem(helper, make_gift(cost=5))
    carry()
    actions.cancel(redemption=order, by=manager, at=clock.now)
    assert points(helper) == 20

    with pytest.raises(NothingToCarryOver):
        carry()
    clock.now = expiring.expires_at
    actions.expire_points(at=clock.now)

    assert points(helper) == 15


def test_taking_back_what_expired_after_all_leaves_no_debt(
    expiring, carry, points, helper, clock, unaccept
):
    carry()
    clock.now = Lot.objects.get(carried_from=expiring).expires_at
    actions.expire_points(at=clock.now)
    award = Transfer.objects.get(kind="award")

    actions.take_back_from(
        event="accepted",
        person=helper,
        source_type="answer",
        source_id=award.source_id,
        at=clock.now,
    )

    assert points(helper) == 0
    assert not Debt.objects.filter(amount__gt=0).exists()


def test_a_member_presses_the_button_twice(
    expiring, client_of, helper, points, time_machine
):
    time_machine.move_to(expiring.expires_at - timedelta(days=3))
    browser = client_of(helper)
    page = browser.get("/en/rewards/").content.decode()
    assert "Carry 20 points over, once" in page

    first = browser.post(ADDRESS, follow=True).content.decode()
    again = browser.post(ADDRESS, follow=True).content.decode()

    assert "20 points live 6 months longer" in first
    assert "20 points near their last day were carried over" in first
    assert "None of your points can be carried over now" in again
    assert points(helper) == 20
    assert Transfer.objects.filter(kind="carry").count() == 1


def test_strangers_have_nothing_here(client):
    assert client.post(ADDRESS).status_code == 302
    assert client.get(ADDRESS).status_code == 405
