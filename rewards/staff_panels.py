"""On the admin's first page: which people wait for our team in this room."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from wagtail import hooks
from wagtail.admin.ui.components import Component

from rewards import queries
from rewards.queries import fairplay


class AgentsPanel(Component):
    """Agents on the staff line, candidates to look at."""

    order = 44
    template_name = "rewards/admin/agents_panel.html"

    def get_context_data(self, _parent_context: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "lines": queries.lines_waiting(),
            "candidates": queries.candidates_waiting(),
        }


class FairPlayPanel(Component):
    """Cases to decide, those late among them, and appeals."""

    order = 46
    template_name = "rewards/admin/fairplay_panel.html"

    def __init__(self, *, may_answer: bool) -> None:
        self.may_answer = may_answer

    def get_context_data(self, _parent_context: Mapping[str, Any]) -> dict[str, Any]:
        counts = fairplay.waiting_for_staff(timezone.now())
        return {"counts": counts, "may_answer": self.may_answer}


@hooks.register("construct_homepage_panels")
def who_waits(request: HttpRequest, panels: list[Component]) -> None:
    """Each to those whose work it is."""
    if request.user.has_perm("rewards.manage_agents"):
        panels.append(AgentsPanel())
    if request.user.has_perm("rewards.review_fair_play"):
        may_answer = request.user.has_perm("rewards.answer_appeals")
        panels.append(FairPlayPanel(may_answer=may_answer))
