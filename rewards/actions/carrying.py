"""Points that nobody used are carried over to a later day: each once, when asked."""

from datetime import datetime

from django.db import transaction

from people.models import Person
from rewards.actions.ageing import open_purse
from rewards.actions.booking import record, take_from_lots
from rewards.errors import NothingToCarryOver
from rewards.models import Lot, PointsTerms, Transfer
from rewards.months import months_later
from rewards.queries.carrying import lots_to_carry


@transaction.atomic
def carry_over(*, person: Person, at: datetime) -> Transfer:
    """Let the points that expire soon live some months longer.

    Raises NothingToCarryOver when there are none, or each was carried over before.
    """
    purse, _lots = open_purse(person.pk, at)
    lots = list(lots_to_carry(person, at=at))
    if not lots:
        raise NothingToCarryOver
    months = PointsTerms.current().carry_over_months
    points = sum(lot.remaining for lot in lots)
    transfer = record(
        kind=Transfer.Kind.CARRY,
        key=f"carry:{lots[0].pk}",
        person=person,
        actor=person,
        reason=Transfer.Kind.CARRY,
        source_type="person",
        source_id="",
        data={"points": points, "months": months},
        at=at,
    )
    new = [
        Lot(
            account=purse.spendable,
            transfer=transfer,
            granted=lot.remaining,
            remaining=lot.remaining,
            expires_at=months_later(lot.expires_at, months),
            carried_from=lot,
        )
        for lot in lots
    ]
    take_from_lots(transfer, lots, points)
    Lot.objects.bulk_create(new)
    return transfer
