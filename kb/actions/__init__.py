"""Every way the knowledge base changes, outside Wagtail's own screens."""

from kb.actions.drawing import draw_outdated_bodies
from kb.actions.feedback import give_feedback
from kb.actions.filing import add_article, add_topic
from kb.actions.writing import (
    create_draft_article,
    publish_article,
    publish_page,
    unpublish_article,
)

__all__ = [
    "add_article",
    "add_topic",
    "create_draft_article",
    "draw_outdated_bodies",
    "give_feedback",
    "publish_article",
    "publish_page",
    "unpublish_article",
]
