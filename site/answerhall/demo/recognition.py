"""Badges, levels and leaderboards of the demo: earned in the past, as time went by."""

from collections.abc import Callable
from datetime import datetime, timedelta

from common.outbox import drain
from community.models import Tag
from people.models import Person
from rewards.actions import badges, levels
from rewards.actions.boards import make_boards
from rewards.actions.recognising import recognise
from rewards.setup_badges import (
    draft_badge,
    enable_drafts,
    honour,
    keep_for_level,
    set_tiers,
    setup_badges,
    setup_levels,
)

# Looked at so often in the past, so that badges were earned on different days.
LOOKS_EVERY = timedelta(days=4)
LOOKS = 20
# What a small hall can reach.
SMALL = {"solver": (1, 3, 8), "helper-of-the-year": (2, 5, 12)}


def begin(*, manager: Person, at: datetime) -> None:
    """Before anybody asked anything: the ladder stands, the badges are in force."""
    setup_badges()
    for slug, tiers in SMALL.items():
        set_tiers(slug=slug, tiers=tiers)
    topic = Tag.objects.filter(slug="esim").first()
    draft_badge(
        slug="esim-guide",
        name_en="eSIM guide",
        name_zh="eSIM 向导",
        about_en="Moved many a phone to its new profile.",
        about_zh="帮不少人把 eSIM 顺利搬进了新手机。",
        picture="compass",
        feat="answers",
        tiers=(1, 3, 10),
        tag=topic,
    )
    enable_drafts(by=manager, at=at)
    setup_levels()
    keep_for_level(gift_slug="power-bank", step=2, most=2)


def in_the_past(
    happen_at: Callable[[datetime, Callable[[datetime], None]], None], *, now: datetime
) -> None:
    """Look at everybody every few days of the past."""
    for look in range(LOOKS, 0, -1):
        happen_at(now - look * LOOKS_EVERY, _look)


def end(*, manager: Person, honoured: Person, at: datetime) -> None:
    """What was earned until now, one badge by hand, and boards of two days."""
    honour(
        slug="friend-of-the-hall",
        person=honoured,
        reason="Held the repair evening at Westgate. 在西门营业厅办了维修之夜。",
        by=manager,
        at=at - timedelta(days=6),
    )
    _look(at)
    for moment in (at - timedelta(days=1), at):
        make_boards(at=moment)


def _look(at: datetime) -> None:
    levels.watch_levels(at=at)
    drain(at=at, kinds=[badges.EVERYBODY, levels.EVERYBODY])
    recognise(at=at)
