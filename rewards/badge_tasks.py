"""Badges, levels and leaderboards that come due by themselves."""

from datetime import datetime, timedelta

from common.outbox import handles
from common.timers import timer
from rewards.actions import badges, levels
from rewards.actions.boards import make_boards
from rewards.actions.recognising import recognise
from rewards.models import Badge


@timer("rewards.recognise", every=timedelta(seconds=30))
def look(at: datetime) -> str | None:
    looked = recognise(at=at)
    return f"{looked} people looked at" if looked else None


@timer("rewards.end_badges", every=timedelta(hours=1))
def end(at: datetime) -> str | None:
    ended = badges.end_badges(at=at)
    return f"{ended} badges changed" if ended else None


@timer("rewards.watch_levels", every=timedelta(minutes=30))
def watch(at: datetime) -> str | None:
    found = levels.watch_levels(at=at)
    return f"{found} people to look at" if found else None


@timer("rewards.leaderboards", every=timedelta(hours=1))
def boards(at: datetime) -> str:
    return f"{make_boards(at=at)} boards made"


@handles(badges.EVERYBODY)
def everybodys_badge(payloads: list[dict], at: datetime) -> None:
    for payload in payloads:
        badge = Badge.objects.get(pk=payload["badge"])
        badges.look_at_everybody(badge=badge, after=payload["after"], at=at)


@handles(levels.EVERYBODY)
def everybodys_level(payloads: list[dict], at: datetime) -> None:
    for payload in payloads:
        levels.look_at_everybody(after=payload["after"], at=at)
