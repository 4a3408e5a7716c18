"""What must not be true when a public site starts."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from answerhall.demo.loading import password_works


def refuse_demo_passwords() -> None:
    """The demo's password is printed in the README: no public site may know it."""
    if settings.DEMO_LOGINS_ALLOWED or not password_works():
        return
    raise ImproperlyConfigured(
        "A demo account can still be entered with the password from the README. "
        "Change these passwords or switch the accounts off before the site is public."
    )
