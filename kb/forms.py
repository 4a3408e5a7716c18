"""What readers may say about an article."""

from django import forms
from django.utils.translation import gettext_lazy as _

from common.forms import LineField
from kb.models import ArticleFeedback

HELPFUL = [("yes", _("Yes")), ("no", _("No"))]


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
