"""Fair play inside Wagtail: the queue, its rules, and who answers whom."""

from typing import Any

from django.http import HttpRequest
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from rewards.admin import FairPlayPermissions
from rewards.models import FairPlayRules
from rewards.views import fairplay_staff, help_network


class RulesForm(WagtailAdminModelForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            # A new version begins with what the one in force says.
            now = FairPlayRules.current()
            self.initial |= {name: getattr(now, name) for name in self.fields}


class FairPlayRulesViewSet(SnippetViewSet):
    model = FairPlayRules
    icon = "cogs"
    list_display = ["__str__", "open_from", "decide_hours", "made_at"]
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("days_read"),
                    FieldRowPanel(
                        [FieldPanel("share_percent"), FieldPanel("share_from")]
                    ),
                    FieldPanel("mutual_each"),
                    FieldRowPanel(
                        [FieldPanel("quick_seconds"), FieldPanel("quick_times")]
                    ),
                    FieldRowPanel(
                        [FieldPanel("burst_votes"), FieldPanel("burst_minutes")]
                    ),
                    FieldRowPanel([FieldPanel("sole_from"), FieldPanel("ring_from")]),
                    FieldPanel("devoted_from"),
                    FieldRowPanel(
                        [FieldPanel("newcomers_from"), FieldPanel("newcomers_percent")]
                    ),
                    FieldPanel("newcomers_odds"),
                ],
                heading=_("From where on a sign counts"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel(
                        [FieldPanel("share_weight"), FieldPanel("sole_weight")]
                    ),
                    FieldRowPanel(
                        [FieldPanel("mutual_weight"), FieldPanel("quick_weight")]
                    ),
                    FieldRowPanel(
                        [FieldPanel("burst_weight"), FieldPanel("device_weight")]
                    ),
                    FieldRowPanel(
                        [FieldPanel("network_weight"), FieldPanel("devoted_weight")]
                    ),
                    FieldPanel("newcomers_weight"),
                    FieldPanel("open_from"),
                ],
                heading=_("What signs weigh together"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("watch_sign_ins"),
                    FieldRowPanel(
                        [FieldPanel("sign_in_days"), FieldPanel("crowd_from")]
                    ),
                ],
                heading=_("Devices and networks"),
            ),
            MultiFieldPanel(
                [
                    FieldRowPanel(
                        [FieldPanel("decide_hours"), FieldPanel("undecided_days")]
                    ),
                    FieldRowPanel([FieldPanel("hold_days"), FieldPanel("appeal_days")]),
                ],
                heading=_("How long people wait"),
            ),
        ],
        base_form_class=RulesForm,
    )


class FairPlayGroup(SnippetViewSetGroup):
    items = (FairPlayRulesViewSet,)
    menu_label = _("Fair play")
    menu_icon = "glasses"
    menu_order = 321
    submenu_hook = "register_fair_play_menu_item"


register_permission_policy(FairPlayRules, FairPlayPermissions(FairPlayRules))
register_snippet(FairPlayGroup)


class _PermittedItem(MenuItem):
    def __init__(self, *args: object, permission: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


@hooks.register("register_fair_play_menu_item")
def queue_item() -> MenuItem:
    return _PermittedItem(
        _("Cases"),
        reverse("rewards_cases"),
        icon_name="glasses",
        order=0,
        permission=fairplay_staff.REVIEW,
    )


@hooks.register("register_agents_menu_item")
def network_item() -> MenuItem:
    return _PermittedItem(
        _("Who answers whom"),
        reverse("rewards_help_network"),
        icon_name="group",
        order=50,
        permission=help_network.PERMISSION,
    )


@hooks.register("register_admin_urls")
def fair_play_addresses() -> list:
    at = "rewards/fair-play/"
    return [
        path(at, fairplay_staff.queue, name="rewards_cases"),
        path(at + "<int:pk>/", fairplay_staff.case, name="rewards_case"),
        path(
            at + "<int:pk>/decide/", fairplay_staff.decide, name="rewards_case_decide"
        ),
        path(
            at + "appeals/<int:pk>/",
            fairplay_staff.answer,
            name="rewards_answer_appeal",
        ),
        path("rewards/help-network/", help_network.page, name="rewards_help_network"),
        path(
            "rewards/help-network/csv/",
            help_network.as_file,
            name="rewards_help_network_file",
        ),
    ]
