"""Gifts and orders for programs: what is on offer, what is held, what was bought."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils import timezone
from pydantic import Field

from common.api import (
    Asked,
    Given,
    Listed,
    Order,
    Query,
    Router,
    Shown,
    Status,
    anybody,
    member,
    page_of,
    writer,
)
from common.api.problems import code_of
from rewards import actions, numbers, queries
from rewards.actions import redeeming
from rewards.errors import OnlyByTurns, RoomNotOpen
from rewards.models import Gift, Redemption
from rewards.queries import drops

router = Router()

NEWEST = (Order("at", datetime), Order("pk", int))
State = Redemption.State
CHEAPEST = (Order("cost", int, descending=False), Order("pk", int, descending=False))


class WaitingRoomShown(Shown):
    """Where a gift is given by turns. The room is for people: it has a page only."""

    opens_at: datetime
    gift_opens_at: datetime
    url: str


class GiftShown(Shown):
    slug: str
    title: str
    description: str
    cost: int
    left: Annotated[
        int | None, Field(description="How many are left; null: plenty of them.")
    ]
    per_person: Annotated[int | None, Field(description="Most one person may have.")]
    region: str | None
    level: Annotated[str | None, Field(description="The least one has to stand on.")]
    opens_at: datetime | None
    closes_at: datetime | None
    waiting_room: Annotated[
        WaitingRoomShown | None,
        Field(description="If the gift goes by turns; else null."),
    ]
    picture: str | None
    url: str


class Gifts(Listed[GiftShown]):
    pass


class Obstacle(Shown):
    code: str
    detail: str


class GiftForMe(GiftShown):
    """`obstacle` is what keeps you from it; null if nothing does or you are nobody."""

    obstacle: Obstacle | None


@router.get("/gifts/", auth=anybody, response=Gifts, tags=["rewards"])
def list_gifts(request: HttpRequest, asked: Query[Asked]) -> Gifts:
    """What is on offer now, cheapest first."""
    piece = page_of(queries.gifts_on_offer(at=timezone.now()), CHEAPEST, asked, request)
    return Gifts(items=[GiftShown(**_gift(one)) for one in piece.rows], next=piece.next)


@router.get("/gifts/{slug:slug}/", auth=anybody, response=GiftForMe, tags=["rewards"])
def read_gift(request: HttpRequest, slug: str) -> GiftForMe:
    """One gift and, for members, whether they can have it."""
    gift = _find_gift(slug)
    return GiftForMe(**_gift(gift), obstacle=_obstacle(gift, request.user))


def _find_gift(slug: str) -> Gift:
    shown = Gift.objects.filter(slug=slug, visible=True)
    gift = shown.select_related("region", "least_level").first()
    if gift is None:
        raise Http404
    return gift


def _obstacle(gift: Gift, person: Any) -> Obstacle | None:
    if not person.is_authenticated:
        return None
    now = timezone.now()
    has = queries.balance_of(person, at=now).spendable
    stop = queries.obstacle(gift, person, spendable=has, at=now)
    if gift.is_drop:
        stop = drops.obstacle_to_room(gift, person, spendable=has, at=now)
        stop = stop or _turns(gift, now)
    return Obstacle(code=code_of(stop), detail=str(stop)) if stop else None


def _turns(gift: Gift, now: datetime) -> OnlyByTurns | RoomNotOpen:
    """A program can't wait in the room; it can say that there is one."""
    return OnlyByTurns() if now >= gift.room_opens_at else RoomNotOpen()


def _waiting_room(gift: Gift) -> WaitingRoomShown | None:
    if not gift.is_drop or gift.opens_at is None:
        return None
    return WaitingRoomShown(
        opens_at=gift.room_opens_at,
        gift_opens_at=gift.opens_at,
        url=reverse("rewards:waiting", args=[gift.slug]),
    )


def _gift(gift: Gift) -> dict[str, Any]:
    return {
        "slug": gift.slug,
        "title": gift.title,
        "description": gift.description,
        "cost": gift.cost,
        "left": gift.stock if gift.stock < numbers.PLENTY else None,
        "per_person": gift.per_person_limit,
        "region": gift.region.name if gift.region else None,
        "level": gift.least_level.name if gift.least_level else None,
        "opens_at": gift.opens_at,
        "closes_at": gift.closes_at,
        "waiting_room": _waiting_room(gift),
        "picture": gift.picture.url if gift.picture else None,
        "url": gift.get_absolute_url(),
    }


# Orders


class OrderRow(Shown):
    id: int
    gift: str
    title: str
    cost: int
    state: str
    at: datetime
    held_until: Annotated[
        datetime | None,
        Field(description="Of one in state held: confirm it before, or it lapses."),
    ]
    settled_at: datetime | None
    url: str


class Orders(Listed[OrderRow]):
    pass


class OrderShown(OrderRow):
    code: Annotated[str, Field(description="Empty for what our team delivers.")]


class Redeeming(Given):
    key: Annotated[
        str,
        Field(
            pattern=r"^[A-Za-z0-9_.:~-]{1,80}$",
            description="Made up by you, one per order: the same key again, after a"
            " lost answer, is the same order and costs nothing more.",
        ),
    ]
    agreed_cost: Annotated[
        int | None,
        Field(ge=1, le=10**9, description="Refused if the gift costs something else."),
    ] = None


@router.post(
    "/gifts/{slug:slug}/redeem/",
    auth=writer,
    response={201: OrderShown},
    tags=["rewards"],
)
def redeem_gift(request: HttpRequest, slug: str, given: Redeeming) -> Status:
    """Spend your points on a gift. The cost is the gift's, whatever you send."""
    person: Any = request.user
    order = actions.redeem(
        person=person,
        gift=_find_gift(slug),
        key=given.key,
        agreed_cost=given.agreed_cost,
        at=timezone.now(),
    )
    return Status(201, _order(order))


@router.post(
    "/gifts/{slug:slug}/hold/",
    auth=writer,
    response={201: OrderShown},
    tags=["rewards"],
)
def hold_gift(request: HttpRequest, slug: str, given: Redeeming) -> Status:
    """Have one kept for 15 minutes, to be confirmed or let go."""
    person: Any = request.user
    order = redeeming.hold(
        person=person,
        gift=_find_gift(slug),
        key=given.key,
        agreed_cost=given.agreed_cost,
        at=timezone.now(),
    )
    return Status(201, _order(order))


@router.post(
    "/me/orders/{row_id:pk}/confirm/", auth=writer, response=OrderShown, tags=["me"]
)
def confirm_order(request: HttpRequest, pk: int) -> OrderShown:
    """Order what is kept for you. A second time changes nothing."""
    person: Any = request.user
    held = _find_order(person, pk)
    return _order(redeeming.confirm(redemption=held, person=person, at=timezone.now()))


@router.post(
    "/me/orders/{row_id:pk}/let-go/", auth=writer, response=OrderShown, tags=["me"]
)
def let_go_of_order(request: HttpRequest, pk: int) -> OrderShown:
    """Give back what is kept for you. A second time changes nothing."""
    person: Any = request.user
    held = _find_order(person, pk)
    return _order(redeeming.let_go(redemption=held, person=person, at=timezone.now()))


@router.get("/me/orders/", auth=member, response=Orders, tags=["me"])
def list_orders(request: HttpRequest, asked: Query[Asked]) -> Orders:
    """What you ordered, newest first."""
    person: Any = request.user
    piece = page_of(queries.orders_of(person), NEWEST, asked, request)
    return Orders(
        items=[OrderRow(**_order_row(one)) for one in piece.rows], next=piece.next
    )


@router.get("/me/orders/{row_id:pk}/", auth=member, response=OrderShown, tags=["me"])
def read_order(request: HttpRequest, pk: int) -> OrderShown:
    """One order with its code; anybody else's does not exist."""
    return _order(_find_order(request.user, pk))


def _find_order(person: Any, pk: int) -> Redemption:
    order = queries.orders_of(person).filter(pk=pk).first()
    if order is None:
        raise Http404
    return order


def _order(order: Redemption) -> OrderShown:
    return OrderShown(**_order_row(order), code=queries.code_of(order))


def _order_row(order: Redemption) -> dict[str, Any]:
    return {
        "id": order.pk,
        "gift": order.gift.slug,
        "title": order.gift.title,
        "cost": order.cost,
        "state": order.state,
        "at": order.at,
        "held_until": order.held_until if order.state == State.HELD else None,
        "settled_at": order.settled_at,
        "url": order.get_absolute_url(),
    }
