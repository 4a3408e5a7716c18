"""A list of tag slugs, typed as words between commas."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.text import pinyin_slug

MAX_TAGS = 10


def tag_slugs(words: str | list[str]) -> list[str]:
    """Slugs in the order typed, each once: "eSIM, 携号转网" -> esim, xie-hao-…"""
    if isinstance(words, str):
        words = words.replace("，", ",").replace("、", ",").split(",")
    slugs = [pinyin_slug(word) for word in words if word.strip()]
    return list(dict.fromkeys(slugs))


class TagSlugsFormField(forms.CharField):
    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        slugs = tag_slugs(value or "")
        if len(slugs) > MAX_TAGS:
            message = _("Keep the %(most)d tags that matter most.")
            raise ValidationError(message % {"most": MAX_TAGS})
        return slugs

    def validate(self, value: Any) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """The words are already slugs; CharField's validators expect text."""

    def has_changed(self, initial: Any, data: Any) -> bool:
        return (initial or []) != tag_slugs(data or "")


class TagSlugsField(models.JSONField):
    """Stored as a JSON list; in forms one line of words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", list)
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def formfield(self, **kwargs: Any) -> Any:
        """Not JSONField's: readers of a form see words."""
        options: dict[str, Any] = {"form_class": TagSlugsFormField, "max_length": 400}
        return models.Field.formfield(self, **(options | kwargs))
