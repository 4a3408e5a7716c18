"""Points, gifts, orders and leaders for programs."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from pydantic import BaseModel, Field

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
from community.models import Tag
from people.api import MemberShown, as_member
from people.models import Person
from rewards import actions, numbers, queries
from rewards.models import Gift, Redemption
from rewards.queries.badges import badges_of
from rewards.queries.leaders import parts_in_order
from rewards.queries.levels import public_level
from rewards.queries.points import Row
from rewards.wording import why

router = Router()

NEWEST = (Order("at", datetime), Order("pk", int))
MOST_BADGES = 500
CHEAPEST = (Order("cost", int, descending=False), Order("pk", int, descending=False))


class PurseShown(Shown):
    """`held` points become spendable later; `reserved` ones wait for a delivery."""

    spendable: int
    held: int
    reserved: int


def as_purse(person: Person, *, at: datetime) -> PurseShown:
    balance = queries.balance_of(person, at=at)
    return PurseShown(
        spendable=balance.spendable, held=balance.held, reserved=balance.reserved
    )


# Points


class PointsShown(Shown):
    """One line: what it did to the points you can spend, and to those held."""

    id: int
    at: datetime
    kind: str
    sentence: str
    points: int
    held: int
    balance: Annotated[int, Field(description="Spendable after this line.")]
    answer: int | None
    gift: str | None


class PointsHistory(Listed[PointsShown]):
    pass


@router.get("/me/points/", auth=member, response=PointsHistory, tags=["me"])
def list_points(request: HttpRequest, asked: Query[Asked]) -> PointsHistory:
    """What you got and gave, newest first."""
    person: Any = request.user
    piece = page_of(queries.history_of(person), NEWEST, asked, request)
    rows = queries.history_rows(person, piece.rows)
    return PointsHistory(items=[_as_line(row) for row in rows], next=piece.next)


def _as_line(row: Row) -> PointsShown:
    return PointsShown(
        id=row.transfer.pk,
        at=row.transfer.at,
        kind=row.transfer.kind,
        sentence=why(row),
        points=row.change,
        held=row.change_held,
        balance=row.balance,
        answer=row.answer.pk if row.answer else None,
        gift=row.gift.slug if row.gift else None,
    )


# Gifts


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
    closes_at: datetime | None
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
    gift = Gift.objects.filter(slug=slug, visible=True).select_related("region").first()
    if gift is None:
        raise Http404
    return gift


def _obstacle(gift: Gift, person: Any) -> Obstacle | None:
    if not person.is_authenticated:
        return None
    now = timezone.now()
    has = queries.balance_of(person, at=now).spendable
    stop = queries.obstacle(gift, person, spendable=has, at=now)
    return Obstacle(code=code_of(stop), detail=str(stop)) if stop else None


def _gift(gift: Gift) -> dict[str, Any]:
    return {
        "slug": gift.slug,
        "title": gift.title,
        "description": gift.description,
        "cost": gift.cost,
        "left": gift.stock if gift.stock < numbers.PLENTY else None,
        "per_person": gift.per_person_limit,
        "region": gift.region.name if gift.region else None,
        "closes_at": gift.closes_at,
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
    person: Any = request.user
    order = queries.orders_of(person).filter(pk=pk).first()
    if order is None:
        raise Http404
    return _order(order)


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
        "settled_at": order.settled_at,
        "url": order.get_absolute_url(),
    }


# Badges and levels


class BadgeShown(Shown):
    badge: str
    name: str
    year: Annotated[str, Field(description="Of a yearly badge, else empty.")]
    tier: Annotated[str, Field(description="bronze, silver or gold.")]
    since: datetime
    expires_at: datetime | None
    url: str


class Badges(Shown):
    """Everything a member has now, gold first, and the level they stand on."""

    level: str | None
    items: list[BadgeShown]


@router.get(
    "/members/{handle}/badges/", auth=anybody, response=Badges, tags=["members"]
)
def list_badges(request: HttpRequest, handle: str) -> Badges:
    """The badges on a member's page, at most 500."""
    person = Person.objects.filter(handle=handle, is_active=True).first()
    if person is None or person.is_erased:
        raise Http404
    standing = public_level(person)
    return Badges(
        level=standing.level.name if standing and standing.level else None,
        items=[
            BadgeShown(
                badge=one.badge.slug,
                name=one.name,
                year=one.series,
                tier=one.css,
                since=one.since,
                expires_at=one.expires_at,
                url=one.badge.get_absolute_url(),
            )
            for one in badges_of(person)[:MOST_BADGES]
        ],
    )


# Leaders


class LeaderFilters(BaseModel):
    topic: Annotated[str, Field(max_length=80, description="A tag's slug.")] = ""


class LeaderShown(Shown):
    rank: int
    moved: Annotated[int, Field(description="Places won since the run before.")]
    member: MemberShown
    score: float
    parts: Annotated[dict[str, float], Field(description="They add up to the score.")]
    answers: int


class Leaders(Shown):
    """The newest run's best, and how much each part of the score weighs."""

    computed_at: datetime | None
    topic: str | None
    weights: dict[str, float]
    items: list[LeaderShown]


@router.get("/leaders/", auth=anybody, response=Leaders, tags=["members"])
def list_leaders(request: HttpRequest, asked: Query[LeaderFilters]) -> Leaders:
    """The members who help most, overall or in a topic; at most 50."""
    tag = Tag.objects.filter(slug=asked.topic).first() if asked.topic else None
    if asked.topic and tag is None:
        raise Http404
    board = queries.leaderboard(tag)
    return Leaders(
        computed_at=board.run.at if board.run else None,
        topic=tag.slug if tag else None,
        weights=board.model.weights,
        items=[
            LeaderShown(
                rank=row.rank,
                moved=row.moved,
                member=as_member(row.person),
                score=round(row.score, 3),
                parts={name: round(part, 3) for name, part in parts_in_order(row)},
                answers=row.answer_count,
            )
            for row in board.rows
        ],
    )
