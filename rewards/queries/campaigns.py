"""What campaigns promise to whoever helps now."""

from collections.abc import Sequence
from datetime import datetime

from rewards.models import Campaign, EarnRule


def campaigns_now(at: datetime) -> list[Campaign]:
    """Those that run, with the tags and circles they are about, in three queries."""
    running = Campaign.objects.running(at).prefetch_related("tags", "circles")
    return list(running.order_by("-factor_percent", "pk"))


def earns_now(rule: EarnRule, campaigns: Sequence[Campaign]) -> int:
    """What the rule gives for any answer, by the largest campaign for all of them."""
    factors = [
        one.factor_percent
        for one in campaigns
        if one.is_everywhere and (not one.events or rule.event in one.events)
    ]
    return rule.points * max(factors, default=100) // 100
