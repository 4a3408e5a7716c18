"""What becomes of an order: delivered, cancelled, or its code made void."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import translation

from common.errors import NotAllowed
from common.text import clean_line
from people import actions as people
from people.models import Person
from rewards.actions.booking import (
    Kind,
    Purse,
    hall_account,
    lock_purse,
    move,
    pay_debt,
    put_back_into_lots,
    record,
)
from rewards.actions.hooks import tell_hook
from rewards.errors import AlreadySettled, NoCodeToVoid, ReasonMissing, YourOwnOrder
from rewards.models import Gift, LotUse, Redemption, Transfer, Voucher

REASON_MOST_CHARS = 300


@transaction.atomic
def fulfil(*, redemption: Redemption, by: Person, at: datetime) -> Redemption:
    """The gift was handed over: its points are gone for good."""
    order = _lock_order(redemption, by)
    _must_wait(order)
    spend_for_good(order, lock_purse(order.person_id), by, at)
    close(order, Redemption.State.FULFILLED, by, at)
    tell_hook(order, at)
    tell(order, at)
    return order


@transaction.atomic
def cancel(*, redemption: Redemption, by: Person, at: datetime) -> Redemption:
    """Give points and stock back; the points keep the expiry they had."""
    order = _lock_order(redemption, by)
    _must_wait(order)
    give_back(order, Redemption.State.CANCELLED, by, at)
    tell_hook(order, at)
    tell(order, at)
    return order


@transaction.atomic
def void_code(
    *, redemption: Redemption, by: Person, reason: str, at: datetime
) -> Redemption:
    """Give the points of a code that does not work back, with the expiry they had.

    The code stays with its order and is never handed out again. The reason is kept
    for staff.
    """
    order = _lock_order(redemption, by)
    code = Voucher.objects.filter(redemption=order, voided_at=None).first()
    if code is None:
        raise NoCodeToVoid
    code.void_reason = clean_line(reason, REASON_MOST_CHARS).strip()
    if not code.void_reason:
        raise ReasonMissing
    code.voided_at = at
    code.save(update_fields=["voided_at", "void_reason"])
    purse = lock_purse(order.person_id)
    transfer = book(order, Transfer.Kind.VOID, by, at)
    move(transfer, hall_account(Kind.REDEEMED), purse.spendable, order.cost)
    _refill_lots(order, transfer, purse)
    close(order, Redemption.State.VOIDED, by, at)
    tell_hook(order, at)
    tell(order, at)
    return order


@transaction.atomic
def cancel_for_the_erased(*, order_id: int, at: datetime) -> None:
    """Nobody is left to deliver to. Delivered meanwhile: it stays so."""
    order = Redemption.objects.select_for_update(of=("self",)).get(pk=order_id)
    if order.state in Redemption.OPEN:
        give_back(order, Redemption.State.CANCELLED, None, at)
        tell_hook(order, at)


def book(order: Redemption, kind: str, by: Person | None, at: datetime) -> Transfer:
    return record(
        kind=kind,
        key=f"{kind}:{order.pk}",
        person=order.person_id,
        actor=by,
        reason=kind,
        source_type="redemption",
        source_id=order.pk,
        data={"gift": order.gift_id},
        at=at,
    )


def spend_for_good(
    order: Redemption, purse: Purse, by: Person | None, at: datetime
) -> None:
    transfer = book(order, Transfer.Kind.FULFIL, by, at)
    move(transfer, purse.reserved, hall_account(Kind.REDEEMED), order.cost)


def close(order: Redemption, state: str, by: Person | None, at: datetime) -> None:
    order.state, order.settled_at, order.settled_by = state, at, by
    order.save(update_fields=["state", "settled_at", "settled_by"])


def give_back(order: Redemption, state: str, by: Person | None, at: datetime) -> None:
    """Close a locked open order: points into the lots they came from, one in stock.

    A code nobody has seen is free again.
    """
    purse = lock_purse(order.person_id)
    transfer = book(order, Transfer.Kind.CANCEL, by, at)
    move(transfer, purse.reserved, purse.spendable, order.cost)
    _refill_lots(order, transfer, purse)
    gift = Gift.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=order.gift_id
    )
    freed = Voucher.objects.filter(redemption=order).update(redemption=None)
    if gift.has_codes == bool(freed):
        Gift.objects.filter(pk=gift.pk).update(stock=F("stock") + 1)
    close(order, state, by, at)


def _lock_order(redemption: Redemption, by: Person) -> Redemption:
    if not by.has_perm("rewards.manage_rewards"):
        raise NotAllowed
    orders = Redemption.objects.select_related("person")
    order = orders.select_for_update(of=("self",)).get(pk=redemption.pk)
    if order.person_id == by.pk:
        raise YourOwnOrder
    return order


def _must_wait(order: Redemption) -> None:
    if order.state != Redemption.State.ORDERED:
        raise AlreadySettled


def _refill_lots(order: Redemption, transfer: Transfer, purse: Purse) -> None:
    uses = LotUse.objects.filter(transfer__idem_key=f"redeem:{order.pk}")
    put_back_into_lots(transfer, list(uses.order_by("pk")))
    pay_debt(transfer, purse)


def tell(order: Redemption, at: datetime) -> None:
    with translation.override(order.person.language or settings.LANGUAGE_CODE):
        url = order.get_absolute_url()
    people.notify(
        person=order.person,
        kind=f"rewards.order_{order.state}",
        data={"gift": order.gift_id},
        key=f"order:{order.pk}:{order.state}",
        url=url,
        at=at,
    )
