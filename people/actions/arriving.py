"""How people come to be known here: by signing up, or with what they once wrote."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from common.text import clean_body, pinyin_slug
from people import signals
from people.actions.agreeing import accept_terms
from people.errors import HandleTaken
from people.handles import MAX_CHARS, clean_handle, is_reserved
from people.models import BIO_MAX_CHARS, Identity, OldHandle, Person
from people.names import clean_display_name, imported_name, imported_text
from people.queries import is_taken

BULK_ROWS = 500


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
