"""What people may be refused, and the sentence they read."""

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed, Refused, TooMany


class HandleNotAllowed(Refused):
    sentence = _(
        "This handle was not taken. Use 2 to 30 Latin letters, digits, - and _, or"
        " 2 to 30 Chinese characters and digits, typed in half width and not mixed."
    )


class HandleReserved(Refused):
    sentence = _(
        "This handle is kept for the people who run the site. Please choose another."
    )


class HandleTaken(Refused):
    sentence = _(
        "Somebody has this handle, or one that looks the same. Please choose another."
    )


class NameNotAllowed(Refused):
    sentence = _(
        "A name is one line without hidden characters, and may not look like a web or"
        " e-mail address. Please choose another."
    )


class NameReserved(Refused):
    sentence = _(
        "This name is kept for the people who run the site. Please choose another."
    )


class PersonErased(Refused):
    status = 410
    sentence = _("This person has left, and their profile was erased.")


class TooManySignIns(TooMany):
    """Too many wrong passwords for one account, or too many tries from one place."""

    sentence = _(
        "Too many sign-in attempts. Your account is unchanged: wait a few minutes and"
        " try again, or ask for a sign-in code by e-mail."
    )


class TooManySignUps(TooMany):
    """As many accounts as one address may open in a day have been opened."""

    sentence = _(
        "Several accounts were opened from your internet connection today. None was"
        " opened now; what you typed is still here, except the password. Try again in"
        " %(wait)s, or from another connection."
    )


class TimeZoneUnknown(Refused):
    sentence = _("This time zone is not known here. Please choose one from the list.")


class TermsNotAccepted(Refused):
    status = 403
    sentence = _(
        "Our terms have changed. Nothing was done yet: read and accept them on your"
        " profile's terms page, then send this again."
    )


class SecondFactorFirst(NotAllowed):
    sentence = _(
        "You act for the house here: pass your second factor on the site first."
        " Nothing was changed."
    )


class KeyNotAccepted(Refused):
    """Unknown, expired, revoked, or its person may no longer sign in."""

    status = 401
    title = _("This key is not accepted")
    headers = {"WWW-Authenticate": 'Bearer realm="Answerhall", error="invalid_token"'}
    sentence = _(
        "This API key is wrong, has expired or was revoked. Nothing was changed. Make a"
        " new one on the site, under “Sign-in and security”."
    )


class KeyOnlyReads(NotAllowed):
    headers = {
        "WWW-Authenticate": 'Bearer realm="Answerhall", error="insufficient_scope"'
    }
    sentence = _(
        "This API key may only read. Nothing was changed. Make one that may write on"
        " the site, under “Sign-in and security”."
    )


class KeysAreForMembers(NotAllowed):
    """A key has no second factor, so it never carries a right of the house."""

    sentence = _(
        "You act for the house, and a key would act without your second factor: staff"
        " neither make nor use API keys. Nothing was changed. Use the site, or a"
        " member's account of your own."
    )


class TooManyKeys(Refused):
    status = 409
    sentence = _(
        "You have %(most)s API keys already. Nothing was made: revoke one that you no"
        " longer use, then try again."
    )


class StaffStay(NotAllowed):
    sentence = _(
        "You act for the house: ask a manager to take your roles away first. Your"
        " account is unchanged."
    )


class TooManyCopies(TooMany):
    sentence = _(
        "You took several copies of your data today. Nothing is lost: please try again"
        " in %(wait)s."
    )
