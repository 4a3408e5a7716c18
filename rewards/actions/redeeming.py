"""Points become gifts."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation

from common.errors import NotAllowed
from people import actions as people
from people.models import Person
from rewards.actions.ageing import catch_up
from rewards.actions.booking import (
    Kind,
    Purse,
    hall_account,
    lock_purse,
    move,
    pay_debt,
    put_back_into_lots,
    record,
    take_from_lots,
)
from rewards.errors import (
    AlreadySettled,
    CostChanged,
    KeyOfAnotherOrder,
    SoldOut,
)
from rewards.models import Gift, LotUse, Redemption, Transfer, Voucher
from rewards.queries.catalogue import not_on_offer, obstacle


@transaction.atomic
def redeem(
    *,
    person: Person,
    gift: Gift,
    key: str,
    at: datetime,
    agreed_cost: int | None = None,
) -> Redemption:
    """Spend the person's points on a gift; the same key again returns the same order.

    Raises NotEnoughPoints (with the points still missing), SoldOut, NotOnOffer,
    LimitReached, KeyOfAnotherOrder. The cost is the gift's own, whatever a form said;
    CostChanged if it is not the one the person agreed to.
    """
    gift = Gift.objects.get(pk=gift.pk)
    if earlier := _order_of(key):
        return _same_order(earlier, person, gift)
    if agreed_cost is not None and agreed_cost != gift.cost:
        raise CostChanged(cost=gift.cost)
    # The losers of a rush leave here, before they hold anything.
    if (reason := not_on_offer(gift, person, at=at)) is not None:
        raise reason
    # One person's orders happen one after another from here on.
    purse = lock_purse(person.pk)
    catch_up(purse, at)
    reason = obstacle(gift, person, spendable=purse.spendable.balance, at=at)
    if reason is not None:
        # The second half of a double click waited for the purse: it is no refusal.
        if earlier := _order_of(key):
            return _same_order(earlier, person, gift)
        raise reason
    order, is_new = _new_order(person, gift, key, at)
    if not is_new:
        return _same_order(order, person, gift)
    transfer = _book(order, Transfer.Kind.REDEEM, person, at)
    take_from_lots(transfer, purse.spendable, gift.cost)
    move(transfer, purse.spendable, purse.reserved, gift.cost)
    # One statement decides who gets the last one.
    taken = Gift.objects.filter(pk=gift.pk, stock__gt=0).update(stock=F("stock") - 1)
    if not taken:
        raise SoldOut
    if gift.has_codes:
        _hand_out_code(order, purse, at)
    return order


@transaction.atomic
def fulfil(*, redemption: Redemption, by: Person, at: datetime) -> Redemption:
    """The gift was handed over: its points are gone for good."""
    order = _open_order(redemption, by)
    purse = lock_purse(order.person_id)
    _spend_for_good(order, purse, by, at)
    _close(order, Redemption.State.FULFILLED, by, at)
    _tell(order, at)
    return order


@transaction.atomic
def cancel(*, redemption: Redemption, by: Person, at: datetime) -> Redemption:
    """Give points and stock back; the points keep the expiry they had."""
    order = _open_order(redemption, by)
    purse = lock_purse(order.person_id)
    transfer = _book(order, Transfer.Kind.CANCEL, by, at)
    move(transfer, purse.reserved, purse.spendable, order.cost)
    uses = LotUse.objects.filter(transfer__idem_key=f"redeem:{order.pk}")
    put_back_into_lots(transfer, list(uses.order_by("pk")))
    pay_debt(transfer, purse)
    counted = Gift.objects.filter(stock_mode=Gift.StockMode.COUNTER)
    counted.filter(pk=order.gift_id).update(stock=F("stock") + 1)
    _close(order, Redemption.State.CANCELLED, by, at)
    _tell(order, at)
    return order


def _order_of(key: str) -> Redemption | None:
    return Redemption.objects.filter(idem_key=key).first()


def _same_order(earlier: Redemption, person: Person, gift: Gift) -> Redemption:
    if earlier.person_id != person.pk or earlier.gift_id != gift.pk:
        raise KeyOfAnotherOrder
    return earlier


def _new_order(
    person: Person, gift: Gift, key: str, at: datetime
) -> tuple[Redemption, bool]:
    """The order under this key, and whether it is new: two clicks make one."""
    try:
        with transaction.atomic():
            order = Redemption.objects.create(
                person=person, gift=gift, idem_key=key, cost=gift.cost, at=at
            )
    except IntegrityError:
        return Redemption.objects.get(idem_key=key), False
    return order, True


def _hand_out_code(order: Redemption, purse: Purse, at: datetime) -> None:
    """Give the order a free code. The gift's row, locked since its stock fell, guards.

    A code is delivered by being shown: nobody has to send anything.
    """
    free = Voucher.objects.filter(gift_id=order.gift_id, redemption=None)
    voucher = free.order_by("pk").first()
    if voucher is None:
        raise SoldOut
    free.filter(pk=voucher.pk).update(redemption=order)
    _spend_for_good(order, purse, order.person, at)
    _close(order, Redemption.State.FULFILLED, None, at)


def _open_order(redemption: Redemption, by: Person) -> Redemption:
    if not by.has_perm("rewards.manage_rewards"):
        raise NotAllowed
    orders = Redemption.objects.select_related("person")
    order = orders.select_for_update(of=("self",)).get(pk=redemption.pk)
    if order.state != Redemption.State.ORDERED:
        raise AlreadySettled
    return order


def _book(order: Redemption, kind: str, by: Person, at: datetime) -> Transfer:
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


def _spend_for_good(order: Redemption, purse: Purse, by: Person, at: datetime) -> None:
    transfer = _book(order, Transfer.Kind.FULFIL, by, at)
    move(transfer, purse.reserved, hall_account(Kind.REDEEMED), order.cost)


def _close(order: Redemption, state: str, by: Person | None, at: datetime) -> None:
    order.state, order.settled_at, order.settled_by = state, at, by
    order.save(update_fields=["state", "settled_at", "settled_by"])


def _tell(order: Redemption, at: datetime) -> None:
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
