"""How somebody's reputation grew."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import TruncMonth

from common.site_day import site_day
from community.models import ReputationChange
from people.models import Person


@dataclass(frozen=True)
class MonthEnd:
    """What somebody's reputation was when a month of the site's calendar ended."""

    month: date
    reputation: int


def reputation_by_month(
    person: Person, at: datetime, months: int = 12
) -> list[MonthEnd]:
    """The last months, this one included, oldest first; [] without any change.

    One query.
    """
    month = TruncMonth("at", tzinfo=ZoneInfo(settings.ANSWERHALL_TIME_ZONE))
    changes = ReputationChange.objects.filter(person=person, at__lte=at)
    by_month = (
        changes.annotate(month=month)
        .values_list("month")
        .annotate(Sum("amount"))
        .order_by("month")
    )
    gained = {moment.date(): amount for moment, amount in by_month}
    if not gained:
        return []
    wanted = _months_until(site_day(at), months)
    total = sum(amount for when, amount in gained.items() if when < wanted[0])
    ends = []
    for first in wanted:
        total += gained.get(first, 0)
        ends.append(MonthEnd(first, max(1, 1 + total)))
    return ends


def _months_until(day: date, count: int) -> list[date]:
    """The first days of the last `count` months, oldest first."""
    last = day.year * 12 + day.month - 1
    return [
        date(number // 12, number % 12 + 1, 1)
        for number in range(last - count + 1, last + 1)
    ]
