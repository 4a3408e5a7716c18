"""Cases of fair play, and appeals."""

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed, Refused


class YourOwnCase(NotAllowed):
    sentence = _(
        "You are one of the people this case is about, so a colleague has to decide. "
        "Nothing was changed."
    )


class CaseClosed(Refused):
    status = 409
    sentence = _(
        "Somebody decided about this case a moment ago. Nothing was changed; look at "
        "what they wrote."
    )


class CaseNeedsReason(Refused):
    status = 400
    sentence = _(
        "Please say why: the people concerned read it. Nothing was changed yet."
    )


class NobodyChosen(Refused):
    status = 400
    sentence = _(
        "Choose whose points are taken back. Nothing was changed yet; the points of "
        "those you leave out are released."
    )


class NothingToAppeal(Refused):
    status = 409
    sentence = _("There is no decision about your points to appeal against right now.")


class AppealedAlready(Refused):
    status = 409
    sentence = _(
        "You appealed against this decision already. Your words are kept, and somebody "
        "who did not decide reads them."
    )


class AppealTooLate(Refused):
    status = 409
    sentence = _(
        "Appeals are taken for %(days)s days after a decision, and these are over. "
        "Please write to us with a ticket instead."
    )


class AppealAnswered(Refused):
    status = 409
    sentence = _("This appeal was answered already. Nothing was changed.")


class DecidedByYou(NotAllowed):
    sentence = _(
        "The decision was yours, so somebody else has to answer the appeal. Nothing "
        "was changed."
    )
