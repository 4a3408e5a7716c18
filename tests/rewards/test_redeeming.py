"""A member spends points on a gift, once, at its price, while there is one left."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from people.models import Person, Region
from rewards import actions
from rewards.errors import (
    CostChanged,
    KeyOfAnotherOrder,
    LimitReached,
    NotEnoughPoints,
    NotOnOffer,
    SoldOut,
)
from rewards.models import Entry, Redemption, Transfer, Voucher

pytestmark = pytest.mark.django_db

KEY = re.compile(r'name="key" value="([^"]+)"')


@pytest.fixture
def rich(help_somebody, helper):
    """The helper, with sixty points."""
    for _ in range(3):
        help_somebody()
    return helper


@pytest.fixture
def browser(rich, client_of):
    return client_of(rich)


@pytest.fixture
def order(browser):
    """Press the button of this gift with a key; more fields may be smuggled in."""

    def order(what, /, key="k1", **smuggled):
        address = reverse("rewards:redeem", args=[what.slug])
        return browser.post(address, {"key": key} | smuggled)

    return order


@pytest.fixture
def make_code_gift(make_gift):
    def make(*codes, **fields):
        gift = make_gift(stock_mode="codes", stock=0, **fields)
        actions.stocking.add_codes(gift=gift, codes=codes)
        gift.refresh_from_db()
        return gift

    return make


def said(response):
    return response.content.decode()


# The way of a gift, page by page


def test_a_gift_is_three_screens_away(browser, gift, rich, points):
    catalogue = browser.get(reverse("rewards:home"))
    assert gift.get_absolute_url() in said(catalogue)

    page = browser.get(gift.get_absolute_url())
    (key,) = KEY.findall(said(page))

    answer = browser.post(
        reverse("rewards:redeem", args=[gift.slug]), {"key": key}, follow=True
    )

    order = Redemption.objects.get()
    assert answer.redirect_chain == [(order.get_absolute_url(), 302)]
    assert f"R-{order.pk}" in said(answer)
    assert (order.person, order.gift, order.cost, order.state) == (
        rich,
        gift,
        20,
        "ordered",
    )
    gift.refresh_from_db()
    assert (gift.stock, points(rich)) == (4, 40)


def test_the_points_wait_in_reserve_until_the_gift_is_there(
    rich, redeem, gift, manager, clock, purse
):
    order = redeem(rich, gift)
    assert (purse(rich).spendable, purse(rich).reserved) == (40, 20)

    actions.fulfil(redemption=order, by=manager, at=clock.now)

    assert (purse(rich).spendable, purse(rich).reserved) == (40, 0)


def test_a_cancelled_order_gives_points_and_stock_back(
    rich, redeem, gift, manager, clock, purse
):
    order = redeem(rich, gift)

    actions.cancel(redemption=order, by=manager, at=clock.now)

    gift.refresh_from_db()
    assert (purse(rich).spendable, purse(rich).reserved, gift.stock) == (60, 0, 5)


def test_a_code_is_there_at_once_and_for_nobody_else(
    order, browser, make_code_gift, asker, client_of, rich, purse
):
    gift = make_code_gift("ASIA-7Q2K", "ASIA-9W1B")

    page = browser.get(order(gift)["Location"])

    redemption = Redemption.objects.get()
    assert "ASIA-7Q2K" in said(page)
    assert "ASIA-9W1B" not in said(page)
    assert redemption.state == "fulfilled"
    assert purse(rich).reserved == 0
    stranger = client_of(asker).get(redemption.get_absolute_url())
    assert stranger.status_code == 404
    assert "ASIA-7Q2K" not in said(stranger)
    for address in (gift.get_absolute_url(), reverse("rewards:home")):
        assert "ASIA-7Q2K" not in said(client_of(asker).get(address))


def test_two_buyers_get_two_codes_and_the_third_none(
    make_code_gift, help_somebody, redeem, rich, stranger, points
):
    gift = make_code_gift("A", "B")
    help_somebody(by=stranger)

    first, second = redeem(rich, gift), redeem(stranger, gift)
    with pytest.raises(SoldOut):
        redeem(rich, gift)

    assert {first.voucher.code, second.voucher.code} == {"A", "B"}
    assert not Voucher.objects.filter(redemption=None).exists()
    assert (points(rich), points(stranger)) == (40, 0)


# What is refused, and that nothing is lost by it


def nothing_happened(person, points):
    return (
        points(person) == 60
        and not Redemption.objects.exists()
        and not Transfer.objects.filter(kind="redeem").exists()
    )


def test_sold_out_says_so_and_takes_nothing(order, browser, make_gift, rich, points):
    gift = make_gift(stock=0)

    answer = order(gift)

    assert answer.status_code == SoldOut.status == 409
    assert "Your points are all still there" in said(answer)
    assert nothing_happened(rich, points)
    page = said(browser.get(gift.get_absolute_url()))
    assert "Sold out" in page
    assert KEY.search(page) is None


def test_the_last_one_goes_to_one(
    redeem, make_gift, help_somebody, rich, stranger, points
):
    last = make_gift(stock=1)
    help_somebody(by=stranger)
    redeem(stranger, last)

    with pytest.raises(SoldOut):
        redeem(rich, last)

    last.refresh_from_db()
    assert (last.stock, points(rich), points(stranger)) == (0, 60, 0)


def test_who_has_too_little_hears_how_much_is_missing(
    order, browser, make_gift, redeem, rich, points
):
    gift = make_gift(cost=95)

    with pytest.raises(NotEnoughPoints) as refusal:
        redeem(rich, gift)
    answer = order(gift)

    assert refusal.value.missing == 35
    assert answer.status_code == 409
    assert "You need 35 more points" in said(answer)
    assert nothing_happened(rich, points)
    gift.refresh_from_db()
    assert gift.stock == 5
    assert "35 more points to go" in said(browser.get(gift.get_absolute_url()))


def test_exactly_enough_is_enough(redeem, make_gift, rich, points):
    redeem(rich, make_gift(cost=60))

    assert points(rich) == 0


def test_nobody_has_more_than_the_limit_but_a_cancelled_one_is_none(
    order, redeem, make_gift, rich, manager, clock, points
):
    gift = make_gift(per_person_limit=1)
    first = redeem(rich, gift)

    with pytest.raises(LimitReached):
        redeem(rich, gift)
    assert order(gift, key="k9").status_code == 409
    assert points(rich) == 40

    actions.cancel(redemption=first, by=manager, at=clock.now)
    redeem(rich, gift)
    assert points(rich) == 40


def test_a_gift_is_ordered_only_while_it_is_on_offer(
    redeem, make_gift, rich, clock, points
):
    opens, closes = clock.now, clock.move(hours=2)
    gift = make_gift(opens_at=opens, closes_at=closes)

    with pytest.raises(NotOnOffer):
        redeem(rich, gift)
    clock.move(hours=-2, seconds=-1)
    with pytest.raises(NotOnOffer):
        redeem(rich, gift)
    assert nothing_happened(rich, points)

    clock.move(seconds=1)
    redeem(rich, gift)


def test_a_closed_gift_says_so_and_a_hidden_one_does_not_exist(
    order, browser, make_gift, rich, clock, points
):
    closed = make_gift(closes_at=clock.now)
    hidden = make_gift(visible=False)

    assert order(closed).status_code == 409
    assert "not on offer right now" in said(order(closed))
    assert order(hidden).status_code == 404
    assert browser.get(hidden.get_absolute_url()).status_code == 404
    catalogue = said(browser.get(reverse("rewards:home")))
    for gift in (closed, hidden):
        assert gift.get_absolute_url() not in catalogue
    assert nothing_happened(rich, points)


def test_a_gift_of_a_region_is_for_who_lives_there(redeem, make_gift, rich, points):
    country = Region.objects.create(slug="west", name_en="West", name_zh="西部")
    town = Region.objects.create(
        slug="west-town", name_en="Town", name_zh="镇", parent=country
    )
    gift = make_gift(region=country)

    with pytest.raises(NotOnOffer):
        redeem(rich, gift)
    assert nothing_happened(rich, points)

    Person.objects.filter(pk=rich.pk).update(region=town)
    redeem(Person.objects.get(pk=rich.pk), gift)
    assert points(rich) == 40


def test_an_order_asks_little_of_the_database_however_many_lots_it_takes(
    rule, redeem, make_gift, helper, clock, django_assert_num_queries
):
    rule("article_credit", points=1, daily_cap=None)
    for number in range(40):
        actions.award(
            event="article_credit",
            person=helper,
            source_type="answer",
            source_id=number,
            at=clock.now,
        )

    for cost in (1, 39):
        gift = make_gift(cost=cost)
        # Ten, and a savepoint, as the test itself is a transaction.
        with django_assert_num_queries(12):
            redeem(helper, gift)


# Keys


def test_the_same_key_is_the_same_order(order, redeem, gift, rich, points):
    first, again = order(gift), order(gift)

    assert first["Location"] == again["Location"]
    assert redeem(rich, gift, key="k1") == Redemption.objects.get()
    assert points(rich) == 40


def test_the_same_key_is_the_same_order_even_when_nothing_is_left(
    order, make_gift, rich, points
):
    gift = make_gift(stock=1, cost=60)

    first, again = order(gift), order(gift)

    assert first["Location"] == again["Location"]
    assert points(rich) == 0


def test_the_key_of_another_order_opens_nothing(
    order, make_gift, gift, help_somebody, stranger, redeem, rich, points
):
    help_somebody(by=stranger)
    theirs = redeem(stranger, gift, key="theirs")
    mine = redeem(rich, gift, key="mine")

    with pytest.raises(KeyOfAnotherOrder):
        redeem(rich, gift, key="theirs")
    answer = order(gift, key="theirs")
    other_gift = order(make_gift(), key="mine")

    assert (answer.status_code, other_gift.status_code) == (409, 409)
    assert theirs.get_absolute_url() not in said(answer)
    assert set(Redemption.objects.all()) == {theirs, mine}
    assert points(rich) == 40


@pytest.mark.parametrize("key", ["", " ", "x" * 81, "a\x00b", "钥匙", "a b"])
def test_a_form_without_a_proper_key_orders_nothing(key, order, gift, rich, points):
    answer = order(gift, key=key)

    assert answer.status_code == 400
    assert re.search("[Nn]othing was", said(answer))
    assert nothing_happened(rich, points)


# What a form may not decide


@pytest.mark.parametrize(
    "smuggled",
    [
        {"cost": "0"},
        {"cost": "-20"},
        {"price": "1"},
        {"points": "1"},
        {"quantity": "-1"},
        {"quantity": "1000000"},
        {"amount": "1e9"},
        {"gift": "9999"},
        {"person": "1"},
        {"state": "fulfilled"},
        {"at": "1999-01-01"},
    ],
)
def test_the_price_is_the_gifts_own_whatever_a_form_says(
    smuggled, order, gift, rich, points
):
    order(gift, **smuggled)

    redemption = Redemption.objects.get()
    paid = Entry.objects.get(transfer__kind="redeem")
    assert (redemption.cost, paid.amount, points(rich)) == (20, 20, 40)
    assert (redemption.person, redemption.state) == (rich, "ordered")


def test_who_saw_another_price_is_asked_again(order, gift, rich, points):
    answer = order(gift, seen_cost="1")

    assert answer.status_code == CostChanged.status == 409
    assert "costs 20 points now" in said(answer)
    assert nothing_happened(rich, points)

    order(gift, seen_cost="20")
    assert points(rich) == 40


# Who may, and how


def test_opening_the_address_of_the_form_orders_nothing(browser, gift, rich, points):
    address = reverse("rewards:redeem", args=[gift.slug])

    for method in ("get", "head", "put", "delete"):
        assert getattr(browser, method)(address, {"key": "k1"}).status_code == 405
    assert nothing_happened(rich, points)


def test_a_form_from_another_site_orders_nothing(rich, gift, points):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rich, "django.contrib.auth.backends.ModelBackend")
    address = reverse("rewards:redeem", args=[gift.slug])

    assert client.post(address, {"key": "k1"}).status_code == 403
    assert nothing_happened(rich, points)

    page = client.get(gift.get_absolute_url())
    (key,) = KEY.findall(said(page))
    token = client.cookies["csrftoken"].value
    client.post(address, {"key": key, "csrfmiddlewaretoken": token})
    assert points(rich) == 40


def test_visitors_look_and_are_asked_to_sign_in(client, gift, rich, points):
    page = client.get(gift.get_absolute_url())
    assert page.status_code == 200
    assert KEY.search(said(page)) is None
    assert "csrfmiddlewaretoken" not in said(page)
    assert f"{reverse('account_login')}?next={gift.get_absolute_url()}" in said(page)

    answer = client.post(reverse("rewards:redeem", args=[gift.slug]), {"key": "k1"})

    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_login"))
    assert nothing_happened(rich, points)


def test_an_order_is_seen_by_the_one_who_made_it(
    order, browser, gift, client, client_of, asker, manager
):
    address = order(gift)["Location"]

    assert browser.get(address).status_code == 200
    assert client_of(asker).get(address).status_code == 404
    assert client_of(manager).get(address).status_code == 404
    assert client.get(address)["Location"].startswith(reverse("account_login"))


def test_private_pages_are_stored_nowhere(order, browser, gift):
    for address in (order(gift)["Location"], reverse("rewards:history")):
        kept = browser.get(address)["Cache-Control"]
        assert "no-store" in kept
        assert "private" in kept


# History


def test_the_history_says_why_in_the_readers_language(
    order, browser, gift, rich, client_of
):
    order(gift)

    english = said(browser.get(reverse("rewards:history")))
    chinese = said(browser.get("/zh-hans/rewards/history/"))

    assert "Your answer was accepted" in english
    assert "You ordered “Day pass Asia”" in english
    assert "Day pass Asia" not in chinese
    assert "亚洲日包" in chinese


def test_everybody_reads_their_own_history(order, gift, client, client_of, asker):
    order(gift)

    theirs = said(client_of(asker).get(reverse("rewards:history")))

    assert "Day pass Asia" not in theirs
    assert "No points yet" in theirs
    anonymous = client.get(reverse("rewards:history"))
    assert anonymous["Location"].startswith(reverse("account_login"))


def test_a_longer_history_and_catalogue_cost_no_more_queries(
    browser,
    rich,
    make_gift,
    redeem,
    help_somebody,
    answer,
    neighbours,
    vote,
    django_assert_max_num_queries,
):
    pages = [reverse("rewards:home"), reverse("rewards:history")]

    def counted():
        counts = []
        for address in pages:
            with django_assert_max_num_queries(60) as captured:
                browser.get(address)
            counts.append(len(captured))
        return counts

    redeem(rich, make_gift(cost=2))
    counted()
    few = counted()
    for number in range(5):
        help_somebody()
        redeem(rich, make_gift(cost=2 + number))
    for neighbour in neighbours(3):
        vote(neighbour, answer)

    assert counted() == few
