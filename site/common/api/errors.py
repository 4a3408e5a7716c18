"""What programs are refused, beside what their rooms refuse everybody."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refused


class Misunderstood(Refused):
    """Some fields are missing or of the wrong kind; the problem names them."""

    title = _("This could not be understood")
    sentence = _("Some of what you sent could not be understood. Nothing was changed.")


class NotJson(Refused):
    title = _("This could not be understood")
    sentence = _(
        "The body of the request is not valid JSON in UTF-8, or names something twice."
        " Nothing was changed."
    )


class AskedTwice(Refused):
    title = _("This could not be understood")
    sentence = _("“%(name)s” stands in the address more than once. Send it once.")


class NotACursor(Refused):
    title = _("This could not be understood")
    sentence = _(
        "This cursor does not belong to this list. Start again without one, then follow"
        " “next”."
    )


class WrongMediaType(Refused):
    status = 415
    title = _("This could not be understood")
    sentence = _("Send the body as application/json. Nothing was changed.")


class SignInFirst(Refused):
    status = 401
    title = _("Who are you?")
    headers = {"WWW-Authenticate": 'Bearer realm="Answerhall"'}
    sentence = _(
        "This needs a signed-in person: send an API key of yours as"
        " “Authorization: Bearer …”. Nothing was changed."
    )


class NotTrusted(Refused):
    """A browser's session without the token that only our own pages hold."""

    status = 403
    title = _("This request could not be trusted")
    sentence = _(
        "A signed-in browser has to send the page's CSRF token as X-CSRFToken."
        " Nothing was changed. Programs use an API key instead."
    )


class NothingHere(Refused):
    status = 404
    title = _("Nothing here")
    sentence = _("There is nothing at this address, or it is not yours to see.")


class NotThisMethod(Refused):
    status = 405
    title = _("Not this way")
    sentence = _("This address does not take %(method)s. Nothing was changed.")


class OurFault(Refused):
    status = 500
    title = _("Something went wrong here")
    sentence = _(
        "The fault is ours and was noted. Nothing was changed. Please try again later."
    )
