"""On the admin's first page: what waits for moderators, what editors could write."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail.admin.ui.components import Component

from common.site_day import site_day
from community import permissions, queries
from search import queries as searches

GAPS_DAYS = 30
GAPS_SHOWN = 8


class ModerationPanel(Component):
    order = 20
    template_name = "community/admin/moderation_panel.html"

    def get_context_data(self, _parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {"waiting": queries.waiting()}


class GapsPanel(Component):
    """Searches in vain, and threads that took a ticket and left no article."""

    order = 40
    template_name = "community/admin/gaps_panel.html"

    def get_context_data(self, _parent_context: Mapping[str, Any]) -> dict[str, Any]:
        since = timezone.now() - timedelta(days=GAPS_DAYS)
        return {
            "days": GAPS_DAYS,
            "searches": searches.without_result(site_day(since), GAPS_SHOWN),
            "threads": queries.without_article(since, GAPS_SHOWN),
        }


def add_panels(request: HttpRequest, panels: list[Component]) -> None:
    """Each to those whose work it is."""
    if permissions.may_moderate(request.user):
        panels.append(ModerationPanel())
    if request.user.has_perm("kb.edit_articles"):
        panels.append(GapsPanel())
