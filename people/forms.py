"""What people fill in."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from common.errors import Refused
from common.forms import BodyField, LineField
from people import actions
from people.actions import KEY_NAME_MAX_CHARS
from people.handles import MAX_CHARS as HANDLE_MAX_CHARS
from people.models import BIO_MAX_CHARS, ApiKey, Person
from people.names import clean_display_name
from people.zones import zone_names

HANDLE_HELP = _(
    "Your address here: 2 to 30 Latin letters, digits, - and _, or Chinese characters."
)


class NameAndHandle(forms.Form):
    """The two names of a person; a refusal shows beside its field."""

    person: Person | None = None
    allow_reserved = False

    def clean_display_name(self) -> str:
        name = self.cleaned_data["display_name"]
        keeps = self.person is not None and name == self.person.display_name
        try:
            return clean_display_name(name, allow_reserved=keeps or self.allow_reserved)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    def clean_handle(self) -> str:
        handle = self.cleaned_data["handle"].strip()
        if not handle or (self.person and handle == self.person.handle):
            return handle
        try:
            return actions.free_handle(
                handle, of=self.person, allow_reserved=self.allow_reserved
            )
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


class SignupDetails(NameAndHandle):
    """What django-allauth's sign-up forms ask beyond e-mail and password."""

    display_name = forms.CharField(
        label=_("Your name here"),
        help_text=_("Everybody sees it. It need not be your real name."),
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    handle = forms.CharField(
        label=_("Handle (optional)"),
        max_length=HANDLE_MAX_CHARS * 4,
        required=False,
        help_text=HANDLE_HELP,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    agree_terms = forms.BooleanField(label=_("I agree to the terms of use."))
    agree_privacy = forms.BooleanField(label=_("I have read the privacy policy."))
    agree_licence = forms.BooleanField(
        label=_("What I write may be used under the licence of contributions.")
    )

    def signup(self, request: HttpRequest, user: Person) -> None:  # noqa: ARG002
        actions.complete_sign_up(person=user, at=timezone.now())


class TermsForm(forms.Form):
    agree_terms = forms.BooleanField(label=_("I agree to the terms of use."))
    agree_privacy = forms.BooleanField(label=_("I have read the privacy policy."))
    agree_licence = forms.BooleanField(
        label=_("What I write may be used under the licence of contributions.")
    )


class ApiKeyForm(forms.Form):
    name = LineField(
        label=_("What is it for?"),
        max_chars=KEY_NAME_MAX_CHARS,
        help_text=_("So that you recognise it later: “Report every Monday”."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scope = forms.ChoiceField(
        label=_("What may it do?"),
        choices=ApiKey.Scope.choices,
        initial=ApiKey.Scope.READ,
        widget=forms.RadioSelect,
    )
    days = forms.TypedChoiceField(
        label=_("How long is it good for?"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("A year"))],
        initial=90,
        coerce=int,
    )


class ProfileForm(NameAndHandle):
    display_name = forms.CharField(
        label=pgettext_lazy("person", "Name"), required=False
    )
    handle = forms.CharField(
        label=_("Handle"),
        max_length=HANDLE_MAX_CHARS * 4,
        help_text=_("Your old address will lead to the new one."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    bio = BodyField(
        label=_("About me"),
        max_chars=BIO_MAX_CHARS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("As my browser asks")), *settings.LANGUAGES],
    )
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        required=False,
        choices=lambda: [("", _("As the site")), *((z, z) for z in zone_names())],
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        self.person = person
        names = ("display_name", "handle", "bio", "language", "time_zone")
        kwargs["initial"] = {name: getattr(person, name) for name in names}
        super().__init__(*args, **kwargs)
