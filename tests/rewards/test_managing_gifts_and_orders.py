"""Managers keep the catalogue and deliver orders, inside Wagtail; nobody else does."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from people.models import Notification, Person
from rewards import actions
from rewards.models import EarnRule, Gift, Lot, Redemption, Voucher

pytestmark = pytest.mark.django_db

GIFTS = "wagtailsnippets_rewards_gift"
RULES = "wagtailsnippets_rewards_earnrule"


@pytest.fixture
def office(manager: Person, client_of: Callable[[Person], Client]) -> Client:
    return client_of(manager)


@pytest.fixture
def open_form(office: Client) -> Callable[..., dict[str, Any]]:
    """What a browser would send back of a gift's form, untouched."""

    def values(gift: Gift) -> dict[str, Any]:
        page = office.get(reverse(f"{GIFTS}:edit", args=[gift.pk]))
        form = page.context["form"]
        filled = {name: form[name].value() for name in form.fields}
        return {
            name: value for name, value in filled.items() if value not in (None, "")
        }

    return values


@pytest.fixture
def save(office: Client) -> Callable[..., Any]:
    def save(gift: Gift, values: dict[str, Any]) -> Any:
        address = reverse(f"{GIFTS}:edit", args=[gift.pk])
        response = office.post(address, values)
        gift.refresh_from_db()
        return response

    return save


@pytest.fixture
def bad_code(help_somebody, make_gift, redeem, helper):
    """The helper spent 20 of 40 points on a code, one a person; another is left."""
    for _ in range(2):
        help_somebody()
    film = make_gift(stock=0, stock_mode="codes", per_person_limit=1)
    actions.add_codes(gift=film, codes=["LW-BAD", "LW-GOOD"])
    return redeem(helper, film)


def picture(width: int = 60) -> SimpleUploadedFile:
    file = io.BytesIO()
    image = Image.new("RGB", (width, 40), "teal")
    exif = Image.Exif()
    exif[0x010F] = "a camera that tells"
    image.save(file, "JPEG", exif=exif)
    return SimpleUploadedFile("../secret.jpg", file.getvalue(), "image/jpeg")


# The catalogue


def test_a_manager_puts_a_gift_on_offer_and_members_see_it(office, client):
    new = {
        "slug": "umbrella",
        "title_en": "An umbrella",
        "title_zh": "雨伞",
        "cost": "70",
        "stock_mode": "counter",
        "stock": "12",
        "visible": "on",
    }

    saved = office.post(reverse(f"{GIFTS}:add"), new)

    assert saved.status_code == 302
    page = client.get("/en/rewards/").content.decode()
    assert "An umbrella" in page
    assert "12 left" in page
    assert "雨伞" in client.get("/zh-hans/rewards/").content.decode()


def test_a_gift_that_is_hidden_leaves_the_catalogue(open_form, save, gift, client):
    values = open_form(gift)
    del values["visible"]

    save(gift, values)

    assert gift.title_en not in client.get("/en/rewards/").content.decode()
    assert client.get(f"/en/rewards/{gift.slug}/").status_code == 404


def test_a_gift_costs_something(open_form, save, gift):
    refused = save(gift, open_form(gift) | {"cost": "0"})

    assert refused.status_code == 200
    assert gift.cost == 20


def test_orders_made_while_the_form_was_open_are_not_undone(
    open_form, save, redeem, help_somebody, helper, gift
):
    help_somebody()
    values = open_form(gift)
    redeem(helper, gift)

    save(gift, values | {"title_en": "Day pass, anywhere"})
    assert (gift.title_en, gift.stock) == ("Day pass, anywhere", 4)

    save(gift, values | {"stock": "15"})
    assert gift.stock == 14


def test_less_than_nothing_is_nothing(
    open_form, save, redeem, help_somebody, helper, gift
):
    help_somebody()
    values = open_form(gift)
    redeem(helper, gift)

    save(gift, values | {"stock": "0"})

    assert gift.stock == 0


def test_codes_are_counted_and_known_ones_are_skipped(open_form, save, make_gift):
    film = make_gift(stock=0, stock_mode="codes")

    save(film, open_form(film) | {"new_codes": "LW-1\n LW-2 \n\nLW-1\r\nLW-3"})
    assert film.stock == 3

    save(film, open_form(film) | {"new_codes": "LW-3\nLW-4", "stock": "900"})
    assert film.stock == 4
    codes = sorted(voucher.code for voucher in Voucher.objects.all())
    assert codes == ["LW-1", "LW-2", "LW-3", "LW-4"]


def test_a_new_gift_comes_with_its_codes(office):
    office.post(
        reverse(f"{GIFTS}:add"),
        {
            "slug": "film",
            "title_en": "Film night",
            "title_zh": "看电影",
            "cost": "30",
            "stock_mode": "codes",
            "stock": "50",
            "new_codes": "A\nB",
            "visible": "on",
        },
    )

    assert Gift.objects.get(slug="film").stock == 2


@pytest.mark.parametrize("codes", ["x" * 81, "LW\x00-1", "LW\u202e-1"])
def test_codes_nobody_could_type_are_refused(codes, open_form, save, make_gift):
    film = make_gift(stock=0, stock_mode="codes")

    refused = save(film, open_form(film) | {"new_codes": f"GOOD-1\n{codes}"})

    assert refused.status_code in (200, 400)
    assert (film.stock, Voucher.objects.count()) == (0, 0)


def test_codes_are_read_by_nobody_in_the_admin(open_form, save, office, make_gift):
    film = make_gift(stock=0, stock_mode="codes")
    save(film, open_form(film) | {"new_codes": "LW-SECRET"})

    for name, args in ((f"{GIFTS}:edit", [film.pk]), (f"{GIFTS}:list", [])):
        assert b"LW-SECRET" not in office.get(reverse(name, args=args)).content


def test_a_picture_is_drawn_anew_without_name_or_camera(open_form, save, gift):
    save(gift, open_form(gift) | {"picture": picture()})

    assert (gift.picture_width, gift.picture_height) == (60, 40)
    assert "secret" not in gift.picture.name
    with gift.picture.open() as file:
        assert b"a camera" not in file.read()


def test_what_is_no_picture_is_refused_with_a_sentence(open_form, save, gift):
    page = SimpleUploadedFile("x.png", b"<script>alert(1)</script>", "image/png")

    refused = save(gift, open_form(gift) | {"picture": page})

    assert refused.status_code == 200
    assert not gift.picture


def test_gifts_are_never_deleted(office, gift):
    address = reverse(f"{GIFTS}:delete", args=[gift.pk])

    refused = office.post(address)

    assert refused.status_code in (302, 403, 404)
    assert Gift.objects.filter(pk=gift.pk).exists()


# Orders


def test_the_queue_shows_what_waits_and_settles_it(
    office, help_somebody, redeem, helper, gift, make_gift, points
):
    help_somebody()
    help_somebody()
    first, second = redeem(helper, gift), redeem(helper, make_gift(title_en="A mug"))
    queue = reverse("rewards_orders")
    page = office.get(queue).content.decode()
    assert page.index(f"R-{first.pk}") < page.index(f"R-{second.pk}")

    office.post(reverse("rewards_settle", args=[first.pk]))
    office.post(reverse("rewards_settle", args=[second.pk]), {"cancel": "1"})

    page = office.get(queue).content.decode()
    assert f"R-{first.pk}" not in page
    assert f"R-{second.pk}" not in page
    states = Redemption.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["fulfilled", "cancelled"]
    assert points(helper) == 20


def test_nobody_settles_their_own_order(
    office, redeem, make_gift, manager, helper, clock, points
):
    """The same buttons, for a member's order and for one's own."""
    gift = make_gift(cost=10)
    for person in (manager, helper):
        source = {"source_type": "answer", "source_id": person.pk}
        actions.award(event="article_credit", person=person, **source, at=clock.now)
    theirs, own = redeem(helper, gift), redeem(manager, gift)

    for settled in ({}, {"cancel": "1"}, {"void": "1", "reason": "It is mine"}):
        address = reverse("rewards_settle", args=[own.pk])
        page = office.post(address, settled, follow=True)
        assert "a colleague has to settle it" in page.content.decode()
    office.post(reverse("rewards_settle", args=[theirs.pk]))

    states = Redemption.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["fulfilled", "ordered"]
    assert points(manager) == 0


def test_a_code_that_does_not_work_gives_the_points_back_and_stays_out_of_use(
    office, bad_code, helper, manager, points, redeem, client_of
):
    assert points(helper) == 20
    queue = reverse("rewards_orders")
    page = office.get(queue, {"order": f"R-{bad_code.pk}"}).content.decode()
    assert "The code does not work" in page
    assert "LW-BAD" not in page

    office.post(
        reverse("rewards_settle", args=[bad_code.pk]),
        {"void": "1", "reason": "The cinema knows no such code"},
    )

    bad_code.refresh_from_db()
    assert (bad_code.state, bad_code.settled_by) == ("voided", manager)
    assert bad_code.voucher.void_reason == "The cinema knows no such code"
    assert points(helper) == 40
    page = office.get(queue, {"order": str(bad_code.pk)}).content.decode()
    assert "The cinema knows no such code" in page
    assert "The code does not work" not in page
    mine = client_of(helper).get(bad_code.get_absolute_url()).content.decode()
    assert "LW-BAD" not in mine
    assert "The cinema" not in mine
    assert "Your points are back" in mine
    told = Notification.objects.get(person=helper, kind="rewards.order_voided")
    assert client_of(helper).get(told.url).status_code == 200
    # One person may have one: the void one does not count, and is not handed out.
    assert redeem(helper, bad_code.gift).voucher.code == "LW-GOOD"


def test_points_of_a_void_code_keep_the_expiry_they_had(
    bad_code, helper, manager, clock
):
    lots = Lot.objects.filter(account__owner=helper).order_by("pk")
    before = list(lots.values_list("pk", "expires_at"))
    clock.move(days=100)

    actions.void_code(redemption=bad_code, by=manager, reason="Used", at=clock.now)

    assert list(lots.values_list("pk", "expires_at")) == before
    assert [lot.remaining for lot in lots] == [20, 20]


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301])
def test_a_code_is_made_void_for_a_reason(reason, office, bad_code, helper, points):
    address = reverse("rewards_settle", args=[bad_code.pk])

    office.post(address, {"void": "1", "reason": reason})

    bad_code.refresh_from_db()
    assert (bad_code.state, points(helper)) == ("fulfilled", 20)


def test_only_a_code_is_made_void_and_only_once(
    office, bad_code, help_somebody, redeem, helper, gift, manager, clock, points
):
    parcel = redeem(helper, gift)
    actions.fulfil(redemption=parcel, by=manager, at=clock.now)
    asked = {"void": "1", "reason": "Broken"}

    for order in (parcel, bad_code, bad_code):
        address = reverse("rewards_settle", args=[order.pk])
        last = office.post(address, asked, follow=True)

    assert "given back already" in last.content.decode()
    states = Redemption.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["voided", "fulfilled"]
    assert points(helper) == 20


@pytest.mark.parametrize("number", ["R-999999", "99999999999999999999", "x", "-1"])
def test_a_number_that_no_order_has_finds_none(number, office, site):
    page = office.get(reverse("rewards_orders"), {"order": number})

    assert "No order has this number" in page.content.decode()


def test_a_double_click_in_the_queue_changes_nothing_more(
    office, help_somebody, redeem, helper, gift, points
):
    help_somebody()
    order = redeem(helper, gift)
    address = reverse("rewards_settle", args=[order.pk])
    office.post(address)

    again = office.post(address, {"cancel": "1"}, follow=True)

    order.refresh_from_db()
    assert (order.state, points(helper)) == ("fulfilled", 0)
    assert "already delivered or cancelled" in again.content.decode()


def test_the_member_is_told_in_their_language_with_an_address_that_opens(
    office, help_somebody, redeem, make_person, client_of, gift, clock, neighbours
):
    reader = make_person("meihua", language="zh-hans")
    help_somebody(by=reader)
    order = redeem(reader, gift)

    office.post(reverse("rewards_settle", args=[order.pk]))

    told = Notification.objects.get(person=reader, kind="rewards.order_fulfilled")
    assert told.url.startswith("/zh-hans/")
    assert client_of(reader).get(told.url).status_code == 200
    page = client_of(reader).get("/zh-hans/notifications/").content.decode()
    assert "“亚洲日包”已发放" in page


def test_nothing_is_settled_by_opening_its_address(
    office, help_somebody, redeem, helper, gift
):
    help_somebody()
    order = redeem(helper, gift)

    refused = office.get(reverse("rewards_settle", args=[order.pk]))

    order.refresh_from_db()
    assert (refused.status_code, order.state) == (405, "ordered")


def test_the_home_page_says_what_is_owed(office, help_somebody, redeem, helper, gift):
    for _ in range(3):
        help_somebody()
    redeem(helper, gift)

    page = office.get("/admin/").content.decode()

    for figure, word in (
        (60, "points in all"),
        (40, "spendable"),
        (0, "held"),
        (20, "in orders"),
        (1, "orders to deliver"),
    ):
        assert f"<b>{figure}</b><span>{word}</span>" in page


# Everybody else


@pytest.mark.parametrize("role", ["editor", "moderator", "desk_agent", "helper"])
def test_others_neither_see_nor_change_it(role, request, client_of, gift, redeem):
    someone = client_of(request.getfixturevalue(role))
    rule = EarnRule.objects.get(event="accepted")
    addresses = [
        reverse(f"{GIFTS}:list"),
        reverse(f"{GIFTS}:add"),
        reverse(f"{GIFTS}:edit", args=[gift.pk]),
        reverse(f"{RULES}:list"),
        reverse(f"{RULES}:edit", args=[rule.pk]),
        reverse("rewards_orders"),
    ]

    for address in addresses:
        response = someone.get(address)
        assert response.status_code in (302, 403, 404), address
        assert gift.title_en not in response.content.decode()
    someone.post(addresses[2], {"cost": "1", "stock": "900"})
    someone.post(addresses[4], {"points": "9000"})

    gift.refresh_from_db()
    assert (gift.cost, gift.stock) == (20, 5)
    assert EarnRule.objects.get(pk=rule.pk).points == rule.points
    assert b"in all:" not in someone.get("/admin/").content


def test_others_settle_no_order(
    help_somebody, redeem, helper, gift, editor, client_of, points
):
    help_somebody()
    order = redeem(helper, gift)

    for someone in (editor, helper):
        for settled in ({}, {"cancel": "1"}, {"void": "1", "reason": "Broken"}):
            client_of(someone).post(reverse("rewards_settle", args=[order.pk]), settled)

    order.refresh_from_db()
    assert (order.state, points(helper)) == ("ordered", 0)
