"""Campaigns, terms, good causes, reports and awards by hand inside Wagtail."""

from typing import Any

from django import forms
from django.db import transaction
from django.http import HttpRequest
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.views.snippets import SnippetViewSet

from rewards import actions
from rewards.admin import GiftPermissions
from rewards.models import Campaign, Charity, PointsTerms
from rewards.queries.budget import PROMISED
from rewards.views import points_staff
from rewards.wording import HOW_TO_EARN


class CampaignForm(WagtailAdminModelForm):
    events = forms.MultipleChoiceField(
        label=_("for"),
        choices=[(event.value, HOW_TO_EARN[event]) for event in PROMISED],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None chosen: everything."),
    )

    def save(self, commit: bool = True) -> Campaign:
        campaign: Campaign = super().save(commit=commit)
        if commit:
            actions.follow_the_campaign(campaign=campaign, at=timezone.now())
        return campaign


class TermsForm(WagtailAdminModelForm):
    @transaction.atomic
    def save(self, commit: bool = True) -> PointsTerms:
        terms: PointsTerms = super().save(commit=commit)
        if commit:
            actions.follow_the_terms(at=timezone.now())
        return terms


class CampaignViewSet(SnippetViewSet):
    model = Campaign
    icon = "date"
    list_display = [
        "title_en",
        "title_zh",
        "factor_percent",
        "starts_at",
        "ends_at",
        BooleanColumn("enabled", label=_("in force"), sort_key="enabled"),
    ]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_zh")]),
            FieldRowPanel([FieldPanel("factor_percent"), FieldPanel("budget")]),
            FieldRowPanel([FieldPanel("starts_at"), FieldPanel("ends_at")]),
            FieldPanel("events"),
            FieldPanel("circles", widget=forms.CheckboxSelectMultiple),
            FieldPanel("tags"),
            FieldPanel("enabled"),
        ],
        base_form_class=CampaignForm,
    )


class TermsViewSet(SnippetViewSet):
    model = PointsTerms
    icon = "cogs"
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("hundred_points_minor"), FieldPanel("currency")]),
            FieldRowPanel([FieldPanel("monthly_budget"), FieldPanel("warn_percent")]),
            FieldRowPanel([FieldPanel("pair_percents"), FieldPanel("pair_days")]),
            FieldPanel("approval_above"),
            FieldRowPanel([FieldPanel("commend_least"), FieldPanel("commend_most")]),
            FieldRowPanel([FieldPanel("donate_least"), FieldPanel("pass_on_most")]),
            FieldPanel("carry_over_months"),
        ],
        base_form_class=TermsForm,
    )


class CharityViewSet(SnippetViewSet):
    model = Charity
    icon = "group"
    list_display = [
        "title_en",
        "title_zh",
        BooleanColumn("listed", label=_("shown"), sort_key="listed"),
    ]
    panels = [
        FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_zh")]),
        FieldPanel("slug"),
        FieldRowPanel([FieldPanel("description_en"), FieldPanel("description_zh")]),
        FieldRowPanel([FieldPanel("website"), FieldPanel("listed")]),
    ]


VIEWSETS = (CampaignViewSet, TermsViewSet, CharityViewSet)


class TermsPermissions(GiftPermissions):
    """There is one row, made with the site."""

    actions = frozenset({"change", "view"})


register_permission_policy(PointsTerms, TermsPermissions(PointsTerms))
for model in (Campaign, Charity):
    register_permission_policy(model, GiftPermissions(model))


class _PermittedItem(MenuItem):
    def __init__(self, *args: Any, permission: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(self.permission)


@hooks.register("register_admin_urls")
def points_urls() -> list:
    return [
        path("rewards/report/", points_staff.points_report, name="rewards_report"),
        path("rewards/awards/", points_staff.awards, name="rewards_awards"),
        path("rewards/awards/propose/", points_staff.propose, name="rewards_propose"),
        path("rewards/awards/commend/", points_staff.commend, name="rewards_commend"),
        path("rewards/awards/<int:pk>/", points_staff.decide, name="rewards_decide"),
    ]


@hooks.register("register_rewards_menu_item")
def report_item() -> MenuItem:
    return _PermittedItem(
        _("Points report"),
        reverse("rewards_report"),
        icon_name="calendar",
        order=5,
        permission=points_staff.MANAGE,
    )


@hooks.register("register_rewards_menu_item")
def awards_item() -> MenuItem:
    return _PermittedItem(
        _("Awards by hand"),
        reverse("rewards_awards"),
        icon_name="pick",
        order=6,
        permission=points_staff.COMMEND,
    )
