"""Where the desk shows itself: in the admin, and in the community's threads."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, URLResolver, include, path, reverse_lazy
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import register_permission_policy

from community.models import Question
from desk import converters, queries, wording  # noqa: F401  converters register
from desk.models import EscalationRule, Queue, Ticket
from desk.staff_screens import (
    DeskMenu,
    DeskPanel,
    InboxMenuItem,
    ManagersOnly,
    QueueViewSet,
    RulesMenuItem,
    RuleViewSet,
)
from desk.views import staff
from people.models import Person

NOTHING = mark_safe("")  # noqa: S308  a constant

for model in (EscalationRule, Queue):
    register_permission_policy(model, ManagersOnly(model))


@hooks.register("register_admin_urls")
def desk_addresses() -> list[URLPattern | URLResolver]:
    one = "<ticket_reference:reference>/"
    patterns = [
        path("", staff.inbox, name="inbox"),
        path(one, staff.ticket, name="ticket"),
        path(one + "write/", staff.write, name="write"),
        path(one + "take/", staff.take, name="take"),
        path(one + "assign/", staff.assign, name="assign"),
        path(one + "route/", staff.route, name="route"),
        path(one + "close/", staff.close, name="close"),
        path(one + "reopen/", staff.reopen, name="reopen"),
    ]
    return [path("desk/", include((patterns, "desk_admin"), namespace="desk_admin"))]


@hooks.register("register_admin_viewset")
def rules_and_queues() -> list[ViewSet]:
    return [RuleViewSet(), QueueViewSet()]


@hooks.register("register_admin_menu_item")
def desk_menu() -> MenuItem:
    items = [
        InboxMenuItem(
            _("Tickets"),
            reverse_lazy("desk_admin:inbox"),
            name="desk-tickets",
            icon_name="mail",
            order=10,
        ),
        RulesMenuItem(
            _("Escalation rules"),
            reverse_lazy("desk_rules:index"),
            name="desk-rules",
            icon_name="time",
            order=20,
        ),
        RulesMenuItem(
            pgettext_lazy("desk", "Queues"),
            reverse_lazy("desk_queues:index"),
            name="desk-queues",
            icon_name="list-ul",
            order=30,
        ),
    ]
    return DeskMenu(
        _("Desk"), Menu(items=items), name="desk", icon_name="mail", order=40
    )


@hooks.register("construct_homepage_panels")
def desk_panel(_request: HttpRequest, panels: list[Component]) -> None:
    panels.append(DeskPanel())


@hooks.register("top_account")
def link_to_my_tickets(request: HttpRequest) -> SafeString:
    """On wide screens; on a phone the bar at the bottom leads there."""
    return _rendered("desk/top_link.html", {}, request)


@hooks.register("thread_notice")
def show_ticket(request: HttpRequest, question: Question) -> SafeString:
    """That our team has the thread; to the asker and our team, the ticket as well.

    Visitors get what the question itself says, so that their page can be cached.
    """
    state = queries.thread_state(question, request.user, timezone.now())
    has_open_ticket = state.ticket is not None and state.ticket.is_open
    if question.with_staff_since is None and not has_open_ticket:
        return NOTHING
    since = question.with_staff_since
    context: dict[str, Any] = {
        "question": question,
        "state": state if has_open_ticket else None,
        "words": wording.state_for_customer(state.ticket) if state.ticket else "",
        "since": wording.moment_in_words(since) if since else "",
    }
    return _rendered("desk/thread_notice.html", context, request)


@hooks.register("agent_bench")
def show_what_was_handed_over(request: HttpRequest, person: Person) -> SafeString:
    page = queries.handed_over_by(person, timezone.now())
    return _rendered("desk/handed_over.html", {"page": page}, request)


@hooks.register("closing_costs")
def tickets_end_with_the_account(request: HttpRequest, person: Person) -> SafeString:
    count = Ticket.objects.of(person).open().count()
    if not count:
        return NOTHING
    return _rendered("desk/closing_costs.html", {"count": count}, request)


@hooks.register("thread_side")
def offer_our_team(request: HttpRequest, question: Question) -> SafeString:
    """To who may hand the thread to us: the button, and why it has not come yet."""
    if not request.user.is_authenticated:
        return NOTHING
    at = timezone.now()
    state = queries.thread_state(question, request.user, at)
    if not (state.is_asker or state.may_work or state.may_ask_us):
        return NOTHING
    soon = state.may_ask_us_from
    context = {
        "question": question,
        "state": state,
        "sentences": queries.why(question, at),
        "from": wording.moment_in_words(soon) if soon and soon > at else "",
    }
    return _rendered("desk/thread_side.html", context, request)


def _rendered(
    template: str, context: dict[str, Any], request: HttpRequest
) -> SafeString:
    return mark_safe(render_to_string(template, context, request))  # noqa: S308
