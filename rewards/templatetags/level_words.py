"""What a level needs, in words."""

from django import template

from rewards import badge_wording
from rewards.queries.levels import Need

register = template.Library()


@register.simple_tag
def need_words(need: Need) -> str:
    return badge_wording.need_words(need.name, need.needed)
