"""Gifts that another system delivers: told of an order until it says it is done.

And told what becomes of it here, until it says that it knows.
"""

import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from common import outbox
from common.errors import NotAllowed
from common.outgoing import NoAnswer, Reply, post_outside
from people.models import Person
from rewards.actions.booking import lock_purse
from rewards.actions.hooks import DELIVER
from rewards.actions.settling import close, spend_for_good, tell
from rewards.errors import NothingToRepeat
from rewards.models import (
    DeliveryHook,
    HookDelivery,
    HookTry,
    Redemption,
    Voucher,
)
from rewards.sealing import digests, seal, unseal

CODE_MOST_CHARS = 80
WORDS_MOST_CHARS = 200
TRIES_MOST = outbox.MAX_ATTEMPTS
State = HookDelivery.State


class NotDelivered(Exception):
    """The hook did not take the order; the outbox tries again later."""


@dataclass(frozen=True)
class _Outcome:
    state: str
    status: int
    words: str
    code: str = ""


@transaction.atomic
def change_key(*, hook: DeliveryHook, by: Person) -> str:
    """Give the hook a new key and return it: nobody is shown it again."""
    if not by.has_perm("rewards.manage_rewards"):
        raise NotAllowed
    key = secrets.token_urlsafe(32)
    DeliveryHook.objects.filter(pk=hook.pk).update(sealed_key=seal(key))
    return key


def deliver(*, delivery_id: int, at: datetime) -> None:
    """Tell the hook once, outside any transaction, and note what came of it.

    Raises NotDelivered while it is worth trying again.
    """
    deliveries = HookDelivery.objects.select_related("hook", "order__gift")
    delivery = deliveries.get(pk=delivery_id)
    if delivery.state in (State.DELIVERED, State.STOPPED):
        return
    if not (delivery.is_worth_repeating and delivery.hook.enabled):
        _note(delivery, _Outcome(State.STOPPED, 0, "nothing to deliver"), at, 0)
        return
    started = time.monotonic()
    outcome = _tell_hook(delivery, at)
    _note(delivery, outcome, at, int(1000 * (time.monotonic() - started)))
    if outcome.state == State.WAITING:
        raise NotDelivered(f"{delivery.hook}: {outcome.status} {outcome.words}")


@transaction.atomic
def repeat_delivery(*, delivery: HookDelivery, by: Person, at: datetime) -> None:
    """Tell the hook again, with the same key: what it did already it does not repeat.

    Raises NothingToRepeat when it knows, or is to deliver an order that is closed.
    """
    if not by.has_perm("rewards.manage_rewards"):
        raise NotAllowed
    deliveries = HookDelivery.objects.select_related("order")
    found = deliveries.select_for_update(of=("self",)).get(pk=delivery.pk)
    if not found.is_worth_repeating:
        raise NothingToRepeat
    found.state = State.WAITING
    found.save(update_fields=["state"])
    outbox.put(DELIVER, str(found.pk), {"delivery": found.pk}, at=at)


def seal_keys_anew() -> int:
    """Seal the keys of all hooks with the first voucher key; returns how many."""
    hooks = list(DeliveryHook.objects.order_by("pk"))
    for hook in hooks:
        hook.sealed_key = seal(unseal(hook.sealed_key))
    DeliveryHook.objects.bulk_update(hooks, ["sealed_key"])
    return len(hooks)


def signature(key: str, moment: int, body: bytes) -> str:
    """HMAC-SHA256 over the time and the body, so that neither can be replaced."""
    signed = str(moment).encode() + b"." + body
    return hmac.new(key.encode(), signed, hashlib.sha256).hexdigest()


def message_of(delivery: HookDelivery) -> dict[str, Any]:
    """What a hook learns: which gift, for whom. No name, no address, no points.

    `state` is the order's as of now: messages may arrive out of turn.
    """
    order = delivery.order
    return {
        "event": f"redemption.{delivery.event}",
        "order": f"R-{order.pk}",
        "gift": order.gift.slug,
        "member": order.person_id,
        "ordered_at": order.at.isoformat(),
        "state": order.state,
        "settled_at": order.settled_at.isoformat() if order.settled_at else None,
    }


def _tell_hook(delivery: HookDelivery, at: datetime) -> _Outcome:
    hook: DeliveryHook = delivery.hook
    body = json.dumps(message_of(delivery), sort_keys=True).encode()
    moment = int(at.timestamp())
    signed = signature(unseal(hook.sealed_key), moment, body)
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": str(delivery.key),
        "Answerhall-Signature": f"t={moment},v1={signed}",
    }
    try:
        reply = post_outside(
            hook.url, body, headers, inside=settings.ANSWERHALL_HOOK_HOSTS
        )
    except NoAnswer as error:
        return _failed(delivery, 0, str(error))
    return _read(delivery, reply)


def _read(delivery: HookDelivery, reply: Reply) -> _Outcome:
    if not delivery.is_order:
        return _read_of_news(delivery, reply)
    if reply.status == 202:
        return _Outcome(State.TAKEN, reply.status, "")
    if not 200 <= reply.status < 300:
        return _failed(delivery, reply.status, "")
    code = _code_in(reply.body)
    if code is None:
        return _failed(delivery, reply.status, "the code is not one")
    if code and _is_another_orders(delivery, code):
        return _failed(delivery, reply.status, "the code went to another order")
    return _Outcome(State.DELIVERED, reply.status, "", code)


def _read_of_news(delivery: HookDelivery, reply: Reply) -> _Outcome:
    """Who never heard of the order has nothing to undo."""
    if 200 <= reply.status < 300 or reply.status in (404, 410):
        return _Outcome(State.DELIVERED, reply.status, "")
    return _failed(delivery, reply.status, "")


def _failed(delivery: HookDelivery, status: int, words: str) -> _Outcome:
    """Given up after as many tries as the outbox makes; a manager may repeat it."""
    last = (delivery.tries.count() + 1) % TRIES_MOST == 0
    return _Outcome(State.STOPPED if last else State.WAITING, status, words)


def _code_in(body: bytes) -> str | None:
    """The code an answer may hold; "" if it holds none, None if it is not usable."""
    try:
        told = json.loads(body or b"{}")
    except ValueError:
        return ""
    code = told.get("code", "") if isinstance(told, dict) else ""
    usable = isinstance(code, str) and len(code) <= CODE_MOST_CHARS
    return code.strip() if usable and (not code or code.isprintable()) else None


def _is_another_orders(delivery: HookDelivery, code: str) -> bool:
    given = Voucher.objects.filter(
        gift_id=delivery.order.gift_id, code_digest__in=digests(code)
    )
    return given.exclude(redemption=delivery.order_id).exists()


@transaction.atomic
def _note(
    delivery: HookDelivery, outcome: _Outcome, at: datetime, milliseconds: int
) -> None:
    orders = Redemption.objects.select_related("person", "gift")
    order = orders.select_for_update(of=("self",)).get(pk=delivery.order_id)
    HookTry.objects.create(
        delivery=delivery,
        at=at,
        status=outcome.status,
        words=outcome.words[:WORDS_MOST_CHARS],
        milliseconds=milliseconds,
    )
    HookDelivery.objects.filter(pk=delivery.pk).update(state=outcome.state)
    # Settled by hand while the hook was busy: that stands.
    settled = order.state != Redemption.State.ORDERED
    if not delivery.is_order or outcome.state != State.DELIVERED or settled:
        return
    if outcome.code:
        Voucher.objects.create(
            gift_id=order.gift_id,
            sealed_code=seal(outcome.code),
            code_digest=digests(outcome.code)[0],
            redemption=order,
        )
    spend_for_good(order, lock_purse(order.person_id), None, at)
    close(order, Redemption.State.FULFILLED, None, at)
    tell(order, at)
