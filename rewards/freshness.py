"""Which changes in rewards make kept pages stale: leaders, badges, rules."""

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from common.freshness import SITE, changed
from rewards.models import Badge, EarnRule, LeaderRun, Level, ScoreModel

LEADERS = "leaders"
BADGES = "badges"


@receiver([post_save, post_delete], sender=LeaderRun)
@receiver([post_save, post_delete], sender=ScoreModel)
def the_leaders(**_kwargs: Any) -> None:
    changed(LEADERS)


@receiver([post_save, post_delete], sender=Badge)
@receiver([post_save, post_delete], sender=Level)
def the_badges(**_kwargs: Any) -> None:
    changed(BADGES)


@receiver([post_save, post_delete], sender=EarnRule)
def what_every_thread_promises(**_kwargs: Any) -> None:
    changed(SITE)
