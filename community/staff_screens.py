"""The community in the Wagtail admin: circles, tags, what waits for moderators."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.viewsets.base import ViewSet, ViewSetGroup
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import BasePermissionPolicy
from wagtail.permissions import register_permission_policy

from common.errors import NotAllowed
from common.http import View, post_only
from common.paging import page_of
from common.text import clean_line
from community import actions, audit, permissions, queries
from community.forms import TagForm
from community.models import Answer, Circle, Comment, Flag, Question, Tag
from community.views.finding import member
from people.models import Person

FLAGS_PER_PAGE = 20
KINDS: dict[str, Any] = {
    "questions": Question,
    "answers": Answer,
    "comments": Comment,
}


class OnePermission(BasePermissionPolicy):
    """One permission opens every screen of a model. Nothing is ever deleted there."""

    def __init__(self, model: type[Model], permission: str) -> None:
        super().__init__(model)
        self.permission = permission

    def user_has_permission(self, user: Person, action: str) -> bool:
        return action != "delete" and user.has_perm(self.permission)

    def users_with_any_permission(self, actions: Collection[str]) -> QuerySet[Person]:
        app, codename = self.permission.split(".")
        granted = Q(
            groups__permissions__codename=codename,
            groups__permissions__content_type__app_label=app,
        )
        people = Person.objects.filter(is_active=True)
        if set(actions) == {"delete"}:
            return people.none()
        return people.filter(granted | Q(is_superuser=True)).distinct()


for model in (Circle, Tag):
    register_permission_policy(model, OnePermission(model, "community.manage_taxonomy"))


class CircleViewSet(ModelViewSet):
    model = Circle
    name = "circles"
    icon = "group"
    menu_label = gettext_lazy("Circles")
    form_fields = [
        "slug",
        "name_en",
        "name_zh",
        "about_en",
        "about_zh",
        "position",
        "is_open",
    ]
    list_display = ["name_en", "name_zh", "slug", "position", BooleanColumn("is_open")]
    search_fields = ["name_en", "name_zh", "slug"]
    ordering = ["position", "slug"]
    copy_view_enabled = False


class TagViewSet(ModelViewSet):
    model = Tag
    name = "tags"
    icon = "tag"
    menu_label = gettext_lazy("Tags")
    list_display = ["name", "slug", "language", "question_count", "synonym_of"]
    list_filter = ["language"]
    search_fields = ["name", "slug"]
    ordering = ["-question_count", "name"]
    copy_view_enabled = False

    def get_form_class(self, for_update: bool = False) -> type[TagForm]:  # noqa: ARG002
        return TagForm


class ForModerators(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return permissions.may_moderate(request.user)


class QueueViewSet(ViewSet):
    """What members reported, what waits for review, what was taken away."""

    name = "moderation"
    icon = "warning"
    menu_label = gettext_lazy("Queue")
    menu_item_class = ForModerators

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", queue, name="index"),
            path("removed/", removed, name="removed"),
            path("flags/<int:pk>/uphold/", uphold, name="uphold"),
            path("flags/<int:pk>/dismiss/", dismiss, name="dismiss"),
            path("<str:kind>/<int:pk>/publish/", publish, name="publish"),
            path("<str:kind>/<int:pk>/hide/", hide, name="hide"),
        ]


class ModerationGroup(ViewSetGroup):
    menu_label = gettext_lazy("Moderation")
    menu_icon = "warning"
    menu_order = 250
    items = (
        QueueViewSet("moderation"),
        CircleViewSet("circles"),
        TagViewSet("tags"),
    )


def for_moderators(view: View) -> View:
    def only_for_moderators(
        request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if not permissions.may_moderate(request.user):
            raise NotAllowed
        return view(request, *args, **kwargs)

    return only_for_moderators


@for_moderators
def queue(request: HttpRequest) -> HttpResponse:
    flags = page_of(queries.open_flags(), request.GET.get("page"), FLAGS_PER_PAGE)
    context = {
        "flags": flags,
        "posts": queries.reported(flags),
        "waiting": queries.waiting_posts(),
        "handled": queries.handled_flags()[:10],
        "breadcrumbs_items": _trail(_("Moderation")),
        "header_title": _("Moderation"),
        "header_icon": "warning",
    }
    return render(request, "community/admin/queue.html", context)


@for_moderators
def removed(request: HttpRequest) -> HttpResponse:
    context = {
        "rows": page_of(
            queries.removed_questions(), request.GET.get("page"), FLAGS_PER_PAGE
        ),
        "breadcrumbs_items": _trail(_("Removed questions")),
        "header_title": _("Removed questions"),
        "header_icon": "bin",
    }
    return render(request, "community/admin/removed.html", context)


@for_moderators
@post_only
def uphold(request: HttpRequest, pk: int) -> HttpResponse:
    flag, now = get_object_or_404(Flag, pk=pk), timezone.now()
    with transaction.atomic():
        actions.uphold_flag(
            flag=flag, by=member(request), at=now, reason=_reason(request)
        )
        audit.note("uphold", flag.post, member(request), flag=flag.pk)
    messages.success(request, _("The post is hidden and its author was told."))
    return redirect("moderation:index")


@for_moderators
@post_only
def dismiss(request: HttpRequest, pk: int) -> HttpResponse:
    flag = get_object_or_404(Flag, pk=pk)
    with transaction.atomic():
        actions.dismiss_flag(flag=flag, by=member(request), at=timezone.now())
        audit.note("dismiss", flag.post, member(request), flag=flag.pk)
    messages.success(request, _("The report is dismissed; the post stays."))
    return redirect("moderation:index")


@for_moderators
@post_only
def publish(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    post = _post(kind, pk)
    with transaction.atomic():
        actions.unhide_post(post=post, by=member(request), at=timezone.now())
        audit.note("publish", post, member(request))
    messages.success(request, _("Everybody can read the post now."))
    return redirect("moderation:index")


@for_moderators
@post_only
def hide(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    post, now = _post(kind, pk), timezone.now()
    with transaction.atomic():
        actions.hide_post(
            post=post, by=member(request), at=now, reason=_reason(request)
        )
        audit.note("hide", post, member(request))
    messages.success(request, _("The post is hidden and its author was told."))
    return redirect("moderation:index")


def _post(kind: str, pk: int) -> Question | Answer | Comment:
    if kind not in KINDS:
        raise Http404
    return get_object_or_404(KINDS[kind], pk=pk)


def _reason(request: HttpRequest) -> str:
    return clean_line(request.POST.get("reason", ""), 200)


def _trail(here: str) -> list[dict[str, str]]:
    trail = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}]
    if here != _("Moderation"):
        trail.append({"url": reverse("moderation:index"), "label": _("Moderation")})
    return [*trail, {"url": "", "label": here}]
