"""What people and our team may send to the desk. Nothing else is read."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from common.forms import BodyField, LineField
from desk import numbers
from desk.models import Priority, Queue, TicketState
from desk.queries import Filters, colleagues
from people.models import Person


def _line() -> forms.TextInput:
    return forms.TextInput({"class": "input", "maxlength": numbers.SUBJECT_MOST})


def _text(rows: int = 6) -> forms.Textarea:
    return forms.Textarea({"class": "input", "rows": rows})


def _text_with_pictures() -> forms.Textarea:
    """Only its customer and our team see them; their Markdown is put into the text."""
    text = _text()
    text.attrs["data-upload"] = reverse_lazy("community:private_uploads")
    return text


class PrivateTicketForm(forms.Form):
    subject = LineField(
        max_chars=numbers.SUBJECT_MOST, label=_("What is it about?"), widget=_line()
    )
    body = BodyField(
        max_chars=numbers.MESSAGE_MOST,
        label=_("What happened?"),
        widget=_text_with_pictures(),
    )


class MessageForm(forms.Form):
    body = BodyField(
        max_chars=numbers.MESSAGE_MOST,
        label=_("Message"),
        widget=_text_with_pictures(),
    )


class WriteForm(forms.Form):
    """One composer, as our team has it: who reads this, and what comes after."""

    OFFICIAL, CUSTOMER, NOTE = "official", "customer", "note"
    STAY, ASK_BACK, RESOLVE = "stay", "ask_back", "resolve"

    to = forms.ChoiceField(
        label=_("Who reads this"),
        choices=[
            (OFFICIAL, _("Public: official answer")),
            (CUSTOMER, _("Private to the customer")),
            (NOTE, _("Note for colleagues")),
        ],
        widget=forms.RadioSelect,
    )
    body = BodyField(max_chars=numbers.MESSAGE_MOST, label=_("Text"), widget=_text())
    after = forms.ChoiceField(
        label=_("And then"),
        required=False,
        choices=[
            (STAY, _("keep the ticket open")),
            (ASK_BACK, _("wait for the customer")),
            (RESOLVE, _("solved: close the ticket")),
        ],
    )


class AssignForm(forms.Form):
    to = forms.ModelChoiceField(
        queryset=Person.objects.none(), label=_("Hand over to"), empty_label=None
    )

    def __init__(
        self, *args: Any, held_by: Person | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = cast(forms.ModelChoiceField, self.fields["to"])
        choices.queryset = colleagues(but=held_by)


class RouteForm(forms.Form):
    queue = forms.ModelChoiceField(
        queryset=Queue.objects.all(), label=pgettext_lazy("desk", "Queue")
    )
    priority = forms.TypedChoiceField(
        choices=Priority.choices, coerce=int, label=_("Priority")
    )


class CloseForm(forms.Form):
    note = BodyField(
        max_chars=numbers.MESSAGE_MOST,
        required=False,
        label=_("Why (the customer reads this)"),
        widget=_text(rows=3),
    )
    resolved = forms.BooleanField(required=False, label=_("It is solved"))


class FilterForm(forms.Form):
    """Which tickets to list. What makes no sense is passed over, not refused."""

    state = forms.ChoiceField(
        required=False,
        label=_("State"),
        choices=[("", _("all open")), *TicketState.choices],
    )
    queue = forms.ModelChoiceField(
        queryset=Queue.objects.all(),
        required=False,
        to_field_name="slug",
        label=pgettext_lazy("desk", "Queue"),
        empty_label=_("all queues"),
    )
    words = LineField(
        max_chars=numbers.SUBJECT_MOST, required=False, label=_("Number or subject")
    )
    mine = forms.BooleanField(required=False, label=_("Mine"))
    unassigned = forms.BooleanField(required=False, label=_("Nobody's"))
    at_risk = forms.BooleanField(required=False, label=_("Late or nearly"))
    overdue = forms.BooleanField(required=False, label=_("Late"))

    def filters(self) -> Filters:
        self.is_valid()
        asked = {name: value for name, value in self.cleaned_data.items() if value}
        return Filters(**asked)
