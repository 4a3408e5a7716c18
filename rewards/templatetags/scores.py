"""How a leader score looks."""

from django import template

from rewards.score_bar import score_bar

register = template.Library()
register.simple_tag(score_bar)
