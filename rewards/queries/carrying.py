"""Which points somebody may carry over."""

from datetime import datetime

from django.db.models import QuerySet, Sum

from people.models import Person
from rewards import numbers
from rewards.models import Account, Lot, PointsTerms, Transfer


def lots_to_carry(person: Person, *, at: datetime) -> QuerySet[Lot]:
    """Lots near their last day, as they were earned: neither carried nor received."""
    lots = Lot.objects.filter(
        account__owner=person,
        account__kind=Account.Kind.SPENDABLE,
        transfer__kind__in=Transfer.ISSUING,
        remaining__gt=0,
        expires_at__gt=at,
        expires_at__lte=at + numbers.EXPIRING_SOON,
        carried_to__isnull=True,
    )
    may = PointsTerms.current().carry_over_months > 0
    return lots.order_by("expires_at", "pk") if may else lots.none()


def points_to_carry(person: Person, *, at: datetime) -> int:
    """In two queries."""
    lots = lots_to_carry(person, at=at).order_by()
    return lots.aggregate(n=Sum("remaining"))["n"] or 0
