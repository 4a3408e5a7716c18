"""Form fields for what people type: refused text stays in the form as it was typed."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from common.text import MAX_BODY_CHARS, BadText, clean_body, clean_line

_FILL_IN: dict[str, Any] = {"required": _("Please fill this in.")}


class LineField(forms.CharField):
    """One line, cleaned by common.text.clean_line."""

    default_error_messages = _FILL_IN

    def __init__(self, *, max_chars: int, nfkc: bool = False, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.max_chars = max_chars
        self.nfkc = nfkc

    def to_python(self, value: Any) -> str:
        try:
            return clean_line(
                super().to_python(value) or "", self.max_chars, nfkc=self.nfkc
            )
        except BadText as refusal:
            raise ValidationError(str(refusal), code="bad_text") from refusal


class BodyField(forms.CharField):
    """Several lines of Markdown, cleaned by common.text.clean_body."""

    widget = forms.Textarea
    default_error_messages = _FILL_IN

    def __init__(self, *, max_chars: int = MAX_BODY_CHARS, **kwargs: Any) -> None:
        super().__init__(strip=False, **kwargs)
        self.max_chars = max_chars

    def to_python(self, value: Any) -> str:
        try:
            return clean_body(super().to_python(value) or "", self.max_chars)
        except BadText as refusal:
            raise ValidationError(str(refusal), code="bad_text") from refusal
