"""Taking one's data along, closing the account, and being forgotten."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from wagtail.models import ModelLogEntry
from wagtail.users.models import UserProfile

from people import registries, signals
from people.actions.keys import revoke_api_keys
from people.actions.roles import end_sessions
from people.actions.telling import notify
from people.errors import StaffStay
from people.handles import ERASED_PREFIX
from people.models import DataRequest, OldHandle, Person
from people.queries import acts_for_the_house, forgotten

# Long enough to come back from holidays, short enough for the law's one month.
BEFORE_CLOSING = timedelta(days=14)


@transaction.atomic
def note_copy_taken(*, person: Person, at: datetime) -> DataRequest:
    """Remember that a copy went out, and tell its person: it may not have been them."""
    copy = DataRequest.objects.create(
        person=person, kind=DataRequest.Kind.COPY, asked_at=at, done_at=at
    )
    notify(
        person=person,
        kind="people.data_copied",
        key=f"data-request:{copy.pk}",
        at=at,
    )
    return copy


@transaction.atomic
def ask_to_close(*, person: Person, at: datetime) -> DataRequest:
    """Have the account erased in 14 days, unless its person signs in before.

    They are signed out everywhere. Asking twice changes nothing. Raises StaffStay.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if acts_for_the_house(person):
        raise StaffStay
    due_at = at + BEFORE_CLOSING
    closing, is_new = DataRequest.objects.closings_ahead().get_or_create(
        person=person,
        defaults={
            "kind": DataRequest.Kind.CLOSING,
            "asked_at": at,
            "due_at": due_at,
        },
    )
    if is_new:
        notify(
            person=person,
            kind="people.closing",
            data={"due_at": due_at.isoformat()},
            key=f"data-request:{closing.pk}",
            at=at,
        )
    end_sessions(person)
    revoke_api_keys(person=person, at=at)
    return closing


def keep_account(*, person: Person, at: datetime) -> bool:
    """Somebody who asked to be erased came back. False if they had not asked."""
    ahead = person.data_requests.closings_ahead()
    return bool(ahead.update(cancelled_at=at))


def close_accounts(*, at: datetime) -> int:
    """Erase everybody whose day has come; returns how many."""
    due = DataRequest.objects.closings_ahead().filter(due_at__lte=at).order_by("due_at")
    return sum(_close(pk, at) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def _close(pk: int, at: datetime) -> bool:
    # Whoever signs in at this moment waits for the row, and then finds it done.
    ahead = DataRequest.objects.closings_ahead().select_for_update()
    closing = ahead.filter(pk=pk).first()
    if closing is None:
        return False
    erase_person(person=closing.person, at=at)
    return True


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
    _forget_in_the_admin(person)
    person.identities.all().delete()
    person.notifications.all().delete()
    person.notification_choices.all().delete()
    person.api_keys.all().delete()
    person.groups.clear()
    person.user_permissions.clear()
    person.data_requests.closings_ahead().update(done_at=at)
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


def _forget_in_the_admin(person: Person) -> None:
    """What was done to them stays logged, without the name the log gave them."""
    ModelLogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Person), object_id=person.pk
    ).update(label="-")
    for profile in UserProfile.objects.filter(user=person):
        profile.avatar.delete(save=False)
        profile.delete()


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
