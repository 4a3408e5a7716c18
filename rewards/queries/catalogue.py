"""What is on offer, to whom, and what was ordered."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, Q, QuerySet
from django.utils import timezone

from common.errors import Refused
from common.prepared import prepared
from people.models import Person, Region
from rewards.errors import (
    LevelNeeded,
    LimitReached,
    NotEnoughPoints,
    NotOnOffer,
    SoldOut,
)
from rewards.models import EarnRule, Gift, Place, PointsTerms, Redemption, Voucher
from rewards.months import month_of
from rewards.queries import levels


def gifts_on_offer(*, at: datetime) -> QuerySet[Gift]:
    now_open = Q(opens_at__isnull=True) | Q(opens_at__lte=at)
    still_open = Q(closes_at__isnull=True) | Q(closes_at__gt=at)
    # A drop is announced before it opens.
    offered = Gift.objects.on_offer().filter(now_open | Q(is_drop=True), still_open)
    return offered.select_related("region", "least_level")


def not_on_offer(gift: Gift, person: Person, *, at: datetime) -> Refused | None:
    """Why nobody like this person gets the gift now, whatever they have."""
    too_early = gift.opens_at is not None and at < gift.opens_at
    too_late = gift.closes_at is not None and at >= gift.closes_at
    if not gift.visible or too_early or too_late or not _is_for(gift, person):
        return NotOnOffer()
    return None if gift.stock else SoldOut()


def short_of(gift: Gift, person: Person, *, spendable: int) -> Refused | None:
    """Why this person can't have the gift although it is on offer."""
    rights = levels.rights_to(gift, person)
    if rights.missing is not None:
        return LevelNeeded(level=rights.missing.name)
    if rights.most is not None:
        mine = Redemption.objects.filter(person=person, gift=gift)
        had = mine.exclude(state__in=Redemption.GAVE_BACK).count()
        if had >= rights.most:
            return LimitReached(most=rights.most)
    if spendable < gift.cost:
        return NotEnoughPoints(missing=gift.cost - spendable)
    return None


def obstacle(
    gift: Gift, person: Person, *, spendable: int, at: datetime
) -> Refused | None:
    """What keeps the person from the gift, as they would be told; None: they may."""
    reason = not_on_offer(gift, person, at=at)
    return reason or short_of(gift, person, spendable=spendable)


def rules_in_force() -> QuerySet[EarnRule]:
    return EarnRule.objects.filter(enabled=True, points__gt=0)


def expected_award(event: str) -> int:
    """What the rule of this event promises today; 0 if there is none.

    Nor is anything promised once the month's budget is used up.
    """
    return next(iter(_points_for(event, month_of(timezone.now()))), 0)


@prepared
def _points_for(event: str, month: str) -> QuerySet[EarnRule, int]:
    used_up = PointsTerms.objects.filter(used_up_month=month)
    rule = rules_in_force().filter(~Exists(used_up), event=event).order_by("pk")
    return rule.values_list("points", flat=True)[:1]


def orders_of(person: Person) -> QuerySet[Redemption]:
    return (
        Redemption.objects.filter(person=person)
        .select_related("gift")
        .order_by("-at", "-pk")
    )


def code_of(order: Redemption) -> str:
    """The code of an order; "" if it has none, is not confirmed, or it is void."""
    if order.state != Redemption.State.FULFILLED:
        return ""
    working = Voucher.objects.filter(redemption=order, voided_at=None).first()
    return working.code if working else ""


def gifts_export(person: Person) -> dict[str, Any]:
    """What somebody is handed of their orders and places in queues."""
    orders = orders_of(person)
    places = Place.objects.filter(person=person).select_related("room__gift")
    return {
        "orders": [
            {
                "order": f"R-{order.pk}",
                "gift": order.gift.slug,
                "cost": order.cost,
                "state": order.state,
                "at": order.at,
                "held_until": order.held_until,
                "settled_at": order.settled_at,
                "code": code_of(order),
            }
            for order in orders
        ],
        "waiting_rooms": [
            {
                "gift": place.room.gift.slug,
                "joined_at": place.joined_at,
                "number": place.number,
                "state": place.state,
            }
            for place in places.order_by("joined_at", "pk")
        ],
    }


def orders_waiting() -> QuerySet[Redemption]:
    return (
        Redemption.objects.filter(state=Redemption.State.ORDERED)
        .select_related("gift", "person")
        .order_by("at", "pk")
    )


def order_numbered(number: int) -> Redemption | None:
    orders = Redemption.objects.select_related("gift", "person", "voucher")
    return orders.filter(pk=number).first()


def _is_for(gift: Gift, person: Person) -> bool:
    """Whether the person lives in the gift's region, or in a part of it."""
    if gift.region_id is None:
        return True
    seen: set[int] = set()
    place = person.region_id
    while place is not None and place not in seen:
        if place == gift.region_id:
            return True
        seen.add(place)
        place = Region.objects.values_list("parent_id", flat=True).get(pk=place)
    return False
