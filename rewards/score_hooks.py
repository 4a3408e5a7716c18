"""The leader score inside Wagtail."""

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from rewards.views import scores_staff


class _ScoreItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("rewards.manage_agents")


@hooks.register("register_admin_urls")
def score_urls() -> list:
    return [
        path("rewards/score/", scores_staff.score_model, name="rewards_score_model")
    ]


@hooks.register("register_rewards_menu_item")
def score_item() -> MenuItem:
    return _ScoreItem(
        _("Leader score"),
        reverse("rewards_score_model"),
        icon_name="cogs",
        order=900,
    )
