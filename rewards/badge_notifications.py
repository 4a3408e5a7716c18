"""What members are told of badges and levels, in their language."""

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from people.registries import notification
from rewards.actions.badges import KIND as BADGE
from rewards.actions.levels import KIND as LEVEL
from rewards.models import Badge, Level
from rewards.models.badges import Tier


@notification(BADGE, gettext_lazy("I earned a badge"))
def badge_earned(data: dict[str, Any]) -> str:
    badge = Badge.objects.filter(pk=data["badge"]).first()
    if badge is None:
        return _("You earned a badge.")
    name = badge.name_of(data["series"])
    if len(badge.thresholds) > 1 and data["tier"]:
        tier = Tier(data["tier"]).label
        return _("You earned the badge “%(name)s” in %(tier)s.") % {
            "name": name,
            "tier": tier,
        }
    return _("You earned the badge “%(name)s”.") % {"name": name}


@notification(LEVEL, gettext_lazy("I reached a level"))
def level_reached(data: dict[str, Any]) -> str:
    level = Level.objects.filter(pk=data["level"]).first()
    if level is None:
        return _("You reached a new level.")
    return _("You reached the level “%(level)s”.") % {"level": level.name}
