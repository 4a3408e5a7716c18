"""Work that comes due by itself."""

from datetime import datetime, timedelta

from common.timers import timer
from rewards.actions import earning, scoring


@timer("rewards.vest", every=timedelta(minutes=10))
def vest(at: datetime) -> str | None:
    released = earning.vest_points(at=at)
    return f"{released} lots released" if released else None


@timer("rewards.expire", every=timedelta(hours=1))
def expire(at: datetime) -> str | None:
    expired = earning.expire_points(at=at)
    return f"{expired} points expired" if expired else None


@timer("rewards.score_leaders", every=timedelta(days=1))
def score(at: datetime) -> str:
    run = scoring.score_leaders(at=at)
    return f"{run.answer_count} answers scored"
