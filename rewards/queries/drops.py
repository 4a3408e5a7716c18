"""How far the queue of a drop has come, for one who waits in it and for staff."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q, QuerySet

from common.errors import Refused
from people.models import Person
from rewards import numbers
from rewards.errors import SoldOut
from rewards.models import Gift, HookDelivery, Place, Redemption, WaitingRoom
from rewards.queries.catalogue import obstacle


@dataclass(frozen=True)
class Queue:
    """What a page of the waiting room says. `ahead` is None before numbers are given.

    `free_by` is when the next of those that are held may become free; `ask_again` is
    after how many seconds the page looks again.
    """

    place: Place
    is_open: bool
    is_over: bool
    waiting: int
    ahead: int | None
    free_by: datetime | None
    ask_again: int


def place_of(person: Person, gift: Gift) -> Place | None:
    places = Place.objects.select_related("room", "order")
    return places.filter(room=gift.pk, person=person).first()


def queue_of(place: Place, gift: Gift, *, at: datetime) -> Queue:
    """In one query of an index at most, however many wait."""
    room = place.room
    is_open = gift.opens_at is not None and at >= gift.opens_at
    ahead = None
    if place.number is not None:
        ahead = max(0, place.number - room.served - 1)
    held = Redemption.objects.filter(gift=gift, state=Redemption.State.HELD)
    return Queue(
        place=place,
        is_open=is_open,
        is_over=room.sold_out_at is not None,
        waiting=max(room.waiting, 1),
        ahead=ahead,
        free_by=held.aggregate(next=Min("held_until"))["next"] if is_open else None,
        ask_again=_ask_again(place, gift, ahead, at),
    )


def obstacle_to_room(
    gift: Gift, person: Person, *, spendable: int, at: datetime
) -> Refused | None:
    """What would keep the person from a drop even if it were their turn."""
    opens_at = gift.opens_at or at
    stop = obstacle(gift, person, spendable=spendable, at=max(at, opens_at))
    # The last may be held by somebody who will not confirm.
    if isinstance(stop, SoldOut) and holds_now().filter(gift=gift).exists():
        return None
    return stop


def rooms_now() -> QuerySet[WaitingRoom]:
    """For staff: every room, the newest drop first, with what became of its units."""
    state = Redemption.State
    orders = "gift__redemptions"
    return (
        WaitingRoom.objects.select_related("gift")
        .annotate(
            held=Count(orders, filter=Q(**{f"{orders}__state": state.HELD})),
            bought=Count(
                orders,
                filter=Q(**{f"{orders}__state__in": [state.ORDERED, state.FULFILLED]}),
            ),
            lapsed=Count(orders, filter=Q(**{f"{orders}__state": state.LAPSED})),
        )
        .order_by("-gift__opens_at", "-pk")
    )


def holds_now() -> QuerySet[Redemption]:
    held = Redemption.objects.filter(state=Redemption.State.HELD)
    return held.select_related("gift", "person").order_by("held_until", "pk")


def deliveries() -> QuerySet[HookDelivery]:
    """For staff, newest first; each with its tries."""
    rows = HookDelivery.objects.select_related("hook", "order__gift", "order__person")
    return rows.prefetch_related("tries").order_by("-at", "-pk")


def _ask_again(place: Place, gift: Gift, ahead: int | None, at: datetime) -> int:
    """Seconds: the more wait, the longer, so that all together ask no more often.

    Those near the front hear sooner. At the opening nobody need hurry, as the order is
    drawn; so a crowd that waits for it comes spread over the time it has.
    """
    slow = place.room.waiting // numbers.POLLS_A_SECOND
    slow = min(max(slow, numbers.POLL_MIN_SECONDS), numbers.POLL_MAX_SECONDS)
    if gift.opens_at is not None and at < gift.opens_at:
        left = int((gift.opens_at - at).total_seconds()) + 1
        return left + 1 + place.pk % slow if left <= slow else slow
    if ahead is not None and ahead < 2 * numbers.TURNS_AT_ONCE:
        return numbers.POLL_MIN_SECONDS
    return slow
