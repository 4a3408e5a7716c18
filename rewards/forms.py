"""What managers fill in about gifts."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from common.errors import Refused
from common.images import clean_image
from common.text import clean_line
from rewards.actions.stocking import add_codes, hold_stock
from rewards.models import Gift

# Pages that lie beside the gifts.
TAKEN_ADDRESSES = {"causes", "history", "pass-on", "redemptions", "statements"}
CODE_MOST_CHARS = 80
CODES_MOST_CHARS = 400_000


class GiftForm(WagtailAdminModelForm):
    """A gift, its stock as a difference, and new codes for it."""

    stock_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    new_codes = forms.CharField(
        label=_("add codes"),
        required=False,
        max_length=CODES_MOST_CHARS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line. Each is shown to one buyer; known ones are skipped."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "stock_seen" in self.fields:
            self.fields["stock_seen"].initial = self.instance.stock

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in TAKEN_ADDRESSES:
            raise ValidationError(_("Another page has this address. Choose another."))
        return slug

    def clean_picture(self) -> Any:
        picture = self.cleaned_data.get("picture")
        if not isinstance(picture, UploadedFile):
            return picture
        try:
            clean = clean_image(picture)
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        clean.content.name = f"gift{clean.suffix}"
        return clean.content

    def clean_new_codes(self) -> list[str]:
        lines = self.cleaned_data["new_codes"].splitlines()
        try:
            codes = [clean_line(line, CODE_MOST_CHARS).strip() for line in lines]
        except Refused as refusal:
            raise ValidationError(str(refusal)) from refusal
        return list(dict.fromkeys(code for code in codes if code))

    @transaction.atomic
    def save(self, commit: bool = True) -> Gift:
        gift: Gift = self.instance
        if gift.pk:
            # People order while the form is open: their orders must not be undone.
            gift.stock = hold_stock(
                gift, wanted=gift.stock, seen=self.cleaned_data.get("stock_seen")
            )
        elif gift.has_codes:
            gift.stock = 0
        gift = super().save(commit=commit)
        if commit and self.cleaned_data.get("new_codes"):
            gift.stock = add_codes(gift=gift, codes=self.cleaned_data["new_codes"])
        return gift
