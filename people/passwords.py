"""What a password may not be, beyond Django's own lists."""

import re
import unicodedata
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from people.models import Person

SITE_WORDS = ("answerhall", "password", "passwort", "welcome", "问答厅", "密码")


class SiteWordsValidator:
    """Refuse a password that is one of the site's words with a little around it."""

    def validate(self, password: str, user: "Person | None" = None) -> None:  # noqa: ARG002
        folded = unicodedata.normalize("NFKC", password).casefold()
        letters = re.sub(r"[\W\d_]+", "", folded)
        names = (*SITE_WORDS, settings.WAGTAIL_SITE_NAME.casefold())
        rest = min(len(letters.replace(name, "")) for name in names)
        if rest < 4 and any(name in letters for name in names):
            raise ValidationError(self.get_help_text(), code="password_site_word")

    def get_help_text(self) -> str:
        return _("Your password can't be the name of this site with a few characters.")
