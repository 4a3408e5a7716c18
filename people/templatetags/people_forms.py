"""Form fields in the house's look, django-allauth's forms included."""

from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import get_language, gettext as _, gettext_lazy

from people import registries

register = template.Library()

# What django-allauth calls otherwise than the rest of the house.
LABELS = {
    "login": gettext_lazy("E-mail"),
    "email": gettext_lazy("E-mail"),
    "code": gettext_lazy("Code from the e-mail"),
}
# In place of Django's list of everything a password must not be.
PASSWORD_HELP = gettext_lazy("At least 10 characters, and not one that is often used.")
MAY_STAY_EMPTY = gettext_lazy("You may leave it empty and always come in by code.")


@register.inclusion_tag("people/parts/field.html")
def form_field(field: BoundField) -> dict[str, Any]:
    """Label, control, help and what is wrong with it."""
    widget = field.field.widget
    is_box = isinstance(widget, forms.CheckboxInput)
    is_set = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    attrs: dict[str, Any] = {}
    if not (is_box or is_set):
        attrs["class"] = "input is-wrong" if field.errors else "input"
        # The label says it, and stays while one types.
        widget.attrs.pop("placeholder", None)
    if field.name == "code":
        attrs["class"] = f"{attrs['class']} code"
        attrs["autocomplete"] = "one-time-code"
    return {
        "field": field,
        "control": field.as_widget(attrs=attrs),
        "label": LABELS.get(field.name, field.label),
        "help_lines": _help_lines(field),
        "is_box": is_box,
        "is_hidden": field.is_hidden,
    }


def _help_lines(field: BoundField) -> list[Any]:
    if field.name == "password1":
        return (
            [PASSWORD_HELP] if field.field.required else [PASSWORD_HELP, MAY_STAY_EMPTY]
        )
    return [field.help_text] if field.help_text else []


@register.inclusion_tag("people/parts/fields.html")
def form_fields(form: forms.BaseForm) -> dict[str, Any]:
    """Every field of a form, after what is wrong with the form as a whole."""
    return {"form": form}


@register.inclusion_tag("people/parts/agreements.html")
def agreements(form: forms.BaseForm) -> dict[str, Any]:
    """The three consents of a form, each with a link to its text."""
    language = get_language() or settings.LANGUAGE_CODE
    rows = [
        (form[name], registries.document_url(kind, language), words)
        for name, kind, words in (
            ("agree_terms", "terms", _("Read the terms of use")),
            ("agree_privacy", "privacy", _("Read the privacy policy")),
            ("agree_licence", "licence", _("Read the licence")),
        )
    ]
    return {"rows": rows}
