"""Gifts: ordering, holding, waiting for a turn, and what becomes of an order."""

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


class LevelNeeded(NotAllowed):
    sentence = _(
        "This gift is for members from the level “%(level)s” on. "
        "Your points are all still there. Your page shows what the next level needs."
    )


class OnlyByTurns(Refused):
    status = 409
    sentence = _(
        "Many want this gift, so it is given by turns. Nothing was taken from you. "
        "Enter its waiting room."
    )


class RoomNotOpen(Refused):
    status = 409
    sentence = _(
        "The waiting room opens an hour before the gift does. Come back then; "
        "being early in it gives nobody a better place."
    )


class HoldEnded(Refused):
    status = 409
    sentence = _(
        "The time to confirm is over, so your points went back to you and the gift "
        "to the next. If there is one left, you can order again."
    )


class HoldingAnother(Refused):
    status = 409
    sentence = _(
        "Another gift is kept for you right now. Confirm it or let it go first. "
        "Nothing was taken from you."
    )


class HeldTooOften(Refused):
    status = 429
    sentence = _(
        "This gift was kept for you twice today and not confirmed. You can still "
        "redeem it at once. Nothing was taken from you."
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


class NothingToRepeat(Refused):
    status = 409
    sentence = _(
        "This gift was delivered, or its order is closed. Nothing was sent again."
    )


class LinkOfAnother(NotAllowed):
    sentence = _(
        "This link was sent to somebody else. It was not used up; your own purse is "
        "on the rewards page."
    )


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
