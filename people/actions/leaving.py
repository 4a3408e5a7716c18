"""Taking one's data along, closing the account, and being forgotten."""

from datetime import datetime

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction

from people import registries, signals
from people.actions.roles import end_sessions
from people.handles import ERASED_PREFIX
from people.models import OldHandle, Person
from people.queries import forgotten


@transaction.atomic
def erase_person(*, person: Person, at: datetime) -> Person:
    """Blank everything that says who this was. The row stays, so posts keep a place.

    Their handles go to nobody else. Erasing twice changes nothing.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.is_erased:
        return person
    end_sessions(person)
    for model in (EmailAddress, SocialAccount, Authenticator):
        model.objects.filter(user=person).delete()
    person.identities.all().delete()
    person.notifications.all().delete()
    person.notification_choices.all().delete()
    person.api_keys.all().delete()
    person.groups.clear()
    person.user_permissions.clear()
    _forget_handles(person, at)
    person.handle = f"{ERASED_PREFIX}{person.pk}"
    person.display_name = person.bio = person.language = person.time_zone = ""
    person.email = person.region = person.last_login = None
    person.is_active = person.is_superuser = False
    person.standing = Person.Standing.MEMBER
    person.erased_at = at
    person.set_unusable_password()
    person.save()
    for forget in registries.erasures():
        forget(person=person, at=at)
    signals.person_erased.send(Person, person=person, at=at)
    return person


def _forget_handles(person: Person, at: datetime) -> None:
    """Keep only a keyed hash: nobody reads the handle, and nobody takes it."""
    OldHandle.objects.create(
        person=person,
        handle=person.handle,
        handle_skeleton=person.handle_skeleton,
        left_at=at,
    )
    for old in person.old_handles.all():
        old.handle, old.handle_skeleton = "", forgotten(old.handle_skeleton)
        old.save()
