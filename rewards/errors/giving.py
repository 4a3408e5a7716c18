"""Points by hand, to good causes, to members, and to a later day."""

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed, Refused


class PointsMissing(Refused):
    status = 409
    sentence = _(
        "You have %(has)s points to give. Nothing was taken from you. "
        "Choose a smaller number, at least 1."
    )


class DonationTooSmall(Refused):
    sentence = _(
        "A donation begins at %(least)s points. Nothing was taken from you. "
        "Give a few more, or keep them for later."
    )


class CharityClosed(Refused):
    status = 409
    sentence = _(
        "This good cause takes no points at the moment. Nothing was taken from you. "
        "Please choose another."
    )


class NothingToCarryOver(Refused):
    status = 409
    sentence = _(
        "None of your points can be carried over now: each can be once, within the "
        "30 days before it expires. Nothing was changed."
    )


class NotToYourself(Refused):
    sentence = _("These points are yours already. Choose another member.")


class PassedOnAlready(Refused):
    status = 409
    sentence = _(
        "You have passed points on in %(year)s, and once a year is the most. "
        "Nothing more was taken from you."
    )


class PassingOnClosed(Refused):
    status = 409
    sentence = _("Points can't be passed on at the moment. Nothing was taken from you.")


class TooMuchToPassOn(Refused):
    sentence = _(
        "At most %(most)s points can be passed on in a year. "
        "Nothing was taken from you. Choose a smaller number."
    )


class NotAMemberLongEnough(NotAllowed):
    sentence = _(
        "Points go from member to member: both with a confirmed e-mail address, for "
        "at least %(days)s days, and neither in charge of points. "
        "Nothing was taken from you."
    )


class ReceivesTooMuch(Refused):
    status = 409
    sentence = _(
        "This member can't receive that many points now. Nothing was taken from you. "
        "Choose a smaller number or another member."
    )


class NotToEachOther(NotAllowed):
    sentence = _(
        "Between the two of you no points can be passed on. "
        "Nothing was taken from you. Ask our team if you think this is wrong."
    )


class NoSuchMember(Refused):
    sentence = _(
        "Nobody has this name here. Nothing was taken from you. "
        "It is the last part of the address of the member's page."
    )


class NotForYourself(NotAllowed):
    sentence = _(
        "These points would be your own, so a colleague has to decide. "
        "Nothing was changed."
    )


class AwardNeedsAnother(NotAllowed):
    sentence = _(
        "You proposed this award, so another manager has to agree. Nothing was changed."
    )


class AwardNeedsReason(Refused):
    sentence = _("Say why, in a sentence the member may read. Nothing was changed.")


class AwardOutOfBounds(Refused):
    sentence = _(
        "Give at least %(least)s and at most %(most)s points. Nothing was changed."
    )


class AwardToNobody(Refused):
    status = 409
    sentence = _(
        "Points go to members who can sign in, for what everybody can see. "
        "Nothing was changed."
    )


class AwardDecided(Refused):
    status = 409
    sentence = _("This award was decided already. Nothing was changed.")


class AlreadyCommended(Refused):
    status = 409
    sentence = _("You have commended this answer already. Nothing was changed.")


class BudgetSpent(Refused):
    status = 409
    sentence = _(
        "This month's budget has not so many points left. Nothing was given. "
        "Give fewer, wait for next month, or change the terms of the points."
    )


class BudgetBusy(Refused):
    status = 503
    sentence = _(
        "Many points are being given this moment. Nothing was changed. "
        "Try again in a few seconds."
    )


class NoSuchAnswer(Refused):
    sentence = _(
        "There is no such answer. Nothing was changed. "
        "Copy the address from the link below the answer, or type its number."
    )
