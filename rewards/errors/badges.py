"""Badges."""

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed, Refused


class BadgeNotADraft(Refused):
    status = 409
    sentence = _("This badge is in force already, or retired. Nothing was changed.")


class BadgeNotInForce(Refused):
    status = 409
    sentence = _(
        "This badge is not in force, so nobody gets it. Nothing was changed. "
        "Enable it first."
    )


class BadgeByRule(Refused):
    status = 409
    sentence = _(
        "This badge is given and taken by its rule alone. Nothing was changed. "
        "To honour somebody by hand, make a badge without a rule."
    )


class BadgeToYourself(NotAllowed):
    sentence = _(
        "You can't give yourself a badge; a colleague has to decide. "
        "Nothing was changed."
    )


class BadgeToNobody(Refused):
    status = 409
    sentence = _(
        "Badges are given by hand to members who can sign in. Nothing was changed."
    )


class BadgeReasonMissing(Refused):
    sentence = _("Say why, in a sentence everybody may read. Nothing was changed.")


class BadgeNotHeld(Refused):
    status = 409
    sentence = _("This member does not have the badge any more. Nothing was changed.")
