"""Managers keep rules, gifts and orders in the admin; nobody else can."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from common.errors import NotAllowed
from rewards import actions
from rewards.errors import AlreadySettled
from rewards.models import EarnRule, Gift, Redemption, Voucher

pytestmark = pytest.mark.django_db

OTHERS = ["editor", "moderator", "desk_agent", "stranger"]
GIFT = {
    "title_en": "Cinema ticket",
    "title_zh": "电影票",
    "slug": "cinema",
    "cost": "40",
    "stock_mode": "counter",
    "stock": "7",
    "visible": "on",
}


@pytest.fixture
def admin(manager, client_of):
    return client_of(manager)


@pytest.fixture
def post_form(admin):
    """Open the form of this snippet, change some of it, send it."""

    def send(address, **changes):
        form = admin.get(address).context["form"]
        values = {
            name: form[name].value()
            for name in form.fields
            if form[name].value() not in (None, "", False)
        }
        values.pop("picture", None)
        return admin.post(address, values | changes)

    return send


def edit(model, row):
    return reverse(f"wagtailsnippets_rewards_{model}:edit", args=[row.pk])


def add(model):
    return reverse(f"wagtailsnippets_rewards_{model}:add")


# Rules


def test_a_manager_switches_a_rule_off(admin, answer, vote, helper, stranger, points):
    rule = EarnRule.objects.get(event="upvote")
    values = {"event": "upvote", "points": "2", "vest_days": "0"}

    admin.post(edit("earnrule", rule), values | {"expires_after_months": "12"})
    vote(stranger, answer)

    rule.refresh_from_db()
    assert not rule.enabled
    assert points(helper) == 0


@pytest.mark.parametrize(
    "wrong", [{"points": "-5"}, {"points": "x"}, {"expires_after_months": "0"}]
)
def test_a_rule_that_makes_no_sense_is_not_saved(wrong, post_form, rules, manager):
    rule = EarnRule.objects.get(event="accepted")

    answer = post_form(edit("earnrule", rule), **wrong)

    assert answer.status_code == 200
    assert EarnRule.objects.get(pk=rule.pk).points == 20


# Gifts


def test_a_manager_puts_a_gift_on_offer_in_both_languages(post_form, client, rules):
    saved = post_form(add("gift"), **GIFT)

    assert saved.status_code == 302
    gift = Gift.objects.get(slug="cinema")
    assert (gift.cost, gift.stock) == (40, 7)
    assert "Cinema ticket" in client.get("/en/rewards/").text
    assert "电影票" in client.get("/zh-hans/rewards/").text


def test_a_changed_price_counts_for_the_next_order(
    post_form, gift, help_somebody, redeem, helper, points
):
    for _ in range(3):
        help_somebody()
    first = redeem(helper, gift)

    post_form(edit("gift", gift), cost="30")
    second = redeem(helper, gift)

    assert (first.cost, second.cost) == (20, 30)
    assert points(helper) == 10


def test_a_hidden_gift_is_gone_and_its_orders_stay(
    post_form, admin, gift, help_somebody, redeem, helper, client, client_of
):
    help_somebody()
    order = redeem(helper, gift)
    assert gift.get_absolute_url() in client.get("/en/rewards/").text

    values = GIFT | {"slug": gift.slug, "cost": "20"}
    values.pop("visible")
    admin.post(edit("gift", gift), values)

    assert gift.get_absolute_url() not in client.get("/en/rewards/").text
    assert client_of(helper).get(order.get_absolute_url()).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"cost": "0"},
        {"cost": "-1"},
        {"stock": "-1"},
        {"slug": "no spaces!"},
        {"slug": "history"},
    ],
)
def test_a_gift_that_makes_no_sense_is_not_saved(wrong, post_form, rules):
    answer = post_form(add("gift"), **(GIFT | wrong))

    assert answer.status_code == 200
    assert not Gift.objects.exists()


def test_orders_made_while_the_form_was_open_are_not_undone(
    admin, post_form, gift, help_somebody, redeem, helper
):
    """The manager sees 5, one is ordered, the manager adds 10: 14 are left."""
    seen = admin.get(edit("gift", gift)).context["form"]
    help_somebody()
    redeem(helper, gift)

    answer = admin.post(
        edit("gift", gift),
        GIFT
        | {
            "slug": gift.slug,
            "stock": "15",
            "stock_seen": str(seen["stock_seen"].value()),
        },
    )

    assert answer.status_code == 302
    gift.refresh_from_db()
    assert gift.stock == 14


def test_codes_are_typed_in_and_counted(post_form, rules):
    codes = "AAA-1\nAAA-2\n\n  AAA-2 \nAAA-3"
    post_form(add("gift"), **(GIFT | {"stock_mode": "codes", "new_codes": codes}))

    gift = Gift.objects.get()
    assert gift.stock == 3
    post_form(edit("gift", gift), new_codes="AAA-3\nAAA-4", stock="99")

    gift.refresh_from_db()
    assert gift.stock == Voucher.objects.count() == 4


def test_no_page_of_the_admin_shows_a_code(admin, post_form, rules):
    post_form(add("gift"), **(GIFT | {"stock_mode": "codes", "new_codes": "AAA-1"}))
    gift = Gift.objects.get()

    for address in (
        edit("gift", gift),
        reverse("wagtailsnippets_rewards_gift:list"),
        reverse("rewards_orders"),
    ):
        assert "AAA-1" not in admin.get(address).text


def test_a_picture_is_drawn_anew_and_anything_else_is_refused(post_form, rules):
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(file, "PNG")
    hostile = SimpleUploadedFile("a.png", b"<svg onload=alert(1)>", "image/png")
    honest = SimpleUploadedFile("../../x.php.png", file.getvalue(), "image/png")

    refused = post_form(add("gift"), **(GIFT | {"picture": hostile}))
    assert refused.status_code == 200
    assert not Gift.objects.exists()

    post_form(add("gift"), **(GIFT | {"picture": honest}))
    gift = Gift.objects.get()
    assert (gift.picture_width, gift.picture_height) == (60, 40)
    assert "php" not in gift.picture.name
    assert gift.picture.name.startswith("gifts/")


# What nobody may do, and who may do nothing


def test_rules_and_gifts_are_never_deleted(admin, gift):
    rule = EarnRule.objects.first()

    for model, row in (("earnrule", rule), ("gift", gift)):
        address = reverse(f"wagtailsnippets_rewards_{model}:delete", args=[row.pk])
        assert admin.post(address).status_code in (302, 403, 404)
        assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("role", OTHERS)
def test_others_change_neither_rules_nor_gifts(role, gift, client_of, request):
    client = client_of(request.getfixturevalue(role))
    rule = EarnRule.objects.get(event="accepted")

    for address in (edit("earnrule", rule), edit("gift", gift), add("gift")):
        assert client.get(address).status_code in (302, 403, 404)
        answer = client.post(address, GIFT | {"event": "accepted", "points": "9000"})
        assert answer.status_code in (302, 403, 404)

    rule.refresh_from_db()
    assert rule.points == 20
    assert [one.cost for one in Gift.objects.all()] == [20]


# Orders


@pytest.fixture
def order(help_somebody, redeem, gift, helper):
    help_somebody()
    return redeem(helper, gift)


def settle(client, order, **fields):
    return client.post(reverse("rewards_settle", args=[order.pk]), fields)


def test_a_manager_delivers_an_order_and_the_member_is_told(
    admin, order, helper, purse, client_of
):
    assert "Xiaoman" in admin.get(reverse("rewards_orders")).text

    settle(admin, order)

    order.refresh_from_db()
    assert (order.state, order.settled_by.handle) == ("fulfilled", "guolan")
    assert (purse(helper).spendable, purse(helper).reserved) == (0, 0)
    assert "Xiaoman" not in admin.get(reverse("rewards_orders")).text
    told = client_of(helper).get(reverse("people:notifications")).text
    assert "“Day pass Asia” was delivered" in told


def test_a_manager_cancels_an_order_and_everything_comes_back(
    admin, order, helper, gift, purse, client_of
):
    settle(admin, order, cancel="1")

    order.refresh_from_db()
    gift.refresh_from_db()
    assert order.state == "cancelled"
    assert (purse(helper).spendable, purse(helper).reserved) == (20, 0)
    assert gift.stock == 5
    page = client_of(helper).get(order.get_absolute_url()).text
    assert "Your points are back" in page


def test_an_order_is_settled_once(admin, order, manager, helper, clock, points):
    settle(admin, order)

    answer = admin.post(
        reverse("rewards_settle", args=[order.pk]), {"cancel": "1"}, follow=True
    )

    assert "already delivered or cancelled" in answer.text
    with pytest.raises(AlreadySettled):
        actions.cancel(redemption=order, by=manager, at=clock.now)
    assert points(helper) == 0
    assert not helper.notifications.filter(kind="rewards.order_cancelled").exists()


@pytest.mark.parametrize("role", OTHERS)
def test_others_settle_no_orders(role, order, client_of, clock, request):
    person = request.getfixturevalue(role)
    client = client_of(person)

    assert client.get(reverse("rewards_orders")).status_code in (302, 403, 404)
    assert settle(client, order).status_code in (302, 403, 404)
    for act in (actions.fulfil, actions.cancel):
        with pytest.raises(NotAllowed):
            act(redemption=order, by=person, at=clock.now)

    order.refresh_from_db()
    assert order.state == Redemption.State.ORDERED


def test_settling_takes_a_form(admin, order):
    address = reverse("rewards_settle", args=[order.pk])

    assert admin.get(address).status_code == 405
    order.refresh_from_db()
    assert order.state == Redemption.State.ORDERED


def test_the_admins_home_says_what_the_hall_owes(admin, order, editor, client_of):
    page = admin.get(reverse("wagtailadmin_home")).text

    assert "Points owed to members" in page
    assert "<b>20</b><span>points in all</span>" in page
    assert "<b>1</b><span>orders to deliver</span>" in page
    others = client_of(editor).get(reverse("wagtailadmin_home")).text
    assert "Points owed" not in others
