"""What somebody had at the end of each day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum
from django.db.models.functions import TruncDate

from common.site_day import site_day
from people.models import Person
from rewards.models import Account, Entry
from rewards.months import moments_of

Kind = Account.Kind


@dataclass(frozen=True)
class DayEnd:
    day: date
    spendable: int
    held: int


def balance_over_time(person: Person, *, days: int, at: datetime) -> list[DayEnd]:
    """The ends of the last days of the site, oldest first. In three queries."""
    today = site_day(at)
    first = today - timedelta(days=days - 1)
    since, _end = moments_of(first)
    now = dict(Account.objects.filter(owner=person).values_list("kind", "balance"))
    changes = _changes(person, since)
    has = {kind: now.get(kind, 0) for kind in (Kind.SPENDABLE, Kind.HELD)}
    ends = []
    for back in range(days):
        day = today - timedelta(days=back)
        ends.append(DayEnd(day, has[Kind.SPENDABLE], has[Kind.HELD]))
        for kind in has:
            has[kind] -= changes.get((day, kind), 0)
    return ends[::-1]


def _changes(person: Person, since: datetime) -> dict[tuple[date, str], int]:
    zone = ZoneInfo(settings.ANSWERHALL_TIME_ZONE)
    changes: dict[tuple[date, str], int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = (
            Entry.objects.filter(
                transfer__person=person,
                transfer__at__gte=since,
                **{f"{side}__owner": person},
            )
            .annotate(day=TruncDate("transfer__at", tzinfo=zone))
            .order_by()
            .values_list("day", f"{side}__kind")
            .annotate(n=Sum("amount"))
        )
        for day, kind, amount in rows:
            changes[day, kind] = changes.get((day, kind), 0) + sign * amount
    return changes
