"""What happens to points when somebody asks for their data, or to be forgotten."""

import pytest
from django.utils import timezone

from common.outbox import drain
from people.actions import erase_person
from people.registries import exports
from rewards import actions, queries
from rewards.models import Account, Debt, Redemption, Transfer
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture
def forget():
    """Erase somebody, and do what was queued by it."""

    def forget(person):
        now = timezone.now()
        erase_person(person=person, at=now)
        drain(at=now)

    return forget


def test_a_member_gets_every_point_and_order(
    help_somebody, vote, redeem, helper, stranger, gift
):
    answer = help_somebody()
    vote(stranger, answer)
    redeem(helper, gift)

    data = exports()["rewards"](helper)

    assert [(line["reason"], line["points"]) for line in data["points"]] == [
        ("redeem", -20),
        ("upvote", 2),
        ("accepted", 20),
    ]
    assert [(order["gift"], order["cost"]) for order in data["orders"]] == [
        ("Day pass Asia", 20)
    ]


def test_the_export_names_nobody_else(help_somebody, vote, helper, stranger):
    vote(stranger, help_somebody())

    data = str(exports()["rewards"](helper))

    for who in (stranger.handle, stranger.display_name, "neighbour"):
        assert who not in data


def test_the_ledger_stays_when_its_owner_is_forgotten_but_their_points_go(
    help_somebody, forget, helper, points
):
    help_somebody()
    before = Transfer.objects.count()

    forget(helper)

    assert Account.objects.filter(owner=helper).count() == 3
    assert points(helper) == 0
    assert [one.kind for one in Transfer.objects.order_by("pk")[before:]] == ["expire"]


def test_held_points_of_the_forgotten_go_too(
    rule, help_somebody, forget, helper, purse, clock
):
    rule("accepted", vest_days=7)
    help_somebody()

    forget(helper)

    assert purse(helper).held == 0
    actions.vest_points(at=clock.move(days=8))
    assert purse(helper).spendable == 0


def test_an_open_order_of_the_forgotten_is_cancelled_for_good(
    help_somebody, redeem, forget, helper, gift, points
):
    help_somebody()
    order = redeem(helper, gift)

    forget(helper)

    order.refresh_from_db()
    gift.refresh_from_db()
    assert (order.state, order.settled_by, gift.stock) == ("cancelled", None, 5)
    assert points(helper) == 0
    assert not queries.orders_waiting().exists()
    assert not helper.notifications.exists()


def test_what_was_delivered_to_the_forgotten_stays_so(
    help_somebody, redeem, forget, helper, manager, gift, make_gift, clock
):
    film = make_gift(stock=0, stock_mode="codes")
    actions.add_codes(gift=film, codes=["LW-1", "LW-2"])
    for _ in range(2):
        help_somebody()
    code, parcel = redeem(helper, film), redeem(helper, gift)
    actions.fulfil(redemption=parcel, by=manager, at=clock.now)

    forget(helper)

    states = Redemption.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["fulfilled", "fulfilled"]
    assert queries.code_of(code) == "LW-1"
    film.refresh_from_db()
    assert film.stock == 1


def test_a_purse_is_closed_once(help_somebody, redeem, forget, helper, gift, clock):
    help_somebody()
    redeem(helper, gift)
    forget(helper)
    before = Transfer.objects.count()

    actions.close_purse(person=helper, at=clock.now)

    assert Transfer.objects.count() == before


def test_who_is_forgotten_earns_no_more(
    make_answer, accept, vote, helper, stranger, points
):
    answer = make_answer()
    erase_person(person=helper, at=timezone.now())

    vote(stranger, answer)
    accept(answer)

    assert points(helper) == 0
    assert not Transfer.objects.exists()


def test_points_of_the_forgotten_can_still_be_taken_back(
    help_somebody, unaccept, helper, points
):
    answer = help_somebody()
    erase_person(person=helper, at=timezone.now())

    unaccept(answer)

    assert points(helper) == 0


def test_points_that_went_with_their_owner_are_owed_by_nobody(
    help_somebody, forget, unaccept, helper, points
):
    answer = help_somebody()
    forget(helper)

    unaccept(answer)

    assert points(helper) == 0
    assert not Debt.objects.filter(amount__gt=0).exists()


def test_before_closing_a_member_reads_what_they_would_lose(
    help_somebody, vote, redeem, gift, helper, stranger, client_of
):
    vote(stranger, help_somebody())
    redeem(helper, gift)

    has_points = close_page_of(helper, client_of)
    has_none = close_page_of(stranger, client_of)

    assert "points are gone" in has_points
    assert "on its way is cancelled" in has_points
    assert "points are gone" not in has_none
    assert "is cancelled" not in has_none


def close_page_of(person, client_of) -> str:
    client = client_of(person)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client.get("/en/members/me/close/").content.decode()
