"""The waiting room of a drop: who comes in, in which order, and whose turn it is.

Who is there when the drop opens is drawn by lot: nobody gains by being first at the
door, by a faster line or by a script. Who comes later stands at the end, in the order
of arrival. Locks: a place, then what an order locks.
"""

from datetime import datetime
from secrets import randbits

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q
from django.urls import reverse
from django.utils import translation

from common import outbox
from common.errors import Refused
from people import actions as people
from people.models import Person
from rewards import numbers
from rewards.actions.redeeming import hold_in_turn
from rewards.errors import NotOnOffer, RoomNotOpen, SoldOut
from rewards.models import Gift, Place, Redemption, WaitingRoom
from rewards.queries.drops import obstacle_to_room
from rewards.queries.points import balance_of

SOLD_OUT = "rewards.drop_sold_out"
TOLD_AT_ONCE = 500
State = Place.State


@transaction.atomic
def enter_room(*, person: Person, gift: Gift, at: datetime) -> Place:
    """Take a place in the queue; who has one keeps it, from whichever device.

    Who left and returns before the opening has the lot they drew first; later, or after
    a turn, they stand at the end. Raises RoomNotOpen, and what `redeem` raises when the
    person could not have the gift anyway.
    """
    _may_enter(person, gift, at)
    room, _made = WaitingRoom.objects.get_or_create(gift=gift)
    is_early = gift.opens_at is not None and at < gift.opens_at
    place, made = Place.objects.get_or_create(
        room=room,
        person=person,
        defaults={"joined_at": at, "lot": randbits(62) if is_early else None},
    )
    place = Place.objects.select_for_update(of=("self",)).get(pk=place.pk)
    if made or place.state == State.WAITING:
        return place
    place.state, place.number, place.order = State.WAITING, None, None
    place.joined_at = at
    if not is_early:
        place.lot = None
    place.save()
    return place


@transaction.atomic
def leave_room(*, person: Person, gift: Gift) -> None:
    """Give the place up. Who holds a gift already lets that go instead."""
    waiting = Place.objects.filter(room=gift.pk, person=person, state=State.WAITING)
    waiting.update(state=State.LEFT)


def look_after_rooms(*, at: datetime) -> int:
    """Number, serve and close every room that needs it; returns the turns given."""
    open_rooms = WaitingRoom.objects.filter(gift__is_drop=True, gift__visible=True)
    busy = open_rooms.filter(Q(sold_out_at=None) | Q(gift__stock__gt=0))
    return sum(look_after(room, at=at) for room in busy.select_related("gift"))


def look_after(room: WaitingRoom, *, at: datetime) -> int:
    """One round in one room; returns the turns given.

    Whoever comes within two seconds of another leaves the round to them. Killed
    anywhere, the next round goes on from there.
    """
    free = Q(looked_after_at=None) | Q(looked_after_at__lte=at - numbers.ROOM_EVERY)
    # A clock that was wrong for a moment does not close the room.
    free |= Q(looked_after_at__gt=at + numbers.ROOM_EVERY)
    rooms = WaitingRoom.objects.filter(pk=room.pk)
    waiting = Place.objects.filter(room=room, state=State.WAITING)
    if not rooms.filter(free).update(looked_after_at=at):
        return 0
    gift = Gift.objects.get(pk=room.pk)
    if gift.opens_at is None or at < gift.opens_at:
        rooms.update(waiting=waiting.count())
        return 0
    _give_numbers(room)
    given = _give_turns(room, gift, at)
    rooms.update(waiting=waiting.count())
    _close_if_over(room, at)
    return given


def tell_waiting(*, gift: Gift, at: datetime) -> bool:
    """Tell some of those who waited in vain; True while others are left to tell."""
    waiting = Place.objects.filter(room=gift.pk, state=State.WAITING)
    few = waiting.select_related("person").order_by("pk")[:TOLD_AT_ONCE]
    told = 0
    for place in few:
        with transaction.atomic():
            _pass_over(place, "rewards.drop_sold_out", gift, at)
        told += 1
    return told == TOLD_AT_ONCE


def forget_places(*, person: Person) -> None:
    """Who is erased waits for nothing."""
    Place.objects.filter(person=person, state=State.WAITING).update(state=State.LEFT)


def _may_enter(person: Person, gift: Gift, at: datetime) -> None:
    if not gift.is_drop or gift.opens_at is None:
        raise NotOnOffer
    if at < gift.room_opens_at:
        raise RoomNotOpen
    has = balance_of(person, at=at).spendable
    reason = obstacle_to_room(gift, person, spendable=has, at=at)
    if reason is not None:
        raise reason


@transaction.atomic
def _give_numbers(room: WaitingRoom) -> None:
    """To everybody who has none, in one statement: first the early, by lot."""
    locked = WaitingRoom.objects.select_for_update().get(pk=room.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE rewards_place SET number = %s + ranked.n FROM"
            " (SELECT id, row_number() OVER"
            " (ORDER BY CASE WHEN lot IS NULL THEN 1 ELSE 0 END, lot, joined_at, id)"
            " AS n FROM rewards_place"
            " WHERE room_id = %s AND number IS NULL AND state = 'waiting') AS ranked"
            " WHERE rewards_place.id = ranked.id",
            [locked.numbered, room.pk],
        )
    last = Place.objects.filter(room=room).aggregate(last=Max("number"))["last"]
    WaitingRoom.objects.filter(pk=room.pk).update(
        numbered=max(locked.numbered, last or 0)
    )


def _give_turns(room: WaitingRoom, gift: Gift, at: datetime) -> int:
    """As many as there are units, and not too many in one round."""
    given = 0
    for _ in range(numbers.TURNS_AT_ONCE):
        try:
            if not _serve_next(room, gift, at):
                break
        except SoldOut:
            break
        given += 1
    return given


@transaction.atomic
def _serve_next(room: WaitingRoom, gift: Gift, at: datetime) -> bool:
    """Hold one for the first in the queue; False when nobody waits.

    Raises SoldOut, and leaves the queue as it was.
    """
    waiting = Place.objects.filter(room=room, state=State.WAITING, number__gt=0)
    # Who is giving up the place this moment is passed by.
    ordered = waiting.select_for_update(skip_locked=True, of=("self",))
    place = ordered.select_related("person").order_by("number").first()
    if place is None:
        return False
    WaitingRoom.objects.filter(pk=room.pk, served__lt=place.number).update(
        served=place.number
    )
    try:
        key = f"place:{place.pk}:{place.number}"
        order = hold_in_turn(person=place.person, gift=gift, key=key, at=at)
    except SoldOut:
        raise
    except Refused:
        _pass_over(place, "rewards.drop_passed", gift, at)
        return True
    place.state, place.order = State.SERVED, order
    place.save(update_fields=["state", "order"])
    _tell_of_the_turn(place, order, at)
    return True


def _close_if_over(room: WaitingRoom, at: datetime) -> None:
    gift = Gift.objects.get(pk=room.pk)
    is_closed = gift.closes_at is not None and at >= gift.closes_at
    over = is_closed or (gift.stock == 0 and not _somebody_holds(gift))
    rooms = WaitingRoom.objects.filter(pk=room.pk)
    if not over:
        rooms.filter(sold_out_at__isnull=False).update(sold_out_at=None)
        return
    with transaction.atomic():
        rooms.filter(sold_out_at=None).update(sold_out_at=at)
        if Place.objects.filter(room=room, state=State.WAITING).exists():
            outbox.put(SOLD_OUT, str(gift.pk), {"gift": gift.pk}, at=at)


def _somebody_holds(gift: Gift) -> bool:
    held = Redemption.objects.filter(gift=gift, state=Redemption.State.HELD)
    return held.exists()


def _pass_over(place: Place, kind: str, gift: Gift, at: datetime) -> None:
    changed = Place.objects.filter(pk=place.pk, state=State.WAITING)
    if changed.update(state=State.PASSED):
        url = _in_language(place.person, "rewards:gift", gift.slug)
        _notify(place, kind, gift, url, at)


def _tell_of_the_turn(place: Place, order: Redemption, at: datetime) -> None:
    url = _in_language(place.person, "rewards:redemption", order.pk)
    _notify(place, "rewards.drop_turn", order.gift, url, at)


def _notify(place: Place, kind: str, gift: Gift, url: str, at: datetime) -> None:
    people.notify(
        person=place.person,
        kind=kind,
        data={"gift": gift.pk},
        key=f"{kind}:{place.pk}:{place.number or 0}",
        url=url,
        at=at,
    )


def _in_language(person: Person, name: str, argument: object) -> str:
    with translation.override(person.language or settings.LANGUAGE_CODE):
        return reverse(name, args=[argument])
