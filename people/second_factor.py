"""Whether this session has passed a second factor, and who must."""

from django.conf import settings
from django.http import HttpRequest

from people.models import Person

SESSION_KEY = "second_factor_of"


def is_required() -> bool:
    return settings.ANSWERHALL_STAFF_MFA == "required"


def passed(request: HttpRequest) -> bool:
    """The mark names its person, so it is worth nothing to the next one."""
    return request.session.get(SESSION_KEY) == request.user.pk


def mark(request: HttpRequest, person: Person) -> None:
    request.session[SESSION_KEY] = person.pk


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)
