"""What rewards refuse, in words for the person."""

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed, Refused


class NotEnoughPoints(Refused):
    status = 409
    sentence = _(
        "You need %(missing)s more points for this gift. Nothing was taken from you. "
        "Helpful answers earn points."
    )


class SoldOut(Refused):
    status = 409
    sentence = _(
        "Somebody else took the last one a moment ago. "
        "Your points are all still there; please choose another gift."
    )


class NotOnOffer(Refused):
    status = 409
    sentence = _(
        "This gift is not on offer right now. Your points are all still there."
    )


class LimitReached(Refused):
    status = 409
    sentence = _(
        "One person may have %(most)s of this gift, and you already do. "
        "Your points are all still there."
    )


class KeyOfAnotherOrder(Refused):
    status = 409
    sentence = _(
        "This form was already used for another order. Nothing was taken from you. "
        "Open the gift again and confirm once more."
    )


class CostChanged(Refused):
    status = 409
    sentence = _(
        "This gift costs %(cost)s points now, not what you saw before. "
        "Nothing was taken from you. Look again and confirm if you still want it."
    )


class FormWithoutKey(Refused):
    status = 400
    sentence = _(
        "The order came without the key of its form. Nothing was taken from you. "
        "Confirm it here once more."
    )


class AlreadySettled(Refused):
    status = 409
    sentence = _("This order was already delivered or cancelled. Nothing was changed.")


class YourOwnOrder(NotAllowed):
    sentence = _(
        "This order is your own, so a colleague has to settle it. Nothing was changed."
    )


class NoCodeToVoid(Refused):
    status = 409
    sentence = _(
        "This order has no code, or its points were given back already. "
        "Nothing was changed."
    )


class ReasonMissing(Refused):
    sentence = _("Say what is wrong with the code. Nothing was changed.")


class AppointingYourself(NotAllowed):
    sentence = _(
        "You can't appoint yourself; a colleague has to decide. Nothing was changed."
    )


class AlreadyAnAgent(Refused):
    status = 409
    sentence = _("This member is a service agent already. Nothing was changed.")


class NotAnAgent(Refused):
    status = 409
    sentence = _("This member is not a service agent. Nothing was changed.")


class NotAMember(Refused):
    status = 409
    sentence = _(
        "Only members who can sign in may become service agents. Nothing was changed."
    )
