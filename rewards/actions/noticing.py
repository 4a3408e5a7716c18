"""Telling people before points expire, with a link to what those points still buy."""

import hashlib
from datetime import date, datetime, timedelta
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, Sum
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import translation

from common.site_day import site_day, start_of_site_day
from people import actions as people
from people.models import Person
from rewards import numbers
from rewards.errors import LinkOfAnother
from rewards.models import Account, ExpiryNotice, Gift, GiftLink, Lot
from rewards.queries.catalogue import gifts_on_offer, not_on_offer, short_of
from rewards.queries.points import balance_of

KIND = "rewards.points_expiring"
LINK_LIVES = timedelta(days=31)


def tell_of_expiry(*, at: datetime) -> int:
    """Tell everybody whose points expire in 30, 7 or 1 days; returns how many people.

    Once for each of these steps of a day of expiry, all in one notice; after an outage
    the nearest step is told and the others are not told late.
    """
    return sum(_tell(pk, at) for pk in sorted(_owners_to_tell(at)))


def link_for(*, person: Person, gift_id: int | None, at: datetime) -> str:
    """The path of a new link; its token stands nowhere but in what is returned."""
    token = token_urlsafe(24)
    GiftLink.objects.create(
        digest=_digest(token),
        person=person,
        gift_id=gift_id,
        expires_at=at + LINK_LIVES,
    )
    with translation.override(person.language or settings.LANGUAGE_CODE):
        return reverse("rewards:link", args=[token])


@transaction.atomic
def use_link(
    *, token: str, person: Person, at: datetime
) -> tuple[GiftLink | None, bool]:
    """The link and whether it was fresh; None for one that is not, or no more.

    Raises LinkOfAnother; then it stays unused.
    """
    link = (
        GiftLink.objects.select_for_update(of=("self",))
        .select_related("gift")
        .filter(digest=_digest(token))
        .first()
    )
    if link is None:
        return None, False
    if link.person_id != person.pk:
        raise LinkOfAnother
    if link.used_at is not None or link.expires_at <= at:
        return link, False
    link.used_at = at
    link.save(update_fields=["used_at"])
    return link, True


def forget_links(*, at: datetime) -> int:
    """Links that no longer lead anywhere."""
    return GiftLink.objects.filter(expires_at__lt=at - LINK_LIVES).delete()[0]


def forget_notices(*, person: Person, at: datetime) -> None:  # noqa: ARG001
    """Who is erased is sent nowhere."""
    GiftLink.objects.filter(person=person).delete()
    ExpiryNotice.objects.filter(person=person).delete()


def _owners_to_tell(at: datetime) -> set[int]:
    """In one query a step; those told of all their days are not among them."""
    owners: set[int] = set()
    for days in numbers.EXPIRY_NOTICES:
        told = ExpiryNotice.objects.filter(
            person=OuterRef("account__owner"),
            expires_on=OuterRef("expires_on"),
            days=days,
        )
        lots = _lots_within(days, at).filter(~Exists(told))
        owners.update(lots.values_list("account__owner_id", flat=True))
    return owners


def _lots_within(days: int, at: datetime) -> Any:
    """What lies in purses and expires within so many days of the site."""
    end = start_of_site_day(at) + timedelta(days=days + 1)
    zone = ZoneInfo(settings.ANSWERHALL_TIME_ZONE)
    return Lot.objects.filter(
        account__kind__in=[Account.Kind.SPENDABLE, Account.Kind.HELD],
        account__owner__isnull=False,
        remaining__gt=0,
        expires_at__gt=at,
        expires_at__lt=end,
    ).annotate(expires_on=TruncDate("expires_at", tzinfo=zone))


@transaction.atomic
def _tell(person_id: int, at: datetime) -> bool:
    person = Person.objects.select_for_update(no_key=True, of=("self",)).get(
        pk=person_id
    )
    today = site_day(at)
    mine = _lots_within(numbers.EXPIRY_NOTICES[0], at).filter(account__owner=person)
    sums = mine.order_by().values("expires_on").annotate(n=Sum("remaining"))
    points = dict(sums.values_list("expires_on", "n"))
    told = set(
        ExpiryNotice.objects.filter(
            person=person, expires_on__in=list(points)
        ).values_list("expires_on", "days")
    )
    due = [
        (day, step)
        for day in points
        for step in numbers.EXPIRY_NOTICES
        if (day - today).days <= step and (day, step) not in told
    ]
    days = sorted({day for day, _step in due})
    if not days:
        return False
    ExpiryNotice.objects.bulk_create(
        [
            ExpiryNotice(person=person, expires_on=day, days=step, at=at)
            for day, step in due
        ]
    )
    _notify(person, days, sum(points[day] for day in days), at)
    return True


def _notify(person: Person, days: list[date], amount: int, at: datetime) -> None:
    gift = _worth_saving_for(person, at)
    with translation.override(person.language or settings.LANGUAGE_CODE):
        url = gift.get_absolute_url() if gift else reverse("rewards:home")
    people.notify(
        person=person,
        kind=KIND,
        data={
            "points": amount,
            "on": days[0].isoformat(),
            "last": days[-1].isoformat(),
            "gift": gift.pk if gift else None,
        },
        key=f"{KIND}:{person.pk}:{site_day(at)}:{days[0]}:{len(days)}",
        url=url,
        at=at,
    )


def _worth_saving_for(person: Person, at: datetime) -> Gift | None:
    """The dearest gift they could have right now."""
    has = balance_of(person, at=at).spendable
    offers = gifts_on_offer(at=at).filter(cost__lte=has, is_drop=False, stock__gt=0)
    for gift in offers.order_by("-cost", "pk")[:20]:
        if not_on_offer(gift, person, at=at) or short_of(gift, person, spendable=has):
            continue
        return gift
    return None


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
