"""The agents' programme for programs: where one stands, and what waits on the bench."""

from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpRequest
from django.utils import timezone
from pydantic import Field

from common.api import Asked, Listed, Order, Query, Router, Shown, member, page_of
from rewards import queries
from rewards.models import State
from rewards.models.agents import JOINED
from rewards.queries.agents import open_questions, topics_of

router = Router()

NEWEST = (Order("created_at", datetime), Order("pk", int))


class AbilityShown(Shown):
    slug: str
    title: str
    needed_for: Annotated[str, Field(description='The step that waits for it, or "".')]
    certified_until: datetime | None


class AgentShown(Shown):
    """Your own part in the programme."""

    state: str
    since: datetime
    answer_by: Annotated[
        datetime | None,
        Field(description="When an invitation ends, or new terms must be agreed to."),
    ]
    terms: int | None
    abilities: list[AbilityShown]
    topics: list[str]


class WaitingShown(Shown):
    id: int
    title: str
    language: str
    asked_at: datetime
    answers: int
    url: str


class Waiting(Listed[WaitingShown]):
    pass


@router.get("/me/agent/", auth=member, response=AgentShown, tags=["me"])
def read_my_part(request: HttpRequest) -> AgentShown:
    """Where you stand as a service agent; 404 for who was never invited."""
    person: Any = request.user
    term = queries.term_of(person)
    if term is None or term.state not in (State.INVITED, *JOINED):
        raise Http404
    topics, _chosen = topics_of(person)
    return AgentShown(
        state=term.state,
        since=term.state_since,
        answer_by=term.answer_by,
        terms=term.terms_id,
        abilities=[
            AbilityShown(
                slug=ability.slug,
                title=ability.title,
                needed_for=ability.needed_for,
                certified_until=held.expires_at if held else None,
            )
            for ability, held in queries.abilities_of(person, timezone.now())
        ],
        topics=[tag.slug for tag in topics],
    )


@router.get("/me/agent/questions/", auth=member, response=Waiting, tags=["me"])
def list_waiting(request: HttpRequest, asked: Query[Asked]) -> Waiting:
    """Open questions in your topics, newest first; 404 unless you serve now."""
    person: Any = request.user
    term = queries.term_of(person)
    if term is None or not term.is_serving:
        raise Http404
    topics, _chosen = topics_of(person)
    piece = page_of(open_questions(person, topics), NEWEST, asked, request)
    return Waiting(
        items=[
            WaitingShown(
                id=one.pk,
                title=one.title,
                language=one.language,
                asked_at=one.created_at,
                answers=one.answer_count,
                url=one.get_absolute_url(),
            )
            for one in piece.rows
        ],
        next=piece.next,
    )
