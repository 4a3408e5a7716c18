"""Every way people change."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, transaction

from common import outbox
from common.text import clean_body, clean_line, pinyin_slug
from people import registries, signals
from people.errors import (
    HandleTaken,
    KeysAreForMembers,
    TimeZoneUnknown,
    TooManyKeys,
)
from people.handles import ERASED_PREFIX, MAX_CHARS, clean_handle, is_reserved, skeleton
from people.models import (
    ApiKey,
    Consent,
    Identity,
    Notification,
    NotificationChoice,
    OldHandle,
    Person,
)
from people.names import clean_display_name, imported_name, imported_text
from people.queries import (
    AGREED_AT_SIGN_UP,
    acts_for_the_house,
    api_keys_of,
    forgotten,
    hash_of_key,
    is_taken,
    wants,
)
from people.zones import is_zone

BIO_MAX_CHARS = 500
MAIL_KIND = "people.notification_mail"
BULK_ROWS = 500
KEYS_MOST = 20
KEY_NAME_MAX_CHARS = 60
KEY_BEGINS = "ah_"
KEY_SHOWN_CHARS = 9


# Coming in


@transaction.atomic
def create_person(
    *,
    handle: str = "",
    display_name: str = "",
    email: str | None = None,
    email_verified: bool = False,
    password: str | None = None,
    language: str = "",
    bio: str = "",
    accepts_terms: bool = False,
    allow_reserved: bool = False,
    at: datetime,
) -> Person:
    """Somebody who may sign in, by password or, without one, by e-mailed code.

    Without a handle one is made from the display name, never from the e-mail.
    Raises HandleNotAllowed, HandleReserved, HandleTaken, NameNotAllowed.
    """
    name = clean_display_name(display_name, allow_reserved=allow_reserved)
    person = Person(
        handle=free_handle(handle, allow_reserved=allow_reserved)
        if handle
        else generated_handle(name),
        display_name=name,
        email=email,
        language=language,
        bio=clean_body(bio, BIO_MAX_CHARS),
        password=make_password(password),
        date_joined=at,
    )
    save_new(person)
    if person.email:
        EmailAddress.objects.create(
            user=person, email=person.email, primary=True, verified=email_verified
        )
    if accepts_terms:
        accept_terms(person=person, at=at)
    signals.person_created.send(Person, person=person, at=at)
    return person


@transaction.atomic
def complete_sign_up(*, person: Person, at: datetime) -> None:
    """Somebody filled in the sign-up form: record what they agreed to."""
    accept_terms(person=person, at=at)
    signals.person_created.send(Person, person=person, at=at)


def save_new(person: Person) -> None:
    """Two people may take one handle at once; the second hears it is taken."""
    try:
        with transaction.atomic():
            person.save()
    except IntegrityError:
        if is_taken(person.handle, by_other_than=person):
            raise HandleTaken from None
        raise


def free_handle(
    handle: str, *, of: Person | None = None, allow_reserved: bool = False
) -> str:
    cleaned = clean_handle(handle, allow_reserved=allow_reserved)
    if is_taken(cleaned, by_other_than=of):
        raise HandleTaken
    return cleaned


def generated_handle(name: str) -> str:
    """A free handle that reads like the name: 林建 becomes linjian-4821."""
    base = _base_of(name)
    for digits in (4, 4, 4, 6, 6, 8):
        handle = f"{base}-{secrets.randbelow(10**digits):0{digits}}"
        if not is_taken(handle):
            return handle
    raise HandleTaken


def _base_of(name: str) -> str:
    slug = pinyin_slug(name, max_length=MAX_CHARS - 9).strip("-_") or "member"
    return "member" if is_reserved(slug) or len(slug) < 2 else slug


@dataclass(frozen=True)
class ImportedPerson:
    """A row for create_imported_people: who somebody was in another community."""

    source: str
    source_id: str
    display_name: str
    bio: str = ""
    joined_at: datetime | None = None


@transaction.atomic
def create_imported_people(
    rows: Iterable[ImportedPerson], *, at: datetime
) -> dict[str, Person]:
    """Store authors of imported posts, without login; returns them by source_id.

    Rows of one source. Those stored before are returned as they are, so an import
    may be run again. Announces nothing: history is not news.
    """
    every = list(rows)
    if len({row.source for row in every}) > 1:
        raise ValueError("Import one source at a time.")
    wanted = list({row.source_id: row for row in every}.values())
    found: dict[str, Person] = {}
    for start in range(0, len(wanted), BULK_ROWS):
        found |= _import_chunk(wanted[start : start + BULK_ROWS], at)
    return found


def _import_chunk(rows: list[ImportedPerson], at: datetime) -> dict[str, Person]:
    ids = [row.source_id for row in rows]
    stored = Person.objects.filter(source=rows[0].source, source_id__in=ids)
    known = {person.source_id: person for person in stored}
    fresh = [_imported(row, at) for row in rows if row.source_id not in known]
    _part_alike(fresh)
    Person.objects.bulk_create(fresh)
    return known | {person.source_id: person for person in fresh}


def _imported(row: ImportedPerson, at: datetime) -> Person:
    name = imported_name(row.display_name)
    return Person(
        source=row.source,
        source_id=row.source_id,
        handle=_base_of(name),
        display_name=name,
        bio=imported_text(row.bio, BIO_MAX_CHARS),
        password=make_password(None),
        date_joined=row.joined_at or at,
    )


def _part_alike(fresh: list[Person]) -> None:
    """Give everybody's handle a number until no two look the same; few queries."""
    waiting = [(person, person.handle) for person in fresh]
    seen: set[str] = set()
    digits = 4
    while waiting:
        for person, base in waiting:
            number = f"{secrets.randbelow(10**digits):0{digits}}"
            person.handle = f"{base}-{number}"
            person.prepare_to_save()
        looks = [person.handle_skeleton for person, _base in waiting]
        taken = set(
            Person.objects.filter(handle_skeleton__in=looks).values_list(
                "handle_skeleton", flat=True
            )
        ) | set(
            OldHandle.objects.filter(handle_skeleton__in=looks).values_list(
                "handle_skeleton", flat=True
            )
        )
        again = []
        for person, base in waiting:
            if person.handle_skeleton in taken or person.handle_skeleton in seen:
                again.append((person, base))
            else:
                seen.add(person.handle_skeleton)
        waiting, digits = again, 8


@transaction.atomic
def identify(
    *, person: Person, channel: str, external_id: str, at: datetime
) -> Identity:
    """Remember how another channel knows the person; once per identity."""
    identity, _created = Identity.objects.get_or_create(
        channel=channel,
        external_id=external_id,
        defaults={"person": person, "at": at},
    )
    return identity


# Profile


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


# Standing and roles


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


# Consent


@transaction.atomic
def accept_terms(
    *, person: Person, at: datetime, version: str | None = None
) -> list[Consent]:
    """Record consent to terms, privacy policy and licence in one version."""
    version = version or settings.ANSWERHALL_TERMS_VERSION
    return [
        Consent.objects.update_or_create(
            person=person,
            kind=kind,
            version=version,
            defaults={"withdrawn_at": None},
            create_defaults={"at": at},
        )[0]
        for kind in AGREED_AT_SIGN_UP
    ]


@transaction.atomic
def choose_marketing(*, person: Person, is_wanted: bool, at: datetime) -> None:
    """Say yes or no to news and offers. A no counts from this moment."""
    version = settings.ANSWERHALL_TERMS_VERSION
    standing = person.consents.filter(kind=Consent.Kind.MARKETING, withdrawn_at=None)
    if not is_wanted:
        standing.update(withdrawn_at=at)
    elif not standing.exists():
        Consent.objects.update_or_create(
            person=person,
            kind=Consent.Kind.MARKETING,
            version=version,
            defaults={"at": at, "withdrawn_at": None},
        )


# Notifications


@transaction.atomic
def notify(
    *,
    person: Person,
    kind: str,
    key: str,
    at: datetime,
    data: dict[str, Any] | None = None,
    url: str = "",
) -> Notification | None:
    """Tell somebody a fact, once per key.

    None when they were told before, cannot sign in, or asked not to hear of it.
    """
    if kind not in registries.notification_kinds():
        raise LookupError(f"No sentence is registered for notifications of {kind!r}")
    if person.is_imported or person.is_erased or not person.is_active:
        return None
    by_mail = wants(person, kind, NotificationChoice.Channel.MAIL)
    on_site = wants(person, kind, NotificationChoice.Channel.SITE)
    if not (on_site or by_mail):
        return None
    notification, created = Notification.objects.get_or_create(
        key=key,
        defaults={
            "person": person,
            "kind": kind,
            "data": data or {},
            "url": url,
            "at": at,
            # Told by mail alone: it waits for nobody on the site.
            "read_at": None if on_site else at,
        },
    )
    if not created:
        return None
    if by_mail and person.email:
        outbox.put(MAIL_KIND, str(notification.pk), {"id": notification.pk}, at=at)
    return notification


def mark_read(*, person: Person, at: datetime, pk: int | None = None) -> int:
    """Mark one notification, or all, as read; returns how many were new."""
    unread = person.notifications.unread()
    if pk is not None:
        unread = unread.filter(pk=pk)
    return unread.update(read_at=at)


@transaction.atomic
def choose_notifications(
    *, person: Person, kinds: Iterable[str], on_site: bool, by_mail: bool
) -> None:
    channels = NotificationChoice.Channel
    NotificationChoice.objects.bulk_create(
        [
            NotificationChoice(
                person=person, kind=kind, channel=channel, is_wanted=is_wanted
            )
            for kind in kinds
            for channel, is_wanted in (
                (channels.SITE, on_site),
                (channels.MAIL, by_mail),
            )
        ],
        update_conflicts=True,
        unique_fields=["person", "kind", "channel"],
        update_fields=["is_wanted"],
    )


# API keys


@transaction.atomic
def make_api_key(
    *, person: Person, name: str, scope: str, days: int, at: datetime
) -> tuple[ApiKey, str]:
    """A key that lives for so many days, and its secret, which nobody sees again."""
    # Two tabs make their keys one after another, so that both are counted.
    person = Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if acts_for_the_house(person):
        raise KeysAreForMembers
    if api_keys_of(person, at).count() >= KEYS_MOST:
        raise TooManyKeys(most=KEYS_MOST)
    secret = KEY_BEGINS + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        person=person,
        name=clean_line(name, KEY_NAME_MAX_CHARS),
        scope=ApiKey.Scope(scope),
        prefix=secret[:KEY_SHOWN_CHARS],
        hash=hash_of_key(secret),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    notify(
        person=person,
        kind="people.api_key_made",
        data={"name": key.name},
        key=f"api-key:{key.pk}",
        at=at,
    )
    return key, secret


def revoke_api_key(*, person: Person, pk: int, at: datetime) -> bool:
    """End one of the person's keys. False if there was none in force."""
    mine = person.api_keys.in_force(at).filter(pk=pk)
    return bool(mine.update(revoked_at=at))


def revoke_api_keys(*, person: Person, at: datetime) -> int:
    """End every key of the person; returns how many there were."""
    return person.api_keys.in_force(at).update(revoked_at=at)


def note_api_key_used(key: ApiKey, at: datetime) -> None:
    """Once an hour at most: reading through the API should not cost a write."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    if key.last_used_at != hour:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=hour)
        key.last_used_at = hour


# Leaving


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
