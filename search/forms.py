"""What staff fill in."""

from typing import Any
from urllib.parse import unquote, urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from search.indexes import public_hits
from search.models import MAX_PINNED
from search.registries import id_at


class PinForm(WagtailAdminModelForm):
    """Searches, and the addresses of what stands first for them."""

    addresses = forms.CharField(
        label=_("Recommended pages"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "The addresses of articles and questions, one a line, as the browser shows "
            "them. What nobody may read any more is left out of the results."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        things = self.instance.things
        urls = {hit.id: hit.url for hit in public_hits(things, "")}
        # What is hidden for now has no address; its id keeps its place.
        self._kept = set(things) - urls.keys()
        self.fields["addresses"].initial = "\n".join(urls.get(t, t) for t in things)

    def clean_addresses(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["addresses"].splitlines()]
        things = list(dict.fromkeys(self._thing(line) for line in lines if line))
        if len(things) > MAX_PINNED:
            raise ValidationError(_("At most %(n)d pages.") % {"n": MAX_PINNED})
        return things

    def save(self, commit: bool = True) -> Any:
        self.instance.things = self.cleaned_data["addresses"]
        return super().save(commit)

    def _thing(self, line: str) -> str:
        if line in self._kept:
            return line
        thing = id_at(unquote(urlsplit(line).path))
        if not thing or not public_hits([thing], ""):
            raise ValidationError(
                _("There is no public article or question at “%(address)s”.")
                % {"address": line}
            )
        return thing
