"""Managers hear before the month's budget is used up, and members when it is."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from common.freshness import SITE, changed
from people import actions as people
from rewards.actions.budgeting import follow_the_terms
from rewards.models import PointsTerms
from rewards.months import month_of
from rewards.queries.budget import Budget, budget_now
from rewards.queries.staff import in_charge


@transaction.atomic
def watch_budget(*, at: datetime) -> str | None:
    """Say so, once a month each: nearly used up, used up; returns what it found."""
    follow_the_terms(at=at)
    budget = budget_now(at)
    month = month_of(at)
    used_up = budget is not None and budget.is_used_up
    _mark(month if used_up else "")
    if budget is None or not (used_up or budget.is_nearly_used_up):
        return None
    kind = "rewards.budget_used_up" if used_up else "rewards.budget_low"
    _tell_managers(kind, budget, month, at)
    return f"{budget.used_percent} percent of the month's points are given out"


def _mark(month: str) -> None:
    """Pages promise points, or no longer do."""
    if PointsTerms.objects.exclude(used_up_month=month).update(used_up_month=month):
        changed(SITE)


def _tell_managers(kind: str, budget: Budget, month: str, at: datetime) -> None:
    for manager in in_charge("manage_rewards"):
        people.notify(
            person=manager,
            kind=kind,
            data={"percent": budget.used_percent, "points": budget.points},
            key=f"{kind}:{month}:{manager.pk}",
            url=reverse("rewards_report"),
            at=at,
        )
