"""What readers may say about an article, and what editors may upload."""

from pathlib import PurePath
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _, pgettext_lazy
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from common.errors import Refused
from common.forms import LineField
from common.images import clean_image
from kb.models import ArticleFeedback

HELPFUL = [
    ("yes", pgettext_lazy("did it help", "Yes")),
    ("no", pgettext_lazy("did it help", "No")),
]


class FeedbackForm(forms.Form):
    helpful = forms.ChoiceField(choices=HELPFUL)
    reason = forms.ChoiceField(
        label=_("What was wrong?"),
        choices=ArticleFeedback.Reason.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    note = LineField(
        label=_("What should it say?"),
        max_chars=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        help_text=_("Optional. Please leave out names, numbers and addresses."),
    )

    @property
    def is_helpful(self) -> bool:
        return self.cleaned_data["helpful"] == "yes"


class EditorsPictureField(WagtailImageField):
    """A picture of the editors, drawn anew: its renditions would publish its place."""

    def to_python(self, data: UploadedFile | None) -> Any:
        if not data:
            return super().to_python(data)
        try:
            clean = clean_image(data)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        clean.content.name = f"{PurePath(data.name or '').stem}{clean.suffix}"
        return super().to_python(clean.content)


class EditorsPictureForm(BaseImageForm):
    file = EditorsPictureField(
        label=_("Picture"), widget=BaseImageForm.Meta.widgets["file"]
    )
