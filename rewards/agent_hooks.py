"""The agents' programme inside Wagtail, and where it shows itself in lower pages."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import (
    FieldPanel,
    FieldRowPanel,
    InlinePanel,
    MultiFieldPanel,
    ObjectList,
)
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.permissions import register_permission_policy
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from community.models import Question
from people.models import Person
from people.requests import SignedInRequest
from rewards import actions, queries
from rewards.admin import AgentPermissions, FigurePermissions, ScorePermissions
from rewards.forms_agents import CannedReplyForm, NoticeForm, ScorecardForm
from rewards.models import (
    Ability,
    BonusBand,
    CannedReply,
    Notice,
    Programme,
    ProgrammeTerms,
    Scorecard,
)
from rewards.views import agents_staff

PERMISSION = "rewards.manage_agents"


class NoticeViewSet(SnippetViewSet):
    model = Notice
    icon = "bullhorn"
    list_display = ["__str__", "starts_at", "public_at", "withdrawn_at"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_zh")]),
            FieldPanel("body_en"),
            FieldPanel("body_zh"),
            FieldRowPanel([FieldPanel("starts_at"), FieldPanel("public_at")]),
            FieldPanel("withdrawn_at"),
        ],
        base_form_class=NoticeForm,
    )


class CannedReplyViewSet(SnippetViewSet):
    model = CannedReply
    icon = "comment"
    list_display = ["__str__", BooleanColumn("enabled", label=_("in use"))]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_zh")]),
            FieldPanel("body_en"),
            FieldPanel("body_zh"),
            FieldPanel("enabled"),
        ],
        base_form_class=CannedReplyForm,
    )

    def get_queryset(self, request: HttpRequest) -> Any:  # noqa: ARG002
        """Staff's own: what agents wrote for themselves is theirs."""
        return CannedReply.objects.filter(owner=None)


class AbilityViewSet(SnippetViewSet):
    model = Ability
    icon = "form"
    list_display = [
        "__str__",
        "needed_for",
        "pass_percent",
        BooleanColumn("enabled", label=_("in force")),
    ]
    panels = [
        FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_zh")]),
        FieldPanel("slug"),
        FieldRowPanel([FieldPanel("needed_for"), FieldPanel("enabled")]),
        FieldRowPanel([FieldPanel("pass_percent"), FieldPanel("tries_a_day")]),
        FieldRowPanel([FieldPanel("valid_months"), FieldPanel("position")]),
        FieldPanel("article"),
        FieldPanel("lesson_en"),
        FieldPanel("lesson_zh"),
        InlinePanel(
            "questions",
            panels=[
                FieldPanel("text_en"),
                FieldPanel("text_zh"),
                FieldPanel("choices_en"),
                FieldPanel("choices_zh"),
                FieldPanel("right"),
            ],
            label=_("question"),
        ),
    ]


class ScorecardViewSet(SnippetViewSet):
    model = Scorecard
    icon = "list-ol"
    list_display = ["__str__", "pass_percent", "made_at"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("pass_percent"), FieldPanel("critical_below")]),
            FieldPanel("critical_cap_percent"),
            InlinePanel(
                "criteria",
                panels=[
                    FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_zh")]),
                    FieldPanel("help_en"),
                    FieldPanel("help_zh"),
                    FieldRowPanel([FieldPanel("weight"), FieldPanel("is_critical")]),
                ],
                label=_("criterion"),
                min_num=1,
            ),
        ],
        base_form_class=ScorecardForm,
    )


class TermsViewSet(SnippetViewSet):
    model = ProgrammeTerms
    icon = "doc-full"
    list_display = ["__str__", "made_at"]
    panels = [FieldPanel("text_en"), FieldPanel("text_zh")]


class BonusBandViewSet(SnippetViewSet):
    model = BonusBand
    icon = "pick"
    list_display = ["__str__", "from_percent", "points", "enabled"]
    panels = [
        FieldRowPanel([FieldPanel("title_en"), FieldPanel("title_zh")]),
        FieldRowPanel([FieldPanel("from_percent"), FieldPanel("points")]),
        FieldPanel("enabled"),
    ]


class FiguresViewSet(SnippetViewSet):
    model = Programme
    icon = "cogs"
    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [FieldPanel("candidate_places"), FieldPanel("runs_to_enter")]
                ),
                FieldRowPanel(
                    [FieldPanel("places_to_stay"), FieldPanel("runs_to_leave")]
                ),
            ],
            heading=_("Candidates"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [FieldPanel("invitation_days"), FieldPanel("ask_again_months")]
                ),
                FieldPanel("terms_days"),
            ],
            heading=_("Invitations and terms"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel(
                    [FieldPanel("escalations_a_day"), FieldPanel("sample_size")]
                ),
                FieldPanel("remind_days"),
            ],
            heading=_("At work"),
        ),
    ]


class ProgrammeGroup(SnippetViewSetGroup):
    items = (
        NoticeViewSet,
        CannedReplyViewSet,
        AbilityViewSet,
        ScorecardViewSet,
        TermsViewSet,
        BonusBandViewSet,
        FiguresViewSet,
    )
    menu_label = _("Agents")
    menu_icon = "group"
    menu_order = 323
    submenu_hook = "register_agents_menu_item"


for model in (Notice, CannedReply, Ability, BonusBand):
    register_permission_policy(model, AgentPermissions(model))
for versioned in (Scorecard, ProgrammeTerms):
    register_permission_policy(versioned, ScorePermissions(versioned))
register_permission_policy(Programme, FigurePermissions(Programme))
register_snippet(ProgrammeGroup)


@hooks.register("register_admin_urls")
def agent_addresses() -> list:
    at = "rewards/agents/"
    return [
        path(at, agents_staff.programme, name="rewards_agents"),
        path(at + "nominate/", agents_staff.nominate, name="rewards_nominate"),
        path(at + "bonus/", agents_staff.bonuses, name="rewards_bonuses"),
        path(at + "lines/", agents_staff.lines, name="rewards_lines"),
        path(at + "<int:pk>/", agents_staff.agent, name="rewards_agent"),
        path(at + "<int:pk>/line/", agents_staff.line, name="rewards_line"),
        path(
            at + "<int:pk>/bonus/<str:month>/",
            agents_staff.sample,
            name="rewards_sample",
        ),
    ]


class _AgentsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)


@hooks.register("register_agents_menu_item")
def people_item() -> MenuItem:
    return _AgentsItem(
        _("Agents"), reverse("rewards_agents"), icon_name="group", order=0
    )


@hooks.register("register_agents_menu_item")
def bonus_item() -> MenuItem:
    return _AgentsItem(
        _("Monthly bonus"), reverse("rewards_bonuses"), icon_name="pick", order=1
    )


@hooks.register("register_agents_menu_item")
def line_item() -> MenuItem:
    return _AgentsItem(
        _("Staff line"), reverse("rewards_lines"), icon_name="comment", order=2
    )


# In the pages of rooms below


@hooks.register("top_account", order=-10)
def bench_in_the_top_bar(request: SignedInRequest) -> SafeString | str:
    """To agents only: the badge spares everybody else the query, the role decides."""
    person = request.user
    if person.standing != Person.Standing.AGENT or not actions.is_agent(person):
        return ""
    return render_to_string("rewards/agents/top_link.html", {}, request)


@hooks.register("profile_parts", order=10)
def programme_on_my_profile(request: HttpRequest, person: Person) -> SafeString | str:
    """On one's own page: the invitation, or the way to the bench."""
    if request.user != person:
        return ""
    term = queries.term_of(person)
    if term is None or not (term.has_joined or term.state == "invited"):
        return ""
    return render_to_string("rewards/agents/profile_part.html", {"term": term}, request)


@hooks.register("answers_extra", order=200)
def replies_above_the_answer(
    request: HttpRequest, question: Question, **_subject: object
) -> SafeString | str:
    person: Any = request.user
    if not person.is_authenticated or person.standing != Person.Standing.AGENT:
        return ""
    if not question.is_visible or not actions.is_agent(person):
        return ""
    rows = [
        (reply, reply.body_for(question.language))
        for reply in queries.replies_for(person)
    ]
    if not rows:
        return ""
    context = {"rows": rows, "question": question}
    return render_to_string("rewards/agents/reply_choice.html", context, request)
