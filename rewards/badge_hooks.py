"""Badges and levels inside Wagtail, and where they show themselves in lower pages."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from common.freshness import shows
from people.models import Person
from rewards.admin import GiftPermissions, LadderPermissions
from rewards.badge_wording import level_words
from rewards.freshness import BADGES
from rewards.models import Badge, GiftLevel, Level
from rewards.queries.badges import badges_of, best_badges
from rewards.queries.levels import progress_of, public_level
from rewards.views import badges_staff

PERMISSION = "rewards.manage_rewards"


class BadgeViewSet(SnippetViewSet):
    model = Badge
    icon = "medal"
    list_display = ["__str__", "get_feat_display", "get_state_display"]
    panels = [
        FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_zh")]),
        FieldPanel("slug"),
        FieldRowPanel([FieldPanel("about_en"), FieldPanel("about_zh")]),
        FieldPanel("picture"),
        MultiFieldPanel(
            [
                FieldPanel("feat"),
                FieldPanel("minutes"),
                FieldRowPanel([FieldPanel("window"), FieldPanel("window_days")]),
            ],
            heading=_("The rule"),
        ),
        MultiFieldPanel(
            [FieldPanel("tag"), FieldPanel("circle"), FieldPanel("language")],
            heading=_("Where"),
        ),
        FieldRowPanel([FieldPanel("bronze"), FieldPanel("silver"), FieldPanel("gold")]),
        FieldPanel("valid_days"),
        FieldPanel("is_taken_back"),
        FieldPanel("counts_imported"),
    ]


class LevelViewSet(SnippetViewSet):
    model = Level
    icon = "arrow-up"
    list_display = ["step", "__str__", "reputation", "points", "accepted", "days"]
    panels = [
        FieldPanel("step"),
        FieldRowPanel([FieldPanel("name_en"), FieldPanel("name_zh")]),
        FieldRowPanel([FieldPanel("reputation"), FieldPanel("points")]),
        FieldRowPanel([FieldPanel("accepted"), FieldPanel("days")]),
    ]


class GiftLevelViewSet(SnippetViewSet):
    model = GiftLevel
    icon = "pick"
    list_display = ["gift", "level", "most"]
    panels = [FieldPanel("gift"), FieldPanel("level"), FieldPanel("most")]


class BadgesGroup(SnippetViewSetGroup):
    items = (BadgeViewSet, LevelViewSet, GiftLevelViewSet)
    menu_label = _("Recognition")
    menu_icon = "medal"
    menu_order = 321
    submenu_hook = "register_badges_menu_item"


register_permission_policy(Badge, GiftPermissions(Badge))
for model in (Level, GiftLevel):
    register_permission_policy(model, LadderPermissions(model))
register_snippet(BadgesGroup)


class _Overview(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)


@hooks.register("register_icons")
def medal_icon(icons: list[str]) -> list[str]:
    return [*icons, "rewards/icons/medal.svg"]


@hooks.register("register_admin_urls")
def badge_staff_urls() -> list:
    return [
        path("rewards/badges/", badges_staff.overview, name="rewards_badges"),
        path("rewards/badges/<int:pk>/", badges_staff.badge, name="rewards_badge"),
        path(
            "rewards/badges/<int:pk>/enable/",
            badges_staff.enable,
            name="rewards_badge_enable",
        ),
        path(
            "rewards/badges/<int:pk>/retire/",
            badges_staff.retire,
            name="rewards_badge_retire",
        ),
        path(
            "rewards/badges/<int:pk>/give/",
            badges_staff.give,
            name="rewards_badge_give",
        ),
        path(
            "rewards/badges/held/<int:pk>/take/",
            badges_staff.take,
            name="rewards_badge_take",
        ),
    ]


@hooks.register("register_badges_menu_item")
def overview_item() -> MenuItem:
    return _Overview(
        _("In force and drafts"),
        reverse("rewards_badges"),
        icon_name="list-ul",
        order=0,
    )


@hooks.register("beside_name")
def medals_beside_a_name(request: HttpRequest, person: Person) -> SafeString | str:
    medals = best_badges([person]).get(person.pk)
    if not medals:
        return ""
    return render_to_string("rewards/medals.html", {"medals": medals}, request)


@hooks.register("profile_parts", order=15)
def badges_on_the_profile(request: HttpRequest, person: Person) -> SafeString | str:
    """Level and badges; on my own page also what the next level needs."""
    shows(BADGES)
    is_mine = request.user == person
    held = badges_of(person)
    standing = public_level(person)
    mine = progress_of(person, at=timezone.now()) if is_mine else None
    if not held and standing is None and not (mine and mine.ladder):
        return ""
    context = {
        "held": held,
        "standing": standing,
        "mine": mine,
        "level_needs": level_words(standing.level)
        if standing and standing.level
        else [],
    }
    return render_to_string("rewards/profile_badges.html", context, request)


@hooks.register("profile_choices")
def choice_of_a_place(request: HttpRequest, person: Person) -> SafeString:  # noqa: ARG001
    return render_to_string("rewards/profile_choice.html", {}, request)
