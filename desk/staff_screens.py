"""Wagtail's screens for the desk: rules and queues that managers edit, menu, panel."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import MenuItem, SubmenuMenuItem
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.views.generic import DeleteView, EditView
from wagtail.admin.viewsets.model import ModelViewSet
from wagtail.permission_policies import ModelPermissionPolicy

from desk import permissions, queries
from desk.models import EscalationRule, Queue


class ManagersOnly(ModelPermissionPolicy):
    """One permission for every action; what tickets refer to cannot be deleted."""

    def user_has_permission(self, user: Any, action: str) -> bool:  # noqa: ARG002
        return permissions.may_manage_rules(user)

    def user_has_any_permission(self, user: Any, actions: Any) -> bool:  # noqa: ARG002
        return permissions.may_manage_rules(user)

    def user_has_permission_for_instance(
        self, user: Any, action: str, instance: Any
    ) -> bool:
        if action == "delete" and instance.is_in_use:
            return False
        return permissions.may_manage_rules(user)


class DeleteUnusedView(DeleteView):
    """Wagtail asks for the permission in general only; here it depends on the row."""

    def get_object(self, queryset: Any = None) -> Any:
        found = super().get_object(queryset)
        if not self.user_has_permission_for_instance("delete", found):
            raise PermissionDenied
        return found


class DeskViewSet(ModelViewSet):
    """Common to rules and queues: circles are ticked, nothing is copied."""

    copy_view_enabled = False
    delete_view_class = DeleteUnusedView
    add_to_reference_index = False

    def formfield_for_dbfield(
        self, db_field: models.Field, **kwargs: Any
    ) -> forms.Field | None:
        if isinstance(db_field, models.ManyToManyField):
            kwargs["widget"] = forms.CheckboxSelectMultiple
        return super().formfield_for_dbfield(db_field, **kwargs)


class EditRuleView(EditView):
    def save_instance(self) -> EscalationRule:
        # A firing remembers under which version of the rule it happened.
        self.form.instance.version += 1
        return super().save_instance()


class RuleViewSet(DeskViewSet):
    model = EscalationRule
    name = "desk_rules"
    url_prefix = "desk-rules"
    icon = "time"
    edit_view_class = EditRuleView
    list_display = (
        "__str__",
        BooleanColumn("is_enabled", label=_("Switched on")),
        "position",
        "version",
    )
    form_fields = (
        "kind",
        "hours",
        "is_enabled",
        "circles",
        "language",
        "priority",
        "queue",
        "position",
    )


class QueueViewSet(DeskViewSet):
    model = Queue
    name = "desk_queues"
    url_prefix = "desk-queues"
    icon = "list-ul"
    list_display = (
        "__str__",
        BooleanColumn("is_default", label=_("Default")),
        "position",
    )
    form_fields = ("name_en", "name_zh", "slug", "is_default", "circles", "position")


class InboxMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return permissions.may_work(request.user)


class RulesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return permissions.may_manage_rules(request.user)


class DeskMenu(SubmenuMenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        user = request.user
        return permissions.may_work(user) or permissions.may_manage_rules(user)


class DeskPanel(Component):
    """On the admin's first page: what waits for our team, and what is nearly late."""

    order = 30
    template_name = "desk/admin/home_panel.html"

    def render_html(self, parent_context: Mapping[str, Any] | None = None) -> str:
        request = (parent_context or {})["request"]
        if not permissions.may_work(request.user):
            return ""
        return super().render_html(parent_context)

    def get_context_data(self, parent_context: Mapping[str, Any]) -> dict[str, Any]:
        person = parent_context["request"].user
        now = timezone.now()
        return {
            "counts": queries.counts(person, now),
            "queues": queries.busy_queues(now),
        }
