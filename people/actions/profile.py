"""What people tell about themselves."""

from datetime import datetime

from django.db import transaction

from common.text import clean_body
from people import signals
from people.actions.arriving import free_handle, save_new
from people.errors import TimeZoneUnknown
from people.handles import skeleton
from people.models import BIO_MAX_CHARS, OldHandle, Person
from people.names import clean_display_name
from people.zones import is_zone


@transaction.atomic
def change_profile(
    *,
    person: Person,
    display_name: str,
    handle: str,
    bio: str,
    language: str,
    time_zone: str,
    at: datetime,
) -> Person:
    """Rewrite what a person tells about themselves."""
    if time_zone and not is_zone(time_zone):
        raise TimeZoneUnknown
    person = change_names(
        person=person, display_name=display_name, handle=handle, at=at
    )
    person.bio = clean_body(bio, BIO_MAX_CHARS)
    person.language = language
    person.time_zone = time_zone
    person.save(update_fields=["bio", "language", "time_zone"])
    return person


@transaction.atomic
def change_names(
    *,
    person: Person,
    display_name: str,
    handle: str,
    at: datetime,
    allow_reserved: bool = False,
) -> Person:
    """Rename a person. The handle they leave keeps leading to them.

    Raises HandleNotAllowed, HandleReserved, HandleTaken, NameNotAllowed, NameReserved.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if display_name != person.display_name:
        person.display_name = clean_display_name(
            display_name, allow_reserved=allow_reserved
        )
    if handle != person.handle:
        _move_to(person, handle, allow_reserved=allow_reserved, at=at)
    save_new(person)
    signals.profile_changed.send(Person, person=person, at=at)
    return person


def _move_to(
    person: Person, handle: str, *, allow_reserved: bool, at: datetime
) -> None:
    old, looks = person.handle, person.handle_skeleton
    person.handle = free_handle(handle, of=person, allow_reserved=allow_reserved)
    new_looks = skeleton(person.handle)
    if new_looks == looks:
        return
    # Going back to a handle they had is theirs to do.
    person.old_handles.filter(handle_skeleton=new_looks).delete()
    OldHandle.objects.create(
        person=person, handle=old, handle_skeleton=looks, left_at=at
    )


def change_language(*, person: Person, language: str) -> None:
    Person.objects.filter(pk=person.pk).update(language=language)
    person.language = language
