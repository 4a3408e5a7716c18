"""Points become gifts."""

from datetime import datetime

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import translation

from common.errors import NotAllowed, Refused
from people import actions as people
from people.models import Person
from rewards.actions import statements
from rewards.actions.ageing import open_purse
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
from rewards.queries.catalogue import not_on_offer, short_of


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
    try:
        # The losers of a rush leave here, before they hold anything.
        _look_at_the_offer(gift, person, at, agreed_cost)
        return _order(person, gift, key, at)
    except (Refused, IntegrityError):
        # Nobody is refused what they have: the key's first click may have got it.
        earlier = Redemption.objects.filter(idem_key=key).first()
        if earlier is None:
            raise
    if earlier.person_id != person.pk or earlier.gift_id != gift.pk:
        raise KeyOfAnotherOrder
    return earlier


def _look_at_the_offer(
    gift: Gift, person: Person, at: datetime, agreed_cost: int | None
) -> None:
    if agreed_cost is not None and agreed_cost != gift.cost:
        raise CostChanged(cost=gift.cost)
    if (reason := not_on_offer(gift, person, at=at)) is not None:
        raise reason


@transaction.atomic
def _order(person: Person, gift: Gift, key: str, at: datetime) -> Redemption:
    # One person's orders happen one after another from here on.
    purse, lots = open_purse(person.pk, at)
    has = purse.spendable.balance
    if (reason := short_of(gift, person, spendable=has)) is not None:
        raise reason
    # The second half of a double click ends here: the key is taken.
    order = Redemption.objects.create(
        person=person, gift=gift, idem_key=key, cost=gift.cost, at=at
    )
    transfer = _book(order, Transfer.Kind.REDEEM, person, at)
    take_from_lots(transfer, lots, gift.cost)
    move(transfer, purse.spendable, purse.reserved, gift.cost)
    if gift.has_codes:
        # A code is delivered by being shown: nobody has to send anything.
        _spend_for_good(order, purse, person, at)
        _close(order, Redemption.State.FULFILLED, None, at)
    # Last, as all buyers wait for this row until we commit.
    if not statements.take_one(gift.pk):
        raise SoldOut
    if gift.has_codes:
        _hand_out_code(order)
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


def _hand_out_code(order: Redemption) -> None:
    """Give the order a free code: the gift's row is locked since its stock fell."""
    free = Voucher.objects.filter(gift_id=order.gift_id, redemption=None)
    voucher = free.order_by("pk").first()
    if voucher is None:
        raise SoldOut
    free.filter(pk=voucher.pk).update(redemption=order)


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
