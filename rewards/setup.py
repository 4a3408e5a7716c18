"""The first rules of a new site."""

from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile

from rewards.models import (
    Account,
    Campaign,
    Charity,
    EarnRule,
    FairPlayRules,
    Gift,
    PointsTerms,
    ScoreModel,
)

Event = EarnRule.Event
DAILY_CAP = 200
# Long enough for moderators to see a ring of accounts before its points can be spent.
VEST_DAYS = 7

FIRST_RULES: dict[Event, dict[str, Any]] = {
    Event.ACCEPTED: {"points": 20, "fades_per_pair": True},
    Event.UPVOTE: {"points": 2, "per_post_cap": 10},
    Event.RESCUE: {"points": 10},
    Event.ARTICLE_CREDIT: {"points": 10},
}


def setup_rules() -> None:
    """Make what is missing; what managers changed stays as they want it."""
    for event, values in FIRST_RULES.items():
        EarnRule.objects.get_or_create(
            event=event,
            defaults={"daily_cap": DAILY_CAP, "vest_days": VEST_DAYS} | values,
        )
    PointsTerms.objects.get_or_create(pk=1)
    if not FairPlayRules.objects.exists():
        FairPlayRules.objects.create()
    for kind in Account.Kind.values:
        if kind not in Account.PERSONAL:
            Account.objects.get_or_create(owner=None, kind=kind)


def price(points: dict[str, int]) -> None:
    """Let these events earn so many points."""
    for event, amount in points.items():
        EarnRule.objects.filter(event=event).update(points=amount)


def release_at_once() -> None:
    """Let points be spent as soon as they are earned."""
    EarnRule.objects.update(vest_days=0)


def use_all_parts_of_the_score() -> None:
    """However small the hall, score with all five parts from the next run on.

    Few askers of a small hall met two helpers yet, so those count for more.
    """
    ScoreModel.objects.create(full_from_answers=0, unvouched_base=Decimal(5))


def offer(*, slug: str, picture: ContentFile, **fields: Any) -> Gift:
    """Put a gift with its picture into the catalogue."""
    gift = Gift(slug=slug, **fields)
    gift.picture.save(f"{slug}.png", picture, save=True)
    return gift


def run_campaign(**fields: Any) -> Campaign:
    """Let a campaign run, or have run."""
    return Campaign.objects.create(**fields)


def list_charities(*causes: dict[str, str]) -> list[Charity]:
    """Let members give points to these good causes."""
    return [Charity.objects.create(**cause) for cause in causes]
