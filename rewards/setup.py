"""The first rules of a new site."""

from typing import Any

from rewards.models import Account, EarnRule

Event = EarnRule.Event
DAILY_CAP = 200

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
            event=event, defaults=values | {"daily_cap": DAILY_CAP}
        )
    for kind in Account.Kind.values:
        if kind not in Account.PERSONAL:
            Account.objects.get_or_create(owner=None, kind=kind)
