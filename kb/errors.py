"""What may be refused about articles, each with its sentence."""

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed, Refused


class NotAnEditor(NotAllowed):
    sentence = _(
        "Only editors can write official articles. Nothing was changed. "
        "Ask an editor to take this up."
    )


class NotYetPublic(Refused):
    status = 404
    sentence = _("This article is not published, so it takes no feedback yet.")
