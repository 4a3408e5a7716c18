"""A member keeps a gift for fifteen minutes, confirms it, or gets the points back."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from common.errors import NotAllowed
from people.models import Notification
from rewards import actions, queries
from rewards.actions import redeeming
from rewards.errors import (
    AlreadySettled,
    HeldTooOften,
    HoldEnded,
    HoldingAnother,
    LimitReached,
)
from rewards.models import HookDelivery, Lot, Redemption, Transfer, Voucher

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture
def rich(help_somebody, helper):
    """The helper, with sixty points."""
    for _ in range(3):
        help_somebody()
    return helper


@pytest.fixture
def hold(rich, clock):
    def hold(gift, key="held", person=rich):
        return redeeming.hold(person=person, gift=gift, key=key, at=clock.now)

    return hold


def stock(gift):
    gift.refresh_from_db()
    return gift.stock


def test_what_is_held_is_nobody_elses_and_its_points_wait(hold, gift, rich, purse):
    order = hold(gift)

    assert order.state == "held"
    assert (purse(rich).spendable, purse(rich).reserved, stock(gift)) == (40, 20, 4)


def test_a_confirmed_hold_is_an_order_and_confirming_twice_is_one(
    hold, gift, rich, clock, purse
):
    order = hold(gift)
    clock.move(minutes=14, seconds=59)

    for _ in range(2):
        order = redeeming.confirm(redemption=order, person=rich, at=clock.now)

    assert order.state == "ordered"
    assert (purse(rich).spendable, purse(rich).reserved, stock(gift)) == (40, 20, 4)


def test_a_code_is_seen_only_once_it_is_confirmed(
    hold, make_gift, rich, clock, client_of, purse
):
    gift = make_gift(stock_mode="codes", stock=0)
    actions.add_codes(gift=gift, codes=["SECRET-1"])
    order = hold(gift)
    page = client_of(rich).get(order.get_absolute_url())
    assert "SECRET-1" not in page.content.decode()
    assert queries.code_of(order) == ""

    order = redeeming.confirm(redemption=order, person=rich, at=clock.now)

    assert (order.state, queries.code_of(order)) == ("fulfilled", "SECRET-1")
    assert purse(rich).reserved == 0


def test_a_hold_that_runs_out_goes_back_once(hold, gift, rich, clock, purse):
    order = hold(gift)
    clock.move(minutes=15)

    with pytest.raises(HoldEnded):
        redeeming.confirm(redemption=order, person=rich, at=clock.now)
    assert [redeeming.lapse_holds(at=clock.now) for _ in range(2)] == [1, 0]

    order.refresh_from_db()
    assert order.state == "lapsed"
    assert (purse(rich).spendable, purse(rich).reserved, stock(gift)) == (60, 0, 5)
    assert Transfer.objects.filter(kind="cancel").count() == 1
    with pytest.raises(HoldEnded):
        redeeming.confirm(redemption=order, person=rich, at=clock.now)


def test_a_hold_that_has_time_left_stays(hold, gift, clock):
    order = hold(gift)
    clock.move(minutes=14, seconds=59)

    assert redeeming.lapse_holds(at=clock.now) == 0
    order.refresh_from_db()
    assert order.state == "held"


def test_a_code_that_was_only_held_is_free_for_the_next(
    hold, make_gift, rich, clock, stranger, help_somebody, redeem
):
    gift = make_gift(stock_mode="codes", stock=0)
    actions.add_codes(gift=gift, codes=["ONLY-1"])
    hold(gift)
    assert stock(gift) == 0
    clock.move(minutes=16)

    redeeming.lapse_holds(at=clock.now)

    assert stock(gift) == 1
    help_somebody(by=stranger)
    assert queries.code_of(redeem(stranger, gift)) == "ONLY-1"
    assert Voucher.objects.count() == 1


def test_points_come_back_into_the_lots_they_came_from(hold, gift, rich, clock):
    before = list(Lot.objects.order_by("pk").values_list("remaining", "expires_at"))
    order = hold(gift)

    redeeming.let_go(redemption=order, person=rich, at=clock.now)
    redeeming.let_go(redemption=order, person=rich, at=clock.now)

    after = list(Lot.objects.order_by("pk").values_list("remaining", "expires_at"))
    assert after == before


def test_points_past_their_day_come_back_and_expire_at_once(
    redeem, gift, rich, clock, manager, points, purse
):
    """They are nobody's gain: what waited in an order has the expiry it always had."""
    order = redeem(rich, gift)
    clock.move(days=370)
    actions.expire_points(at=clock.now)
    assert purse(rich).reserved == 20

    actions.cancel(redemption=order, by=manager, at=clock.now)

    assert points(rich) == 0
    assert actions.expire_points(at=clock.now) == 20
    assert actions.expire_points(at=clock.now) == 0
    assert purse(rich).reserved == 0


def test_an_order_made_by_a_hold_cannot_be_let_go(hold, gift, rich, clock):
    order = hold(gift)
    redeeming.confirm(redemption=order, person=rich, at=clock.now)

    with pytest.raises(AlreadySettled):
        redeeming.let_go(redemption=order, person=rich, at=clock.now)


def test_nobody_confirms_or_gives_up_what_is_held_for_another(
    hold, gift, stranger, clock, client_of
):
    order = hold(gift)

    for act in (redeeming.confirm, redeeming.let_go):
        with pytest.raises(NotAllowed):
            act(redemption=order, person=stranger, at=clock.now)
    for name in ("confirm", "let_go"):
        address = reverse(f"rewards:{name}", args=[order.pk])
        assert client_of(stranger).post(address).status_code == 404
    order.refresh_from_db()
    assert order.state == "held"


def test_one_gift_is_held_at_a_time(hold, make_gift, gift):
    hold(gift)

    with pytest.raises(HoldingAnother):
        hold(make_gift(), key="second")


def test_who_holds_again_and_again_may_only_redeem(hold, gift, rich, clock, redeem):
    for turn in range(2):
        hold(gift, key=f"k{turn}")
        clock.move(minutes=16)
        redeeming.lapse_holds(at=clock.now)

    with pytest.raises(HeldTooOften):
        hold(gift, key="k3")
    assert redeem(rich, gift).state == "ordered"


def test_what_is_held_counts_against_the_limit_and_what_lapsed_does_not(
    hold, make_gift, rich, clock, redeem
):
    gift = make_gift(per_person_limit=1)
    hold(gift)
    with pytest.raises(LimitReached):
        redeem(rich, gift)
    clock.move(minutes=16)

    redeeming.lapse_holds(at=clock.now)

    assert redeem(rich, gift).state == "ordered"


def test_the_same_key_holds_one(hold, gift):
    assert hold(gift) == hold(gift)
    assert Redemption.objects.count() == 1


def test_holding_and_confirming_takes_four_screens(rich, gift, client_of, purse):
    browser = client_of(rich)
    catalogue = browser.get(reverse("rewards:home")).content.decode()
    assert gift.get_absolute_url() in catalogue
    page = browser.get(gift.get_absolute_url()).content.decode()
    (key,) = KEY.findall(page)

    held = browser.post(
        reverse("rewards:hold", args=[gift.slug]), {"key": key}, follow=True
    ).content.decode()
    assert "data-countdown=" in held
    assert '<meta http-equiv="refresh"' in held

    order = Redemption.objects.get()
    done = browser.post(reverse("rewards:confirm", args=[order.pk]), follow=True)
    assert "It is yours" in done.content.decode()
    assert "data-countdown=" not in done.content.decode()


def test_letting_go_on_the_page_says_that_the_points_are_back(
    rich, gift, client_of, hold, points
):
    order = hold(gift)

    page = client_of(rich).post(reverse("rewards:let_go", args=[order.pk]), follow=True)

    assert "Your points are back" in page.content.decode()
    assert points(rich) == 60


def test_a_held_gift_cannot_be_delivered_by_staff(hold, gift, manager, clock):
    order = hold(gift)

    for act in (actions.fulfil, actions.cancel):
        with pytest.raises(AlreadySettled):
            act(redemption=order, by=manager, at=clock.now)


def test_who_is_erased_holds_nothing(hold, gift, rich, clock):
    hold(gift)

    actions.close_purse(person=rich, at=clock.now)

    assert stock(gift) == 5
    assert not HookDelivery.objects.exists()
    assert not Notification.objects.filter(kind__startswith="rewards.order").exists()


def test_my_data_says_what_i_hold(hold, gift, rich, clock):
    hold(gift)

    (order,) = queries.catalogue.gifts_export(rich)["orders"]

    assert (order["state"], order["gift"]) == ("held", gift.slug)
    assert order["held_until"] == clock.now + timedelta(minutes=15)
