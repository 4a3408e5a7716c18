"""What a person may be refused, and the sentence they read about it.

A room subclasses Refused in its own errors.py and names each after what happened.
"""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, ngettext

Words = str | Promise


class Refused(Exception):
    """An expected refusal: nothing is broken, and the person is told what to do.

    The sentence says what happened, what was kept and what to do. Facts given to the
    constructor fill its %(named)s places and stay readable as attributes.
    """

    status = 400
    title: Words = _("This was not done")
    sentence: Words = _(
        "What you asked for could not be done. Nothing was changed. Go back and try"
        " again."
    )
    retry_after: int | None = None
    headers: dict[str, str] = {}

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self.facts = facts
        for name, value in facts.items():
            setattr(self, name, value)

    def __str__(self) -> str:
        """The sentence in the reader's language, filled in."""
        return str(self.sentence % self.facts) if self.facts else str(self.sentence)


class NotAllowed(Refused):
    """They may see this, but not change it."""

    status = 403
    title = _("You may not do this")
    sentence = _(
        "This is not yours to change. Nothing was changed. If you think it should be,"
        " write to our team."
    )


class TooMany(Refused):
    """More often than the limits allow; `retry_after` is in seconds."""

    status = 429
    title = _("Please wait a little")
    sentence = _(
        "You are doing this very often. Nothing was changed and nothing you typed is"
        " lost. Please try again in %(wait)s."
    )

    def __init__(self, retry_after: int) -> None:
        super().__init__(wait=_Wait(retry_after))
        self.retry_after = retry_after


class OnlyByForm(Refused):
    """Somebody opened the address of a form instead of sending the form."""

    status = 405
    headers = {"Allow": "POST"}
    sentence = _(
        "This address only takes forms that are sent to it. Nothing was changed. Go"
        " back to the page and use its button."
    )


class _Wait:
    """Seconds that are put into words only when somebody reads them."""

    def __init__(self, seconds: int) -> None:
        self.seconds = max(1, seconds)

    def __str__(self) -> str:
        if self.seconds < 60:
            number = self.seconds
            words = ngettext("%(number)d second", "%(number)d seconds", number)
        elif self.seconds < 3600:
            number = -(-self.seconds // 60)
            words = ngettext("%(number)d minute", "%(number)d minutes", number)
        else:
            number = -(-self.seconds // 3600)
            words = ngettext("%(number)d hour", "%(number)d hours", number)
        return words % {"number": number}
