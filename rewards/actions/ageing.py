"""What time does to points: held ones are released, old ones expire."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from rewards.actions.booking import (
    Kind,
    Purse,
    hall_account,
    lock_purse,
    move,
    record,
    use_lot,
)
from rewards.models import Lot, Transfer


def vest_points(*, at: datetime) -> int:
    """Release every held lot whose time has come; returns how many points."""
    return sum(_for_purse(owner, at)[0] for owner in _owners(_to_release(at)))


def expire_points(*, at: datetime) -> int:
    """Let every lot past its day go; returns how many points that were."""
    due = _owners(_to_release(at)) | _owners(_past_their_day(at))
    return sum(_for_purse(owner, at)[1] for owner in due)


def catch_up(purse: Purse, at: datetime) -> tuple[int, int]:
    """Do for one locked purse what the timers would: points released, points expired.

    Whoever is about to spend must not wait for a timer, nor gain by its delay.
    """
    return _release(purse, at), _expire(purse, at)


@transaction.atomic
def _for_purse(owner_id: int, at: datetime) -> tuple[int, int]:
    """A transaction each: a thousand purses are never locked at once."""
    return catch_up(lock_purse(owner_id), at)


def _release(purse: Purse, at: datetime) -> int:
    released = 0
    for lot in _locked(_to_release(at), purse):
        if lot.remaining:
            transfer = _record(Transfer.Kind.VEST, f"vest:{lot.pk}", purse, lot, at)
            move(transfer, purse.held, purse.spendable, lot.remaining)
        lot.account, lot.vests_at = purse.spendable, None
        lot.save(update_fields=["account", "vests_at"])
        released += lot.remaining
    return released


def _expire(purse: Purse, at: datetime) -> int:
    expired = 0
    for lot in _locked(_past_their_day(at), purse):
        amount = lot.remaining
        # A cancelled order can put points back: then the lot expires again.
        key = f"expire:{lot.pk}:{lot.uses.count()}"
        transfer = _record(Transfer.Kind.EXPIRE, key, purse, lot, at)
        use_lot(lot, transfer, amount)
        move(transfer, purse.spendable, hall_account(Kind.EXPIRED), amount)
        expired += amount
    return expired


def _to_release(at: datetime) -> QuerySet[Lot]:
    return Lot.objects.filter(vests_at__lte=at)


def _past_their_day(at: datetime) -> QuerySet[Lot]:
    return Lot.objects.filter(remaining__gt=0, expires_at__lte=at)


def _owners(lots: QuerySet[Lot]) -> set[int]:
    return set(lots.values_list("account__owner_id", flat=True))


def _locked(lots: QuerySet[Lot], purse: Purse) -> list[Lot]:
    mine = lots.filter(account__in=[purse.held, purse.spendable])
    return list(
        mine.select_for_update(no_key=True, of=("self",)).order_by("expires_at", "pk")
    )


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
