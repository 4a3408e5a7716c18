"""Another system delivers a gift: signed, tried again, never twice, never inside."""

import hashlib
import hmac
import json
import threading
import time
from contextlib import suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.urls import reverse

from common import outbox, outgoing
from common.errors import NotAllowed
from common.outgoing import NoAnswer, post_outside
from people.actions import erase_person
from people.models import Notification
from rewards import actions, queries
from rewards.actions import delivering
from rewards.errors import NothingToRepeat
from rewards.forms import HookForm
from rewards.models import DeliveryHook, HookDelivery, HookTry, Voucher
from rewards.sealing import seal, unseal

pytestmark = pytest.mark.django_db

KEY = "a-key-both-sides-know"


def drip(answer):
    """A header without end, or what is a long time for a test."""
    with suppress(OSError):
        answer.write(b"HTTP/1.0 200 OK\r\nX-Patience: ")
        for _byte in range(30):
            answer.write(b"a")
            answer.flush()
            time.sleep(0.1)
        answer.write(b"\r\n\r\n{}")


class Shop:
    """A shop on this machine; `answers` are given one after another, the last again."""

    def __init__(self):
        self.seen = []
        self.answers = [(200, {})]
        self.drips = False
        shop = self

        class Counter(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                shop.seen.append((dict(self.headers), body))
                status, told = shop.answers[0]
                if len(shop.answers) > 1:
                    shop.answers.pop(0)
                if shop.drips:
                    drip(self.wfile)
                    return
                self.send_response(status)
                self.send_header("Location", "http://127.0.0.1:1/elsewhere")
                self.end_headers()
                self.wfile.write(json.dumps(told).encode())

            def log_message(self, *_args):
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Counter)
        self.host = f"127.0.0.1:{self.server.server_port}"
        self.url = f"http://{self.host}/orders?from=hall"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def shop(settings):
    shop = Shop()
    settings.ANSWERHALL_HOOK_HOSTS = [shop.host]
    yield shop
    shop.server.shutdown()
    shop.server.server_close()


@pytest.fixture
def hook(shop):
    return DeliveryHook.objects.create(name="Shop", url=shop.url, sealed_key=seal(KEY))


@pytest.fixture
def order(hook, make_gift, help_somebody, helper, redeem):
    help_somebody()
    return redeem(helper, make_gift(hook=hook))


@pytest.fixture
def work(clock):
    """The worker, after a while."""

    def work(**later):
        clock.move(**later)
        return outbox.drain(at=clock.now, kinds=[delivering.DELIVER])

    return work


def test_a_hook_is_told_signed_and_delivers(order, shop, work, helper, purse):
    work()

    ((headers, body),) = shop.seen
    moment, signed = headers["Answerhall-Signature"].split(",")
    expected = hmac.new(
        KEY.encode(), moment[2:].encode() + b"." + body, hashlib.sha256
    ).hexdigest()
    assert signed == f"v1={expected}"
    told = json.loads(body)
    assert (told["order"], told["gift"]) == (f"R-{order.pk}", order.gift.slug)
    assert helper.email not in body.decode()
    assert helper.handle not in body.decode()
    order.refresh_from_db()
    assert order.state == "fulfilled"
    assert purse(helper).reserved == 0
    assert Notification.objects.filter(kind="rewards.order_fulfilled").count() == 1


def test_a_code_in_the_answer_is_the_members(order, shop, work):
    shop.answers = [(201, {"code": "SHOP-55"})]

    work()

    order.refresh_from_db()
    assert queries.code_of(order) == "SHOP-55"
    assert "SHOP-55" not in Voucher.objects.get().sealed_code
    assert not HookTry.objects.filter(words__contains="SHOP").exists()


def test_a_code_of_another_order_is_not_given_twice(
    order, shop, work, help_somebody, helper, redeem
):
    shop.answers = [(200, {"code": "TWICE"})]
    work()
    help_somebody()
    second = redeem(helper, order.gift)

    work()

    second.refresh_from_db()
    assert second.state == "ordered"
    assert "another order" in HookTry.objects.first().words


def test_what_fails_is_told_again_with_the_same_key(order, shop, work):
    shop.answers = [(500, {}), (503, {}), (200, {})]

    work()
    assert work(seconds=10) == 0
    work(seconds=30)
    work(minutes=2)

    keys = {headers["Idempotency-Key"] for headers, _body in shop.seen}
    assert (len(shop.seen), len(keys)) == (3, 1)
    order.refresh_from_db()
    assert order.state == "fulfilled"
    tries = HookTry.objects.order_by("pk").values_list("status", flat=True)
    assert list(tries) == [500, 503, 200]


def test_after_twelve_tries_it_waits_for_a_manager(
    order, shop, work, manager, client_of, clock
):
    shop.answers = [(500, {})]
    for _ in range(14):
        work(hours=2)
    assert len(shop.seen) == 12
    delivery = HookDelivery.objects.get()
    assert delivery.state == "stopped"
    shop.answers = [(200, {})]

    browser = client_of(manager)
    page = browser.get(reverse("rewards_deliveries")).content.decode()
    assert "Send again" in page
    browser.post(reverse("rewards_repeat_delivery", args=[delivery.pk]))
    work(days=1)

    order.refresh_from_db()
    assert order.state == "fulfilled"
    assert shop.seen[-1][0]["Idempotency-Key"] == str(delivery.key)


def test_taken_is_not_delivered_yet(order, shop, work, manager, clock):
    shop.answers = [(202, {})]

    work()

    order.refresh_from_db()
    assert (order.state, HookDelivery.objects.get().state) == ("ordered", "taken")
    actions.fulfil(redemption=order, by=manager, at=clock.now)
    order.refresh_from_db()
    assert order.state == "fulfilled"


def test_an_order_cancelled_before_it_was_told_is_not_to_be_delivered(
    order, shop, work, manager, clock
):
    shop.answers = [(404, {})]
    actions.cancel(redemption=order, by=manager, at=clock.now)

    work()

    ((_headers, body),) = shop.seen
    assert json.loads(body)["event"] == "redemption.cancelled"
    states = HookDelivery.objects.order_by("pk").values_list("event", "state")
    assert list(states) == [("ordered", "stopped"), ("cancelled", "delivered")]


def test_a_cancelled_order_is_told_signed_until_the_shop_knows(
    order, shop, work, manager, clock, purse, helper
):
    shop.answers = [(202, {}), (500, {}), (200, {})]
    work()
    actions.cancel(redemption=order, by=manager, at=clock.now)

    for _turn in range(3):
        work(hours=2)

    (headers, _), (again, body), (third, _) = shop.seen
    told = json.loads(body)
    assert (told["event"], told["state"]) == ("redemption.cancelled", "cancelled")
    assert told["order"] == f"R-{order.pk}"
    assert again["Idempotency-Key"] == third["Idempotency-Key"]
    assert again["Idempotency-Key"] != headers["Idempotency-Key"]
    moment, signed = again["Answerhall-Signature"].split(",")
    expected = delivering.signature(KEY, int(moment[2:]), body)
    assert signed == f"v1={expected}"
    assert purse(helper).spendable == 20


@pytest.mark.parametrize(
    ("settle", "event"),
    [
        (actions.fulfil, "redemption.fulfilled"),
        (actions.cancel, "redemption.cancelled"),
    ],
)
def test_what_our_team_does_with_the_order_is_told(
    order, shop, work, manager, clock, settle, event
):
    shop.answers = [(202, {}), (200, {"code": "NOT-ASKED-FOR"})]
    work()
    settle(redemption=order, by=manager, at=clock.now)

    work(hours=1)

    assert json.loads(shop.seen[-1][1])["event"] == event
    assert not Voucher.objects.exists()


def test_a_void_code_is_told_to_who_gave_it(order, shop, work, manager, clock):
    shop.answers = [(200, {"code": "SHOP-1"}), (200, {})]
    work()
    actions.void_code(redemption=order, by=manager, reason="Used", at=clock.now)

    work(hours=1)

    assert json.loads(shop.seen[-1][1])["event"] == "redemption.voided"


def test_the_end_of_somebody_s_membership_cancels_at_the_shop_too(
    order, shop, work, helper, clock
):
    shop.answers = [(202, {}), (200, {})]
    work()
    erase_person(person=helper, at=clock.now)
    outbox.drain(at=clock.now)

    work(hours=1)

    assert json.loads(shop.seen[-1][1])["event"] == "redemption.cancelled"


def test_what_the_shop_did_not_hear_a_manager_sends_again(
    order, shop, work, manager, client_of, clock
):
    shop.answers = [(202, {}), (500, {})]
    work()
    actions.cancel(redemption=order, by=manager, at=clock.now)
    for _turn in range(14):
        work(hours=2)
    unheard = HookDelivery.objects.get(event="cancelled")
    assert (unheard.state, len(shop.seen)) == ("stopped", 13)
    shop.answers = [(200, {})]

    client_of(manager).post(reverse("rewards_repeat_delivery", args=[unheard.pk]))
    work(days=1)

    page = client_of(manager).get(reverse("rewards_deliveries")).content.decode()
    assert "told" in page
    assert "Send again" not in page


def test_a_shop_that_drips_its_answer_is_cut_off(order, shop, work, monkeypatch):
    """Each byte comes within the time limit of a socket; all of them never would."""
    monkeypatch.setattr(outgoing, "SECONDS", 0.5)
    shop.drips = True

    work()

    order.refresh_from_db()
    assert order.state == "ordered"
    assert HookTry.objects.get().status == 0


def test_a_worker_killed_after_the_answer_asks_again_and_delivers_once(
    order, shop, work, monkeypatch
):
    note = delivering._note

    def die(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(delivering, "_note", die)
    with pytest.raises(KeyboardInterrupt):
        work()
    monkeypatch.setattr(delivering, "_note", note)
    work(seconds=1)

    assert len({headers["Idempotency-Key"] for headers, _ in shop.seen}) == 1
    order.refresh_from_db()
    assert order.state == "fulfilled"


def test_a_redirect_is_not_followed(order, shop, work):
    shop.answers = [(302, {})]

    work()

    assert len(shop.seen) == 1
    assert HookTry.objects.get().status == 302


@pytest.mark.parametrize(
    "address",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://127.1/",
        "https://0x7f000001/",
        "https://2130706433/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.0.0.8/",
        "https://192.168.1.1/",
        "https://100.64.0.1/",
        "https://0.0.0.0/",
        "https://localhost/",
        "https://user:pass@example.com@127.0.0.1/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "https://example.com:99999/",
        "https:///nowhere",
    ],
)
def test_a_hook_reaches_nothing_inside(address, settings):
    settings.ANSWERHALL_HOOK_HOSTS = []

    with pytest.raises(NoAnswer):
        post_outside(address, b"{}", {})


def test_the_form_refuses_an_address_inside(rules):
    form_class = HookForm
    for url in ("http://example.com/", "https://127.0.0.1/x"):
        form = _form(form_class)({"name": "h", "url": url, "enabled": True})
        assert "url" in form.errors


def test_a_new_hook_has_a_key_and_a_manager_may_change_it(
    rules, manager, helper, client_of
):
    form = _form(HookForm)({"name": "h", "url": "https://example.com/", "enabled": 1})
    hook = form.save()
    first = unseal(hook.sealed_key)
    assert len(first) >= 32

    page = client_of(manager).post(reverse("rewards_hook_key", args=[hook.pk]))

    hook.refresh_from_db()
    key = unseal(hook.sealed_key)
    assert key != first
    assert key in page.content.decode()
    assert (
        key
        not in client_of(manager).get(reverse("rewards_deliveries")).content.decode()
    )
    with pytest.raises(NotAllowed):
        delivering.change_key(hook=hook, by=helper)


def test_only_managers_repeat_and_only_what_is_open(
    order, work, helper, manager, clock
):
    delivery = HookDelivery.objects.get()
    with pytest.raises(NotAllowed):
        delivering.repeat_delivery(delivery=delivery, by=helper, at=clock.now)
    work()
    with pytest.raises(NothingToRepeat):
        delivering.repeat_delivery(
            delivery=delivery, by=manager, at=clock.now + timedelta(hours=1)
        )


def _form(form_class):
    from django.forms import modelform_factory

    return modelform_factory(
        DeliveryHook, form=form_class, fields=["name", "url", "enabled"]
    )
