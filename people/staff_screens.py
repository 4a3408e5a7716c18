"""Wagtail's screens about users, made ours: no passwords, no deletion, no way up."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.views import account
from wagtail.admin.views.reports import ReportView
from wagtail.log_actions import log
from wagtail.permission_policies import ModelPermissionPolicy
from wagtail.users.views import bulk_actions, users

from people import actions
from people.forms import NameAndHandle
from people.models import DataRequest, Person
from people.registries import GROUPS


class StaffPersonForm(NameAndHandle):
    """What a staff member may change about a person: never e-mail or password.

    Whoever could write another's e-mail could sign in as them.
    """

    allow_reserved = True

    display_name = forms.CharField(
        label=pgettext_lazy("person", "Name"), required=False
    )
    handle = forms.CharField(label=_("Handle"), required=False)
    is_active = forms.BooleanField(label=_("May sign in"), required=False)
    groups = forms.ModelMultipleChoiceField(
        label=_("Roles"),
        queryset=Group.objects.filter(name__in=GROUPS).order_by("name"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_superuser = forms.BooleanField(
        label=_("Administrator"),
        required=False,
        help_text=_("May do everything, this included."),
    )

    def __init__(
        self, *args: Any, by: Person, instance: Person | None = None, **kwargs: Any
    ) -> None:
        self.by = by
        self.person = instance
        self.instance: Any = instance
        if instance is not None:
            kwargs["initial"] = {
                "display_name": instance.display_name,
                "handle": instance.handle,
                "is_active": instance.is_active,
                "groups": list(instance.groups.all()),
                "is_superuser": instance.is_superuser,
            }
        super().__init__(*args, **kwargs)
        if instance == by:
            del self.fields["is_active"]
        if not by.is_superuser or instance == by:
            del self.fields["is_superuser"]

    def save(self) -> Person:
        values, now = self.cleaned_data, timezone.now()
        before = Person.objects.get(pk=self.instance.pk)
        person = actions.change_names(
            person=before,
            display_name=values["display_name"],
            handle=values["handle"] or before.handle,
            allow_reserved=True,
            at=now,
        )
        if values.get("is_active", person.is_active) != person.is_active:
            actions.set_active(person=person, is_active=values["is_active"], at=now)
        self.save_roles(person)
        return person

    def save_roles(self, person: Person) -> None:
        values, now = self.cleaned_data, timezone.now()
        actions.change_roles(person=person, groups=values["groups"], at=now)
        wanted = values.get("is_superuser", person.is_superuser)
        if wanted != person.is_superuser:
            actions.make_superuser(person=person, is_superuser=wanted, at=now)


class NewPersonForm(StaffPersonForm):
    """A colleague: they sign in with a code sent to this address, then add a factor."""

    email = forms.EmailField(label=_("E-mail"))
    field_order = ("display_name", "handle", "email", "groups", "is_superuser")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.pop("instance", None)
        super().__init__(*args, **kwargs)
        del self.fields["is_active"]

    def clean_email(self) -> str:
        email = self.cleaned_data["email"].strip().lower()
        if Person.objects.filter(email=email).exists():
            raise forms.ValidationError(_("Somebody signs in with this address."))
        return email

    def save(self) -> Person:
        values = self.cleaned_data
        person = actions.create_person(
            display_name=values["display_name"],
            handle=values["handle"],
            email=values["email"],
            allow_reserved=True,
            at=timezone.now(),
        )
        self.save_roles(person)
        return person


class PersonIndexView(users.IndexView):
    default_ordering = "handle"
    search_fields = ("handle", "display_name", "email")

    @property
    def columns(self) -> list[Column]:
        title = self._get_title_column_class(users.UserColumn)
        return [
            title(
                "name",
                label=pgettext_lazy("person", "Name"),
                accessor="name",
                get_url=self.get_edit_url,
            ),
            Column("handle", label=_("Handle"), sort_key="handle"),
            Column("standing", label=_("Standing"), accessor="get_standing_display"),
            BooleanColumn("is_active", label=_("May sign in"), sort_key="is_active"),
            DateColumn("last_login", label=_("Last came in"), sort_key="last_login"),
        ]

    def order_queryset(self, queryset: Any) -> Any:
        return super(users.IndexView, self).order_queryset(queryset)


class NewPersonView(users.CreateView):
    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"by": self.request.user}

    def save_instance(self) -> Person:
        person = self.form.save()
        log(person, "wagtail.create", user=self.request.user)
        return person


class _NotAboveYou:
    """An administrator's screen is for administrators; the erased have none."""

    object: Person

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponseBase:
        person = self.object
        if person.is_erased or (person.is_superuser and not request.user.is_superuser):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]


class EditPersonView(_NotAboveYou, users.EditView):
    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs = super().get_form_kwargs() | {"by": self.request.user}
        del kwargs["editing_self"]
        return kwargs

    def save_instance(self) -> Person:
        person = self.form.save()
        log(person, "wagtail.edit", user=self.request.user)
        return person


class ErasePersonView(_NotAboveYou, users.DeleteView):
    page_title = _("Erase a person")
    success_message = _("The person is erased.")
    template_name = "people/staff/confirm_erasure.html"

    def get_usage_url(self) -> None:
        """Nothing is deleted, so nothing that refers to the person is in the way."""

    def delete_action(self) -> None:
        actions.erase_person(person=self.object, at=timezone.now())
        log(self.object, "wagtail.delete", user=self.request.user, title="-")


class StaffPersonViewSet(users.UserViewSet):
    index_view_class = PersonIndexView
    add_view_class = NewPersonView
    edit_view_class = EditPersonView
    delete_view_class = ErasePersonView
    copy_view_enabled = False
    create_template_name = "wagtailadmin/generic/create.html"
    edit_template_name = "wagtailadmin/generic/edit.html"
    delete_template_name = "people/staff/confirm_erasure.html"
    index_template_name = "wagtailadmin/generic/index.html"

    def get_form_class(self, for_update: bool = False) -> type[StaffPersonForm]:
        return StaffPersonForm if for_update else NewPersonForm


class _NotInBulk:
    """Wagtail's bulk actions go past our checks, so they find nobody to act on."""

    def check_perm(self, _person: Person) -> bool:
        return False

    @classmethod
    def execute_action(cls, _people: list[Person], **_kwargs: Any) -> tuple[int, int]:
        return 0, 0


class NoBulkRoles(_NotInBulk, bulk_actions.AssignRoleBulkAction):
    pass


class NoBulkDeletion(_NotInBulk, bulk_actions.DeleteBulkAction):
    pass


class NoBulkActivation(_NotInBulk, bulk_actions.SetActiveStateBulkAction):
    pass


NO_BULK_ACTIONS = (NoBulkRoles, NoBulkDeletion, NoBulkActivation)


class StaffAccountView(account.AccountView):
    """A staff member's settings in the admin; name and sign-in are on their profile."""

    shown = (
        account.NotificationsSettingsPanel,
        account.LocaleSettingsPanel,
        account.ThemeSettingsPanel,
    )

    def get_panels(self) -> list[Any]:
        return [
            panel for panel in super().get_panels() if isinstance(panel, self.shown)
        ]


class DataRequestReport(ReportView):
    """Who asked for their data or to be erased, newest first: what the law asks for."""

    model = DataRequest
    page_title = _("Data requests")
    header_icon = "user"
    index_url_name = "people_data_requests"
    index_results_url_name = "people_data_requests_results"
    permission_policy = ModelPermissionPolicy(DataRequest)
    any_permission_required = ["view"]
    columns = [
        Column("person", label=_("Person"), accessor="person.name"),
        Column("kind", label=_("Request"), accessor="get_kind_display"),
        DateColumn("asked_at", label=_("Asked for")),
        DateColumn("due_at", label=_("Due")),
        DateColumn("cancelled_at", label=_("Dropped")),
        DateColumn("done_at", label=_("Done")),
    ]
    list_export = [
        "person_id",
        "get_kind_display",
        "asked_at",
        "due_at",
        "cancelled_at",
        "done_at",
    ]
    export_headings = {
        "person_id": _("Person"),
        "get_kind_display": _("Request"),
        "asked_at": _("Asked for"),
        "due_at": _("Due"),
        "cancelled_at": _("Dropped"),
        "done_at": _("Done"),
    }

    def get_queryset(self) -> QuerySet[DataRequest]:
        return DataRequest.objects.select_related("person").order_by("-asked_at", "-pk")
