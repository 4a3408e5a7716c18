"""Points given to a good cause. That is final."""

from datetime import datetime

from django.db import transaction

from people.models import Person
from rewards.actions.ageing import open_purse
from rewards.actions.booking import Kind, hall_account, move, record, take_from_lots
from rewards.errors import CharityClosed, DonationTooSmall, PointsMissing
from rewards.models import Charity, PointsTerms, Transfer


@transaction.atomic
def donate(
    *, person: Person, charity: Charity, points: int, key: str, at: datetime
) -> Transfer:
    """Give spendable points away, oldest first; the same key again gives them once.

    Raises PointsMissing, DonationTooSmall, CharityClosed.
    """
    purse, lots = open_purse(person.pk, at)
    idem_key = f"donate:{person.pk}:{key}"
    if earlier := Transfer.objects.filter(idem_key=idem_key).first():
        return earlier
    if not Charity.objects.listed().filter(pk=charity.pk).exists():
        raise CharityClosed
    least = PointsTerms.current().donate_least
    if points < least:
        raise DonationTooSmall(least=least)
    if points > purse.spendable.balance:
        raise PointsMissing(has=purse.spendable.balance)
    transfer = record(
        kind=Transfer.Kind.DONATE,
        key=idem_key,
        person=person,
        actor=person,
        reason=Transfer.Kind.DONATE,
        source_type="charity",
        source_id=charity.pk,
        at=at,
    )
    take_from_lots(transfer, lots, points)
    move(transfer, purse.spendable, hall_account(Kind.DONATED), points)
    return transfer
