"""How much of the month's budget is left, and who has to know."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Max, Sum

from common.site_day import site_day, start_of_site_day
from rewards.models import EarnRule, PointsTerms, Pot
from rewards.months import month_of, months_later

Event = EarnRule.Event
# What pages promise for helping.
PROMISED = (Event.ACCEPTED, Event.UPVOTE, Event.RESCUE, Event.ARTICLE_CREDIT)


@dataclass(frozen=True)
class Budget:
    """`promise` is what the most generous rule gives: less left promises nothing."""

    points: int
    left: int
    warn_percent: int
    promise: int
    again_on: date

    @property
    def used(self) -> int:
        return self.points - self.left

    @property
    def used_percent(self) -> int:
        return 100 * self.used // self.points if self.points else 100

    @property
    def is_used_up(self) -> bool:
        return self.left < self.promise

    @property
    def is_nearly_used_up(self) -> bool:
        return self.used_percent >= self.warn_percent


def budget_now(at: datetime) -> Budget | None:
    """This month's budget; None without one. In at most four queries."""
    terms = PointsTerms.current()
    if terms.monthly_budget is None:
        return None
    pot = Pot.objects.filter(key=f"month:{month_of(at)}").first()
    in_force = EarnRule.objects.filter(enabled=True, event__in=PROMISED)
    promise = in_force.aggregate(n=Max("points"))["n"] or 0
    again = months_later(start_of_site_day(at).replace(day=1), 1)
    return Budget(
        points=pot.points if pot else terms.monthly_budget,
        left=_left_in(pot) if pot else terms.monthly_budget,
        warn_percent=terms.warn_percent,
        promise=promise,
        again_on=site_day(again),
    )


def _left_in(pot: Pot) -> int:
    return pot.pieces.aggregate(n=Sum("left"))["n"] or 0
