"""The ledger's days, summed once they are over."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Sum

from common.site_day import site_day
from rewards.models import Account, Entry, PointsDay, Transfer
from rewards.months import moments_of

# A transaction that began before midnight has ended by then.
PATIENCE = timedelta(hours=1)
Kind = Account.Kind
FLOWS = {flow.value for flow in PointsDay.Flow}


def sum_days(*, at: datetime) -> int:
    """Sum every day that is over and not summed yet; returns how many that were.

    A transaction each: killed in the middle, it goes on where it was.
    """
    return sum(1 for day in _days_to_sum(at) if _write(day))


def flows_between(start: datetime, end: datetime) -> dict[tuple[str, str], int]:
    """Points by flow and reason, straight from the ledger, in two queries."""
    entries = Entry.objects.filter(transfer__at__gte=start, transfer__at__lt=end)
    sums: dict[tuple[str, str], int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = (
            entries.filter(**{f"{side}__owner__isnull": True})
            .order_by()
            .values_list(f"{side}__kind", "transfer__kind", "transfer__reason")
            .annotate(n=Sum("amount"))
        )
        for flow, kind, reason, amount in rows:
            if flow not in FLOWS:
                continue
            issued = flow == Kind.ISSUED
            name = reason if kind in (*Transfer.ISSUING, "reversal") else kind
            key = (flow, name)
            sums[key] = sums.get(key, 0) + (-sign if issued else sign) * amount
    return {key: amount for key, amount in sums.items() if amount}


def _days_to_sum(at: datetime) -> Iterator[date]:
    last = PointsDay.objects.order_by("-day").values_list("day", flat=True).first()
    if last is None:
        first = Transfer.objects.order_by("at").values_list("at", flat=True).first()
        if first is None:
            return
        day = site_day(first)
    else:
        day = last + timedelta(days=1)
    end = site_day(at - PATIENCE)
    while day < end:
        yield day
        day += timedelta(days=1)


@transaction.atomic
def _write(day: date) -> bool:
    start, end = moments_of(day)
    sums = flows_between(start, end)
    # A day on which nothing happened still says that it was summed.
    rows = sums or {(PointsDay.Flow.ISSUED.value, ""): 0}
    PointsDay.objects.bulk_create(
        [
            PointsDay(day=day, flow=flow, reason=reason, points=points)
            for (flow, reason), points in sorted(rows.items())
        ],
        ignore_conflicts=True,
    )
    return True
