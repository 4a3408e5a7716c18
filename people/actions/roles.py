"""Standing, roles, and whether somebody may come in at all."""

from collections.abc import Iterable
from datetime import datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth.models import Group, Permission
from django.db import transaction

from people import registries, signals
from people.actions.keys import revoke_api_keys
from people.models import Person


@transaction.atomic
def set_standing(*, person: Person, standing: str, at: datetime) -> None:
    """Store the badge shown beside the name. Staff keep theirs while they are staff.

    Standing gives no right: rights are read from groups.
    """
    current = Person.objects.select_for_update().get(pk=person.pk)
    if current.is_staff:
        standing = Person.Standing.STAFF
    old, person.standing = current.standing, Person.Standing(standing)
    if old == person.standing:
        return
    Person.objects.filter(pk=person.pk).update(standing=person.standing)
    signals.standing_changed.send(
        Person, person=person, old=old, new=person.standing, at=at
    )


def refresh_standing(*, people: Iterable[Person], at: datetime) -> None:
    """After a change of roles: who may enter the admin is staff, nobody else is."""
    for stale in people:
        person = Person.objects.get(pk=stale.pk)
        if person.is_staff:
            set_standing(person=person, standing=Person.Standing.STAFF, at=at)
        elif person.standing == Person.Standing.STAFF:
            set_standing(person=person, standing=Person.Standing.MEMBER, at=at)


@transaction.atomic
def change_roles(*, person: Person, groups: Iterable[Group], at: datetime) -> None:
    """Give the staff groups named here and take the others. Other groups stay."""
    ours = Group.objects.filter(name__in=registries.GROUPS)
    kept = person.groups.exclude(pk__in=ours)
    person.groups.set([*kept, *groups])
    refresh_standing(people=[person], at=at)


@transaction.atomic
def make_superuser(*, person: Person, is_superuser: bool, at: datetime) -> None:
    Person.objects.filter(pk=person.pk).update(is_superuser=is_superuser)
    refresh_standing(people=[person], at=at)


@transaction.atomic
def setup_groups() -> None:
    """The staff groups with what every room grants them. Adds, never takes away."""
    for name in registries.GROUPS:
        group, _created = Group.objects.get_or_create(name=name)
        wanted = {registries.ENTER_ADMIN, *registries.grants().get(name, ())}
        group.permissions.add(*_permissions(wanted))


def _permissions(names: set[str]) -> list[Permission]:
    found = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.select_related("content_type").filter(
            codename__in=[name.split(".")[1] for name in names]
        )
    }
    if missing := names - found.keys():
        raise LookupError(f"No such permission: {', '.join(sorted(missing))}")
    return [found[name] for name in names]


@transaction.atomic
def set_active(*, person: Person, is_active: bool, at: datetime) -> None:
    """Close or open the door. Closing ends every session at once."""
    Person.objects.filter(pk=person.pk).update(is_active=is_active)
    person.is_active = is_active
    if not is_active:
        end_sessions(person)
        revoke_api_keys(person=person, at=at)
    signals.profile_changed.send(Person, person=person, at=at)


def end_sessions(person: Person, *, but: str | None = None) -> None:
    for session in UserSession.objects.filter(user=person).exclude(session_key=but):
        session.end()
