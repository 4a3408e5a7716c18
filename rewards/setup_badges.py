"""Badges and levels to begin with: drafts a manager looks at and enables."""

from datetime import datetime
from typing import Any

from people.models import Person
from rewards.actions.badges import enable, give
from rewards.models import Badge, GiftLevel, Level
from rewards.models.badges import Tier
from rewards.models.catalogue import Gift

Feat, Window, Picture = Badge.Feat, Badge.Window, Badge.Picture

FIRST_BADGES: list[dict[str, Any]] = [
    {
        "slug": "solver",
        "name_en": "Solver",
        "name_zh": "解题能手",
        "picture": Picture.CHECK,
        "feat": Feat.ACCEPTED,
        "tiers": (1, 10, 50),
    },
    {
        "slug": "helper-of-the-year",
        "name_en": "Helper of {year}",
        "name_zh": "{year} 年度热心人",
        "picture": Picture.STAR,
        "feat": Feat.ACCEPTED,
        "window": Window.YEAR,
        "tiers": (10, 50, 200),
    },
    {
        "slug": "quick-responder",
        "name_en": "Quick responder",
        "name_zh": "神速回复",
        "picture": Picture.BOLT,
        "feat": Feat.FIRST_ANSWERS,
        "minutes": 60,
        "window": Window.DAYS,
        "window_days": 30,
        "valid_days": 90,
        "tiers": (3, 10, 25),
    },
    {
        "slug": "lifeguard",
        "name_en": "Lifeguard",
        "name_zh": "救急达人",
        "picture": Picture.LIFEBUOY,
        "feat": Feat.RESCUES,
        "tiers": (1, 5, 20),
    },
    {
        "slug": "well-liked",
        "name_en": "Well liked",
        "name_zh": "众望所归",
        "picture": Picture.HEART,
        "feat": Feat.UP_VOTES,
        "tiers": (10, 50, 250),
    },
    {
        "slug": "author",
        "name_en": "Author",
        "name_zh": "文章贡献者",
        "picture": Picture.BOOK,
        "feat": Feat.ARTICLES,
        "tiers": (1, 3, 10),
    },
    {
        "slug": "good-question",
        "name_en": "Good question",
        "name_zh": "问得好",
        "picture": Picture.QUESTION,
        "feat": Feat.SOLVED_QUESTIONS,
        "tiers": (1, 5, 20),
    },
    {
        "slug": "watchful",
        "name_en": "Watchful",
        "name_zh": "火眼金睛",
        "picture": Picture.SHIELD,
        "feat": Feat.UPHELD_FLAGS,
        "tiers": (1, 5, 20),
    },
    {
        "slug": "steady",
        "name_en": "Steady",
        "name_zh": "持之以恒",
        "picture": Picture.FLAME,
        "feat": Feat.DAYS_IN_A_ROW,
        "tiers": (3, 7, 30),
    },
    {
        "slug": "all-rounder",
        "name_en": "All-rounder",
        "name_zh": "多面手",
        "picture": Picture.COMPASS,
        "feat": Feat.TOPICS,
        "tiers": (3, 8, 20),
    },
    {
        "slug": "careful-hand",
        "name_en": "Careful hand",
        "name_zh": "妙笔修订",
        "picture": Picture.PENCIL,
        "feat": Feat.EDITS,
        "tiers": (5, 25, 100),
    },
    {
        "slug": "friend-of-the-hall",
        "name_en": "Friend of the hall",
        "name_zh": "社区之友",
        "about_en": "For what no rule can count: a meeting held, a newcomer welcomed.",
        "about_zh": "献给规则数不出来的贡献：办一场聚会，带一位新人。",
        "picture": Picture.SIGNAL,
        "feat": "",
        "tiers": (None, None, None),
    },
]

FIRST_LEVELS: list[dict[str, Any]] = [
    {"step": 1, "name_en": "Newcomer", "name_zh": "新朋友"},
    {
        "step": 2,
        "name_en": "Neighbour",
        "name_zh": "热心邻居",
        "reputation": 20,
        "days": 7,
    },
    {
        "step": 3,
        "name_en": "Guide",
        "name_zh": "社区向导",
        "reputation": 100,
        "points": 100,
        "accepted": 3,
        "days": 30,
    },
    {
        "step": 4,
        "name_en": "Expert",
        "name_zh": "资深行家",
        "reputation": 500,
        "points": 500,
        "accepted": 20,
        "days": 90,
    },
    {
        "step": 5,
        "name_en": "Pillar of the hall",
        "name_zh": "社区栋梁",
        "reputation": 2000,
        "points": 2000,
        "accepted": 100,
        "days": 365,
    },
]


def setup_badges() -> None:
    """Make the drafts that are missing; what managers changed stays."""
    for row in FIRST_BADGES:
        draft_badge(**row)


def draft_badge(*, slug: str, tiers: tuple, **fields: Any) -> Badge:
    marks = dict(zip(("bronze", "silver", "gold"), tiers, strict=True))
    badge, _new = Badge.objects.get_or_create(slug=slug, defaults=fields | marks)
    return badge


def set_tiers(*, slug: str, tiers: tuple[int, int, int]) -> None:
    """Let a draft ask for more, or for less."""
    bronze, silver, gold = tiers
    drafts = Badge.objects.filter(slug=slug, state=Badge.State.DRAFT)
    drafts.update(bronze=bronze, silver=silver, gold=gold)


def honour(*, slug: str, person: Person, reason: str, by: Person, at: datetime) -> None:
    """Give somebody a badge of the team's, in gold."""
    badge = Badge.objects.get(slug=slug)
    give(badge=badge, person=person, tier=Tier.GOLD, reason=reason, by=by, at=at)


def setup_levels() -> None:
    """The first ladder, unless there is one."""
    if not Level.objects.exists():
        for row in FIRST_LEVELS:
            Level.objects.create(**row)


def enable_drafts(*, by: Person, at: datetime) -> None:
    for badge in Badge.objects.filter(state=Badge.State.DRAFT).order_by("pk"):
        enable(badge=badge, by=by, at=at)


def keep_for_level(*, gift_slug: str, step: int, most: int | None = None) -> None:
    """Offer a gift from a step of the ladder on; there, so many to one person."""
    level = Level.objects.get(step=step)
    gift = Gift.objects.get(slug=gift_slug)
    gift.least_level = level
    gift.save(update_fields=["least_level"])
    if most is not None:
        GiftLevel.objects.update_or_create(
            gift=gift, level=level, defaults={"most": most}
        )
