"""People for programs: what everybody sees of them, and one's own notifications."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from django.utils import timezone
from pydantic import Field

from common.api import (
    Asked,
    Given,
    Id,
    Listed,
    Order,
    Query,
    Router,
    Shown,
    member,
    page_of,
    writer,
)
from people import actions, queries
from people.models import Notification, Person

router = Router(tags=["me"])

NEWEST = (Order("at", datetime), Order("pk", int))


class MemberShown(Shown):
    """Somebody as everybody sees them. Never an address, never anything private."""

    handle: str
    name: str
    standing: str
    url: str


def as_member(person: Person) -> MemberShown:
    return MemberShown(
        handle=person.handle,
        name=person.name,
        standing=person.standing,
        url=person.get_absolute_url(),
    )


class NotificationFilters(Asked):
    unread: Annotated[bool, Field(description="Only what was not read yet.")] = False


class NotificationShown(Shown):
    id: int
    kind: str
    sentence: str
    url: str
    at: datetime
    read_at: datetime | None


class Notifications(Listed[NotificationShown]):
    pass


class WhatWasRead(Given):
    id: Annotated[Id | None, Field(description="One notification; else all.")] = None


class Unread(Shown):
    unread_notifications: int


@router.get("/me/notifications/", auth=member, response=Notifications)
def list_notifications(
    request: HttpRequest, asked: Query[NotificationFilters]
) -> Notifications:
    """What you were told, newest first."""
    person: Any = request.user
    rows = queries.notifications_of(person)
    if asked.unread:
        rows = rows.unread()  # type: ignore[attr-defined]
    piece = page_of(rows, NEWEST, asked, request)
    return Notifications(
        items=[_as_notification(row) for row in piece.rows], next=piece.next
    )


@router.post("/me/notifications/read/", auth=writer, response=Unread)
def read_notifications(request: HttpRequest, given: WhatWasRead) -> Unread:
    """Mark one notification, or all, as read."""
    person: Any = request.user
    actions.mark_read(person=person, pk=given.id, at=timezone.now())
    return Unread(unread_notifications=queries.unread_notifications(person))


def _as_notification(row: Notification) -> NotificationShown:
    return NotificationShown(
        id=row.pk,
        kind=row.kind,
        sentence=queries.sentence_of(row),
        url=row.url,
        at=row.at,
        read_at=row.read_at,
    )
