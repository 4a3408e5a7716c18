"""Telling people facts, on the site and by mail, as they wish."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from common import outbox
from people import registries
from people.models import Notification, NotificationChoice, Person
from people.queries import wants

MAIL_KIND = "people.notification_mail"


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
