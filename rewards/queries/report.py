"""What managers read: what is owed, what was given and what went, by month and rule.

Days that are over come from their sums, the rest from the ledger: however long that
grows, a report reads a few thousand rows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Max, Sum
from django.db.models.functions import TruncMonth

from common.site_day import start_of_site_day
from rewards.models import PointsDay, PointsTerms
from rewards.months import moments_of, months_later
from rewards.queries.budget import Budget, budget_now
from rewards.queries.flows import flows_between
from rewards.queries.points import Month, liability

Flow = PointsDay.Flow
BURNT = (Flow.REDEEMED, Flow.DONATED, Flow.EXPIRED, Flow.CLAWBACK)


@dataclass
class MonthOfHall:
    """Points given out and gone in a month, by flow; `by_reason` splits the given."""

    starts_at: datetime
    flows: dict[str, int] = field(default_factory=dict)
    by_reason: dict[str, int] = field(default_factory=dict)
    owed: int = 0

    @property
    def day(self) -> date:
        """Its first, whatever the reader's time zone."""
        return self.starts_at.date()

    @property
    def issued(self) -> int:
        return self.flows.get(Flow.ISSUED, 0)

    @property
    def burnt(self) -> int:
        return sum(self.flows.get(flow, 0) for flow in BURNT)


@dataclass(frozen=True)
class Report:
    """`owed` by kind of account now; months oldest first; reasons by points given."""

    terms: PointsTerms
    owed: dict[str, int]
    months: list[MonthOfHall]
    reasons: list[str]
    budget: Budget | None

    @property
    def owed_in_all(self) -> int:
        return sum(self.owed.values())

    @property
    def as_months(self) -> list[Month]:
        """As a picture of a purse wants it: came, went, left."""
        return [Month(m.starts_at, m.issued, m.burnt, m.owed) for m in self.months]


def report(*, at: datetime, months: int) -> Report:
    """Everything on the managers' page, in at most ten queries."""
    this_month = start_of_site_day(at).replace(day=1)
    starts = [months_later(this_month, -back) for back in range(months - 1, -1, -1)]
    found = {(s.year, s.month): MonthOfHall(s) for s in starts}
    for month, flow, reason, points in _rows(starts[0].date(), at):
        one = found.get((month.year, month.month))
        if one is None:
            continue
        one.flows[flow] = one.flows.get(flow, 0) + points
        if flow == Flow.ISSUED and points:
            one.by_reason[reason] = one.by_reason.get(reason, 0) + points
    owed = liability()
    ordered = list(found.values())
    _add_owed(ordered, sum(owed.values()))
    sums: dict[str, int] = {}
    for one in ordered:
        for reason, points in one.by_reason.items():
            sums[reason] = sums.get(reason, 0) + points
    return Report(
        terms=PointsTerms.current(),
        owed=owed,
        months=ordered,
        reasons=sorted(sums, key=lambda reason: (-sums[reason], reason)),
        budget=budget_now(at),
    )


def _rows(since: date, at: datetime) -> list[tuple[date, str, str, int]]:
    rows = (
        PointsDay.objects.filter(day__gte=since)
        .annotate(month=TruncMonth("day"))
        .order_by()
        .values_list("month", "flow", "reason")
        .annotate(n=Sum("points"))
    )
    summed = list(rows)
    last = PointsDay.objects.aggregate(day=Max("day"))["day"]
    day = max(since, last + timedelta(days=1)) if last else since
    # The days since are few, unless the site's timers have stood still.
    while day <= start_of_site_day(at).date():
        end_of_month = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        until = min(end_of_month, start_of_site_day(at).date() + timedelta(days=1))
        start, end = moments_of(day)[0], moments_of(until)[0]
        summed += [
            (day.replace(day=1), flow, reason, points)
            for (flow, reason), points in flows_between(start, end).items()
        ]
        day = until
    return summed


def _add_owed(months: Sequence[MonthOfHall], now: int) -> None:
    left = now
    for month in reversed(months):
        month.owed = left
        left -= month.issued - month.burnt
