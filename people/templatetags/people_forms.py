"""Form fields in the house's look, django-allauth's forms included."""

from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import get_language, gettext as _

from people import registries

register = template.Library()


@register.inclusion_tag("people/parts/field.html")
def form_field(field: BoundField) -> dict[str, Any]:
    """Label, control, help and what is wrong with it."""
    widget = field.field.widget
    is_box = isinstance(widget, forms.CheckboxInput)
    is_set = isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple)
    attrs: dict[str, Any] = {}
    if not (is_box or is_set):
        attrs["class"] = "input is-wrong" if field.errors else "input"
    if field.html_name in {"code", "otp"}:
        attrs["class"] = f"{attrs['class']} code"
        attrs |= {"inputmode": "text", "autocomplete": "one-time-code"}
    return {
        "field": field,
        "control": field.as_widget(attrs=attrs),
        "is_box": is_box,
        "is_hidden": field.is_hidden,
    }


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
