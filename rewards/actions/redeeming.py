"""Points become gifts."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from common.errors import NotAllowed
from people import actions as people
from people.models import Person
from rewards.actions.booking import (
    Kind,
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
    KeyOfAnotherOrder,
    LimitReached,
    NotEnoughPoints,
    NotOnOffer,
    SoldOut,
)
from rewards.models import Gift, LotUse, Redemption, Transfer


@transaction.atomic
def redeem(*, person: Person, gift: Gift, key: str, at: datetime) -> Redemption:
    """Spend the person's points on a gift; the same key again returns the same order.

    Raises NotEnoughPoints (with the points still missing), SoldOut, NotOnOffer,
    LimitReached, KeyOfAnotherOrder. The cost is the gift's own, whatever a form said.
    """
    gift = Gift.objects.get(pk=gift.pk)
    if earlier := _order_of(key):
        return _same_order(earlier, person, gift)
    _refuse_unless_on_offer(gift, person, at)
    # One person's orders happen one after another from here on.
    purse = lock_purse(person.pk)
    try:
        with transaction.atomic():
            order = Redemption.objects.create(
                person=person, gift=gift, idem_key=key, cost=gift.cost, at=at
            )
    except IntegrityError:
        return _same_order(Redemption.objects.get(idem_key=key), person, gift)
    if purse.spendable.balance < gift.cost:
        raise NotEnoughPoints(missing=gift.cost - purse.spendable.balance)
    _refuse_beyond_limit(gift, person)
    transfer = record(
        kind=Transfer.Kind.REDEEM,
        key=f"redeem:{order.pk}",
        person=person,
        actor=person,
        reason="redeem",
        source_type="redemption",
        source_id=order.pk,
        data={"gift": gift.pk},
        at=at,
    )
    take_from_lots(transfer, purse.spendable, gift.cost)
    # One statement decides who gets the last one.
    taken = Gift.objects.filter(pk=gift.pk, stock__gt=0).update(stock=F("stock") - 1)
    if not taken:
        raise SoldOut
    move(transfer, purse.spendable, purse.reserved, gift.cost)
    return order


@transaction.atomic
def fulfil(*, redemption: Redemption, by: Person, at: datetime) -> Redemption:
    """The gift was handed over: its points are gone for good."""
    order = _open_order(redemption, by)
    purse = lock_purse(order.person_id)
    transfer = _settle(order, Transfer.Kind.FULFIL, by, at)
    move(transfer, purse.reserved, hall_account(Kind.REDEEMED), order.cost)
    return _close(order, Redemption.State.FULFILLED, by, at)


@transaction.atomic
def cancel(*, redemption: Redemption, by: Person, at: datetime) -> Redemption:
    """Give points and stock back; the points keep the expiry they had."""
    order = _open_order(redemption, by)
    purse = lock_purse(order.person_id)
    transfer = _settle(order, Transfer.Kind.CANCEL, by, at)
    move(transfer, purse.reserved, purse.spendable, order.cost)
    uses = LotUse.objects.filter(transfer__idem_key=f"redeem:{order.pk}")
    put_back_into_lots(transfer, list(uses.order_by("pk")))
    pay_debt(transfer, purse)
    Gift.objects.filter(pk=order.gift_id).update(stock=F("stock") + 1)
    return _close(order, Redemption.State.CANCELLED, by, at)


def _order_of(key: str) -> Redemption | None:
    return Redemption.objects.filter(idem_key=key).first()


def _same_order(earlier: Redemption, person: Person, gift: Gift) -> Redemption:
    if earlier.person_id != person.pk or earlier.gift_id != gift.pk:
        raise KeyOfAnotherOrder
    return earlier


def _refuse_unless_on_offer(gift: Gift, person: Person, at: datetime) -> None:
    too_early = gift.opens_at is not None and at < gift.opens_at
    too_late = gift.closes_at is not None and at >= gift.closes_at
    elsewhere = gift.region_id is not None and gift.region_id != person.region_id
    if not gift.visible or too_early or too_late or elsewhere:
        raise NotOnOffer


def _refuse_beyond_limit(gift: Gift, person: Person) -> None:
    """Counts the order just written too; the purse's lock keeps others out."""
    if gift.per_person_limit is None:
        return
    mine = Redemption.objects.filter(person=person, gift=gift)
    had = mine.exclude(state=Redemption.State.CANCELLED).count()
    if had > gift.per_person_limit:
        raise LimitReached(most=gift.per_person_limit)


def _open_order(redemption: Redemption, by: Person) -> Redemption:
    if not by.has_perm("rewards.manage_rewards"):
        raise NotAllowed
    order = Redemption.objects.select_for_update().get(pk=redemption.pk)
    if order.state != Redemption.State.ORDERED:
        raise AlreadySettled
    return order


def _settle(order: Redemption, kind: str, by: Person, at: datetime) -> Transfer:
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


def _close(order: Redemption, state: str, by: Person, at: datetime) -> Redemption:
    order.state, order.settled_at, order.settled_by = state, at, by
    order.save(update_fields=["state", "settled_at", "settled_by"])
    people.notify(
        person=order.person,
        kind=f"rewards.order_{state}",
        data={"gift": order.gift_id},
        key=f"order:{order.pk}:{state}",
        url=f"/rewards/redemptions/{order.pk}/",
        at=at,
    )
    return order
