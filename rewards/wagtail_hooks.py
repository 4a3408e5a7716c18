"""Rewards inside Wagtail: rules, gifts, orders, agents; and slots in lower pages."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from common.freshness import shows
from community.models import Question
from people.models import Person
from people.requests import SignedInRequest
from rewards import (  # noqa: F401  their own hooks
    agent_hooks,
    badge_hooks,
    fairplay_hooks,
    points_hooks,
    queries,
    score_hooks,
    staff_panels,
)
from rewards.actions import is_agent
from rewards.admin import GiftPermissions
from rewards.forms import GiftForm, HookForm
from rewards.freshness import LEADERS
from rewards.models import DeliveryHook, EarnRule, Gift, Redemption
from rewards.queries.boards import is_hidden
from rewards.score_bar import segments
from rewards.views import fulfilment, staff


class _PermittedItem(MenuItem):
    def __init__(self, *args: object, permission: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


class EarnRuleViewSet(SnippetViewSet):
    model = EarnRule
    icon = "list-ol"
    list_display = [
        "__str__",
        "points",
        "daily_cap",
        "vest_days",
        BooleanColumn("enabled", label=_("in force"), sort_key="enabled"),
    ]
    panels = [
        FieldPanel("event"),
        FieldRowPanel([FieldPanel("points"), FieldPanel("enabled")]),
        FieldRowPanel([FieldPanel("daily_cap"), FieldPanel("per_post_cap")]),
        FieldPanel("fades_per_pair"),
        FieldRowPanel([FieldPanel("vest_days"), FieldPanel("expires_after_months")]),
    ]


class GiftViewSet(SnippetViewSet):
    model = Gift
    icon = "pick"
    list_display = [
        "title_en",
        "title_zh",
        "cost",
        "stock",
        BooleanColumn("visible", label=_("shown"), sort_key="visible"),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_zh")]),
            FieldPanel("slug"),
            FieldRowPanel([FieldPanel("description_en"), FieldPanel("description_zh")]),
            FieldPanel("picture"),
            FieldRowPanel([FieldPanel("cost"), FieldPanel("per_person_limit")]),
            FieldRowPanel([FieldPanel("stock_mode"), FieldPanel("stock")]),
            FieldPanel("stock_seen"),
            FieldPanel("new_codes"),
            FieldRowPanel([FieldPanel("opens_at"), FieldPanel("closes_at")]),
            FieldRowPanel([FieldPanel("region"), FieldPanel("visible")]),
            FieldPanel("least_level"),
            FieldPanel("is_drop"),
            FieldPanel("hook"),
        ],
        base_form_class=GiftForm,
    )


class DeliveryHookViewSet(SnippetViewSet):
    model = DeliveryHook
    icon = "link"
    list_display = ["name", "url", BooleanColumn("enabled", label=_("in force"))]
    edit_handler = ObjectList(
        [FieldPanel("name"), FieldPanel("url"), FieldPanel("enabled")],
        base_form_class=HookForm,
    )


class RewardsGroup(SnippetViewSetGroup):
    items = (
        EarnRuleViewSet,
        GiftViewSet,
        DeliveryHookViewSet,
        *points_hooks.VIEWSETS,
    )
    menu_label = _("Rewards")
    menu_icon = "pick"
    menu_order = 320
    submenu_hook = "register_rewards_menu_item"


for model in (EarnRule, Gift, DeliveryHook):
    register_permission_policy(model, GiftPermissions(model))
register_snippet(RewardsGroup)


@hooks.register("register_admin_urls")
def staff_urls() -> list:
    return [
        path("rewards/orders/", staff.orders, name="rewards_orders"),
        path("rewards/orders/<int:pk>/", staff.settle, name="rewards_settle"),
        path("rewards/holds/", fulfilment.holds, name="rewards_holds"),
        path("rewards/deliveries/", fulfilment.deliveries, name="rewards_deliveries"),
        path(
            "rewards/deliveries/<int:pk>/",
            fulfilment.repeat_delivery,
            name="rewards_repeat_delivery",
        ),
        path(
            "rewards/hooks/<int:pk>/key/", fulfilment.hook_key, name="rewards_hook_key"
        ),
    ]


@hooks.register("register_rewards_menu_item")
def orders_item() -> MenuItem:
    """First in the submenu: orders are what comes up every day."""
    return _PermittedItem(
        _("Orders"),
        reverse("rewards_orders"),
        icon_name="form",
        order=0,
        permission="rewards.manage_rewards",
    )


@hooks.register("register_rewards_menu_item")
def holds_item() -> MenuItem:
    return _PermittedItem(
        _("Holds and drops"),
        reverse("rewards_holds"),
        icon_name="time",
        order=1,
        permission="rewards.manage_rewards",
    )


@hooks.register("register_rewards_menu_item")
def deliveries_item() -> MenuItem:
    return _PermittedItem(
        _("Deliveries by hook"),
        reverse("rewards_deliveries"),
        icon_name="link",
        order=2,
        permission="rewards.manage_rewards",
    )


class LiabilityPanel(Component):
    """What the hall owes its members, in points."""

    order = 50
    template_name = "rewards/admin/liability.html"

    def get_context_data(self, _parent_context: dict) -> dict:
        owed = queries.liability()
        return {
            "owed": owed,
            "total": sum(owed.values()),
            "waiting": queries.orders_waiting().count(),
        }


@hooks.register("construct_homepage_panels")
def add_liability(request: HttpRequest, panels: list) -> None:
    if request.user.has_perm("rewards.manage_rewards"):
        panels.append(LiabilityPanel())


@hooks.register("top_account")
def points_in_the_top_bar(request: SignedInRequest) -> SafeString:
    amount = queries.spendable(request.user)
    return render_to_string("rewards/top_account.html", {"amount": amount}, request)


@hooks.register("closing_costs")
def points_end_with_the_account(request: HttpRequest, person: Person) -> SafeString:
    balance = queries.balance_of(person, at=timezone.now())
    orders = queries.orders_of(person).filter(state__in=Redemption.OPEN)
    context = {
        "points": balance.spendable + balance.held,
        "orders": orders.count(),
        "is_agent": is_agent(person),
    }
    return render_to_string("rewards/closing_costs.html", context, request)


@hooks.register("answers_extra")
def what_an_answer_earns(question: Question, **_subject: object) -> SafeString | str:
    """Above the form: what the asker's acceptance is worth. The same for everybody."""
    if question.is_imported or question.solved_at is not None:
        return ""
    amount = queries.expected_award(EarnRule.Event.ACCEPTED)
    if not amount:
        return ""
    return render_to_string("rewards/worth.html", {"amount": amount})


@hooks.register("profile_parts", order=50)
def score_on_the_profile(request: HttpRequest, person: Person) -> SafeString | str:
    shows(LEADERS)
    row = None if is_hidden(person) else queries.score_of(person)
    if row is None:
        return ""
    context = {"row": row, "bar": segments(row, row.score)}
    return render_to_string("rewards/profile_score.html", context, request)
