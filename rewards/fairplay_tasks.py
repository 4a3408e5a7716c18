"""Looking for unfair play, and letting go of what nobody decided about."""

from datetime import datetime, timedelta

from common.timers import timer
from rewards.actions.deciding import lapse_cases
from rewards.actions.looking import review_fair_play


@timer("rewards.fair_play", every=timedelta(days=1))
def look(at: datetime) -> str:
    scan = review_fair_play(at=at)
    return f"{scan.people_count} people looked at, {scan.opened_count} cases"


@timer("rewards.lapse_cases", every=timedelta(hours=1))
def lapse(at: datetime) -> str | None:
    lapsed = lapse_cases(at=at)
    return f"{lapsed} cases lapsed" if lapsed else None
