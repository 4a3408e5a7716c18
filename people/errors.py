"""What people may be refused, and the sentence they read."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refused


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
        "A name may not look like a web or e-mail address. Please choose another."
    )


class PersonErased(Refused):
    status = 410
    sentence = _("This person has left, and their profile was erased.")


class TooManySignIns(Refused):
    """Too many wrong passwords for one account, or too many tries from one place."""

    status = 429
    sentence = _(
        "Too many sign-in attempts. Your account is unchanged: wait a few minutes and"
        " try again, or ask for a sign-in code by e-mail."
    )

    def __init__(self, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after
