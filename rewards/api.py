"""Points, badges and leaders for programs."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from pydantic import BaseModel, Field

from common.api import (
    Asked,
    Listed,
    Order,
    Query,
    Router,
    Shown,
    anybody,
    member,
    page_of,
)
from community.models import Tag
from people.api import MemberShown, as_member
from people.models import Person
from rewards import queries
from rewards.queries.badges import badges_of
from rewards.queries.leaders import parts_in_order, topic_at
from rewards.queries.levels import public_level
from rewards.queries.points import Row
from rewards.wording import why

router = Router()

NEWEST = (Order("at", datetime), Order("pk", int))
MOST_BADGES = 500


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
    owed: Annotated[int, Field(description="Added to a debt; negative: paid of it.")]
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
        owed=row.change_owed,
        balance=row.balance,
        answer=row.answer.pk if row.answer else None,
        gift=row.gift.slug if row.gift else None,
    )


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
    try:
        tag = topic_at(asked.topic) if asked.topic else None
    except Tag.DoesNotExist as nothing:
        raise Http404 from nothing
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
