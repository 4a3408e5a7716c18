"""Keys that let programs act in somebody's name."""

import secrets
from datetime import datetime, timedelta

from django.db import transaction

from common.text import clean_line
from people.actions.telling import notify
from people.errors import KeysAreForMembers, TooManyKeys
from people.models import ApiKey, Person
from people.queries import acts_for_the_house, api_keys_of, hash_of_key

KEYS_MOST = 20
KEY_NAME_MAX_CHARS = 60
KEY_BEGINS = "ah_"
KEY_SHOWN_CHARS = 9


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
