"""The first rules of a new site."""

from rewards.models import Account, EarnRule

Event = EarnRule.Event
DAILY_CAP = 200

FIRST_RULES = {
    Event.ACCEPTED: {"points": 20, "daily_cap": DAILY_CAP, "fades_per_pair": True},
    Event.UPVOTE: {"points": 2, "daily_cap": DAILY_CAP, "per_post_cap": 10},
    Event.RESCUE: {"points": 10, "daily_cap": DAILY_CAP},
    Event.ARTICLE_CREDIT: {"points": 10},
}


def setup_rules() -> None:
    """Make what is missing; what managers changed stays as they want it."""
    for event, values in FIRST_RULES.items():
        EarnRule.objects.get_or_create(event=event, defaults=values)
    for kind in Account.Kind.values:
        if kind not in Account.PERSONAL:
            Account.objects.get_or_create(owner=None, kind=kind)
