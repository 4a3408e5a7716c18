"""What managers fill in about gifts."""

from secrets import token_urlsafe
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from common.errors import Refused
from common.images import clean_image
from common.outgoing import NoAnswer, check_outside
from common.text import clean_line
from rewards.actions.stocking import add_codes, hold_stock
from rewards.models import DeliveryHook, Gift
from rewards.sealing import seal

# Pages that lie beside the gifts.
TAKEN_ADDRESSES = {
    "carry-over",
    "causes",
    "history",
    "link",
    "pass-on",
    "redemptions",
    "statements",
}
CODE_MOST_CHARS = 80
CODES_MOST_CHARS = 400_000


class HookForm(WagtailAdminModelForm):
    """Where orders are sent. A new hook has a key nobody knows; one is made for it."""

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        try:
            check_outside(url, inside=settings.ANSWERHALL_HOOK_HOSTS)
        except NoAnswer as error:
            raise ValidationError(
                _("Only https:// addresses in the public net can be called.")
            ) from error
        return url

    def save(self, commit: bool = True) -> DeliveryHook:
        if not self.instance.sealed_key:
            self.instance.sealed_key = seal(token_urlsafe(32))
        hook: DeliveryHook = super().save(commit=commit)
        return hook


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

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean()
        if values.get("is_drop") and not values.get("opens_at"):
            self.add_error("opens_at", _("A drop opens at a moment: say which."))
        codes = Gift.StockMode.CODES
        if values.get("hook") and values.get("stock_mode") == codes:
            self.add_error("hook", _("A gift with codes needs no hook."))
        return values

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
