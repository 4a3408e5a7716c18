"""What people ask about people."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import get_language, override

from people import registries
from people.handles import same, skeleton
from people.models import (
    ApiKey,
    Consent,
    DataRequest,
    Notification,
    NotificationChoice,
    OldHandle,
    Person,
)

AGREED_AT_SIGN_UP = (
    Consent.Kind.TERMS,
    Consent.Kind.PRIVACY,
    Consent.Kind.CONTENT_LICENCE,
)


def person_at(handle: str) -> Person | None:
    """Who has this handle or once had it, in any case of letters.

    Whoever looks the same but is spelled otherwise is somebody else.
    """
    looks = skeleton(handle)
    person = Person.objects.filter(handle_skeleton=looks).first()
    if person is not None and not same(person.handle, handle):
        return None
    if person is None:
        person = _person_once_at(handle, looks)
    while person is not None and person.merged_into is not None:
        person = person.merged_into
    return person


def _person_once_at(handle: str, looks: str) -> Person | None:
    old = (
        OldHandle.objects.select_related("person")
        .filter(handle_skeleton__in=[looks, forgotten(looks)])
        .first()
    )
    if old is None or (old.handle and not same(old.handle, handle)):
        return None
    return old.person


def is_taken(handle: str, *, by_other_than: Person | None = None) -> bool:
    looks = skeleton(handle)
    people = Person.objects.filter(handle_skeleton=looks)
    old = OldHandle.objects.filter(handle_skeleton__in=[looks, forgotten(looks)])
    if by_other_than is not None and by_other_than.pk:
        people = people.exclude(pk=by_other_than.pk)
        old = old.exclude(person=by_other_than)
    return people.exists() or old.exists()


def forgotten(looks: str) -> str:
    """What is kept of an erased person's handle: enough to give it to nobody else."""
    digest = salted_hmac("people.forgotten", looks, algorithm="sha256").hexdigest()
    return f"#{digest[:40]}"


def missing_consents(person: Person) -> list[Consent.Kind]:
    """What the person has yet to agree to, in its present version; in one query."""
    agreed = set(
        person.consents.filter(
            version=settings.ANSWERHALL_TERMS_VERSION, withdrawn_at=None
        ).values_list("kind", flat=True)
    )
    return [kind for kind in AGREED_AT_SIGN_UP if kind not in agreed]


def unread_notifications(person: Person) -> int:
    return person.notifications.unread().count()


def notifications_of(person: Person) -> QuerySet[Notification]:
    return person.notifications.order_by("-at", "-pk")


def sentence_of(notification: Notification, language: str | None = None) -> str:
    """The notification in words; "" when the room that knew its kind is gone."""
    known = registries.notification_kinds().get(notification.kind)
    if known is None:
        return ""
    with override(language or get_language()):
        return str(known.sentence(notification.data))


def wants(person: Person, kind: str, channel: NotificationChoice.Channel) -> bool:
    choice = person.notification_choices.filter(kind=kind, channel=channel).first()
    return choice.is_wanted if choice else _by_default(kind, channel)


def _by_default(kind: str, channel: str) -> bool:
    if channel == NotificationChoice.Channel.SITE:
        return True
    known = registries.notification_kinds().get(kind)
    return known is not None and known.by_mail


@dataclass(frozen=True)
class NotificationWish:
    """One row of the preferences page: kinds that share a label go together."""

    kinds: tuple[str, ...]
    label: str
    on_site: bool
    by_mail: bool

    @property
    def key(self) -> str:
        return self.kinds[0]


def notification_wishes(person: Person) -> list[NotificationWish]:
    """Every label a reader may switch, with their wishes; in one query."""
    wishes = {
        (choice.kind, choice.channel): choice.is_wanted
        for choice in person.notification_choices.all()
    }
    kinds: dict[str, list[str]] = {}
    for known in registries.notification_kinds().values():
        if known.label:
            kinds.setdefault(str(known.label), []).append(known.kind)

    def wanted(group: list[str], channel: NotificationChoice.Channel) -> bool:
        return any(
            wishes.get((kind, channel), _by_default(kind, channel)) for kind in group
        )

    return [
        NotificationWish(
            kinds=tuple(group),
            label=label,
            on_site=wanted(group, NotificationChoice.Channel.SITE),
            by_mail=wanted(group, NotificationChoice.Channel.MAIL),
        )
        for label, group in kinds.items()
    ]


def wants_marketing(person: Person) -> bool:
    return person.consents.filter(
        kind=Consent.Kind.MARKETING, withdrawn_at=None
    ).exists()


def acts_for_the_house(person: Person) -> bool:
    """Whether the person holds any right that members don't have."""
    return (
        person.is_superuser
        or person.standing == Person.Standing.STAFF
        or bool(person.get_all_permissions())
    )


def api_keys_of(person: Person, at: datetime) -> QuerySet[ApiKey]:
    """Keys that still open something, newest first."""
    return person.api_keys.in_force(at).order_by("-created_at", "-pk")


def api_key(secret: str, at: datetime) -> ApiKey | None:
    """The key somebody sent, with its person; None if it opens nothing. One query."""
    living = ApiKey.objects.in_force(at).filter(
        person__is_active=True,
        person__erased_at=None,
        person__merged_into=None,
        person__source="",
    )
    return living.select_related("person").filter(hash=hash_of_key(secret)).first()


def hash_of_key(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def with_verified_email(*, joined_before: datetime) -> QuerySet[Person]:
    """People who proved an e-mail address and are not quite new."""
    proved = EmailAddress.objects.filter(user=OuterRef("pk"), verified=True)
    return Person.objects.filter(Exists(proved), date_joined__lte=joined_before)


def imported_people() -> QuerySet[Person]:
    return Person.objects.exclude(source="")


def data_requests_of(person: Person) -> QuerySet[DataRequest]:
    return person.data_requests.order_by("-asked_at", "-pk")
