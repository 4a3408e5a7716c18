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
from rewards.actions.looking import look_at
from rewards.models import Lot, Transfer
from rewards.queries.withholding import withheld_among

# Purses looked at together for unfair play before what is in them is released.
LOOKS_AT_ONCE = 500


def vest_points(*, at: datetime) -> int:
    """Release every held lot whose time has come; returns how many points.

    What somebody still has to decide about stays held.
    """
    owners = _looked_at(_to_release(at), at)
    return sum(_for_purse(owner, at)[0] for owner in owners)


def expire_points(*, at: datetime) -> int:
    """Let every lot past its day go; returns how many points that were."""
    owners = _looked_at(_past_their_day(at), at)
    return sum(_for_purse(owner, at)[1] for owner in owners)


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
    if Lot.objects.filter(_to_release(at), account=purse.held).exists():
        look_at([person_id], at=at)
    _catch_up(purse, at)
    return purse, lots_in_order(purse.spendable)


def _catch_up(purse: Purse, at: datetime) -> tuple[int, int]:
    """Do for one locked purse what is due: points released, points expired."""
    mine = Lot.objects.filter(account__in=[purse.held, purse.spendable])
    due = list(
        mine.filter(_to_release(at) | _past_their_day(at)).order_by("expires_at", "pk")
    )
    ready = [lot for lot in due if lot.vests_at is not None and lot.vests_at <= at]
    withheld: set[int] = set()
    if ready:
        awards = {lot.transfer_id for lot in ready}
        withheld = withheld_among(purse.person_id, awards)
    released = expired = 0
    for lot in due:
        if lot in ready and lot.transfer_id not in withheld:
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


def _looked_at(which: Q, at: datetime) -> list[int]:
    """The owners of these lots, once unfair play around them was looked for."""
    lots = Lot.objects.filter(which)
    owners = sorted(set(lots.values_list("account__owner_id", flat=True)))
    for start in range(0, len(owners), LOOKS_AT_ONCE):
        look_at(owners[start : start + LOOKS_AT_ONCE], at=at)
    return owners


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
