"""The ledger's days, summed once they are over."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction

from common.site_day import site_day
from rewards.models import PointsDay, Transfer
from rewards.months import moments_of
from rewards.queries.flows import flows_between

# A transaction that began before midnight has ended by then.
PATIENCE = timedelta(hours=1)


def sum_days(*, at: datetime) -> int:
    """Sum every day that is over and not summed yet; returns how many that were.

    A transaction each: killed in the middle, it goes on where it was.
    """
    return sum(1 for day in _days_to_sum(at) if _write(day))


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
