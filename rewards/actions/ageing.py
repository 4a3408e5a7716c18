"""What time does to points: held ones are released, old ones expire."""

from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from django.db import transaction
from django.db.models import Q

from rewards.actions.booking import (
    Kind,
    Purse,
    hall_account,
    lock_purse,
    lots_in_order,
    move,
    record,
    take_from_lots,
)
from rewards.models import Lot, Transfer


def vest_points(*, at: datetime) -> int:
    """Release every held lot whose time has come; returns how many points."""
    return sum(_for_purse(owner, at)[0] for owner in _owners(_to_release(at)))


def expire_points(*, at: datetime) -> int:
    """Let every lot past its day go; returns how many points that were."""
    due = _owners(_to_release(at)) | _owners(_past_their_day(at))
    return sum(_for_purse(owner, at)[1] for owner in due)


@transaction.atomic
def forfeit_points(*, owner_id: int, at: datetime) -> int:
    """Let every lot of somebody who left go, held ones too; returns the points."""
    purse = lock_purse(owner_id)
    mine = Lot.objects.filter(account__in=[purse.held, purse.spendable])
    lots = mine.filter(remaining__gt=0).order_by("pk")
    return sum(_expire(lot, purse, at) for lot in lots)


def open_purse(person_id: int, at: datetime) -> tuple[Purse, Iterator[Lot]]:
    """Lock the purse of somebody about to spend; with it its lots, as they are spent.

    Nobody must wait for a timer, nor gain by its delay: what is due is done first. In
    two queries when nothing is.
    """
    purse = lock_purse(person_id)
    lots = lots_in_order(purse.spendable)
    first = next(lots, None)
    nothing_expired = first is None or first.expires_at > at
    if nothing_expired and not purse.held.balance:
        return purse, lots if first is None else chain([first], lots)
    _catch_up(purse, at)
    return purse, lots_in_order(purse.spendable)


def _catch_up(purse: Purse, at: datetime) -> tuple[int, int]:
    """Do for one locked purse what is due: points released, points expired."""
    mine = Lot.objects.filter(account__in=[purse.held, purse.spendable])
    due = mine.filter(_to_release(at) | _past_their_day(at))
    released = expired = 0
    for lot in due.order_by("expires_at", "pk"):
        if lot.vests_at is not None and lot.vests_at <= at:
            released += _release(lot, purse, at)
        if lot.remaining and lot.expires_at <= at:
            expired += _expire(lot, purse, at)
    return released, expired


@transaction.atomic
def _for_purse(owner_id: int, at: datetime) -> tuple[int, int]:
    """A transaction each: a thousand purses are never locked at once."""
    return _catch_up(lock_purse(owner_id), at)


def _release(lot: Lot, purse: Purse, at: datetime) -> int:
    if lot.remaining:
        transfer = _record(Transfer.Kind.VEST, f"vest:{lot.pk}", purse, lot, at)
        move(transfer, purse.held, purse.spendable, lot.remaining)
    lot.account, lot.vests_at = purse.spendable, None
    lot.save(update_fields=["account", "vests_at"])
    return lot.remaining


def _expire(lot: Lot, purse: Purse, at: datetime) -> int:
    account = purse.held if lot.account_id == purse.held.pk else purse.spendable
    amount = lot.remaining
    # A cancelled order can put points back: then the lot expires again.
    key = f"expire:{lot.pk}:{lot.uses.count()}"
    transfer = _record(Transfer.Kind.EXPIRE, key, purse, lot, at)
    take_from_lots(transfer, [lot], amount)
    move(transfer, account, hall_account(Kind.EXPIRED), amount)
    return amount


def _to_release(at: datetime) -> Q:
    return Q(vests_at__lte=at)


def _past_their_day(at: datetime) -> Q:
    return Q(remaining__gt=0, expires_at__lte=at)


def _owners(which: Q) -> set[int]:
    lots = Lot.objects.filter(which)
    return set(lots.values_list("account__owner_id", flat=True))


def _record(kind: str, key: str, purse: Purse, lot: Lot, at: datetime) -> Transfer:
    return record(
        kind=kind,
        key=key,
        person=purse.person_id,
        reason=kind,
        source_type="lot",
        source_id=lot.pk,
        at=at,
    )
