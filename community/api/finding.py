"""Circles, tags and members: the ways to find questions and the people who answer."""

from datetime import date
from typing import Annotated, Literal

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.urls import reverse
from django.utils.translation import get_language
from pydantic import Field

from common.api import (
    MOST_ROWS,
    Asked,
    Listed,
    Order,
    Query,
    Shown,
    anybody,
    page_of,
)
from community import queries
from community.api.routing import router
from community.models import Tag
from people.api import MemberShown, as_member
from people.errors import PersonErased
from people.queries import person_at

MOST_USED = (Order("question_count", int), Order("pk", int))


class CircleShown(Shown):
    slug: str
    name: str
    about: str
    url: str


class Circles(Shown):
    items: list[CircleShown]


class TagFilters(Asked):
    language: Annotated[
        Literal["", "en", "zh-hans"], Field(description="Else the reader's language.")
    ] = ""


class TagShown(Shown):
    slug: str
    name: str
    language: str
    questions: int
    url: str


class Tags(Listed[TagShown]):
    pass


class StrengthShown(Shown):
    tag: str
    answers: int
    accepted: int
    votes: int


class Profile(MemberShown):
    """What a member's page tells everybody."""

    about: str
    joined_on: date
    reputation: int
    questions: int
    answers: int
    accepted: int
    strengths: list[StrengthShown]


@router.get("/circles/", auth=anybody, response=Circles)
def list_circles(request: HttpRequest) -> Circles:
    """Where one can ask, in the staff's order."""
    return Circles(
        items=[
            CircleShown(
                slug=circle.slug,
                name=circle.name,
                about=circle.about,
                url=circle.get_absolute_url(),
            )
            for circle in queries.open_circles()[:MOST_ROWS]
        ]
    )


@router.get("/tags/", auth=anybody, response=Tags)
def list_tags(request: HttpRequest, asked: Query[TagFilters]) -> Tags:
    """Tags of one language, most used first."""
    language = asked.language or get_language() or "en"
    piece = page_of(queries.used_tags(language), MOST_USED, asked, request)
    return Tags(items=[_as_tag(tag) for tag in piece.rows], next=piece.next)


@router.get("/tags/{slug:slug}/", auth=anybody, response=TagShown)
def read_tag(request: HttpRequest, slug: str) -> TagShown:
    """One tag; a synonym gives the tag it stands for."""
    try:
        return _as_tag(queries.find_tag(slug))
    except Tag.DoesNotExist:
        raise Http404 from None


@router.get("/members/{handle}/", auth=anybody, response=Profile, tags=["members"])
def read_member(request: HttpRequest, handle: str) -> Profile | HttpResponse:
    """A member's public profile. A handle they had before leads to it (301)."""
    person = person_at(handle)
    if person is None or not (person.is_active or person.is_erased):
        raise Http404
    if person.is_erased:
        raise PersonErased
    if person.handle != handle:
        there = reverse("api:read_member", args=[person.handle])
        return HttpResponsePermanentRedirect(there)
    tally = queries.tally_of(person)
    return Profile(
        **as_member(person).model_dump(),
        about=person.bio,
        joined_on=person.date_joined.date(),
        reputation=tally.reputation,
        questions=tally.question_count,
        answers=tally.answer_count,
        accepted=tally.accepted_count,
        strengths=[
            StrengthShown(
                tag=strength.tag.slug,
                answers=strength.answers,
                accepted=strength.accepted,
                votes=strength.votes,
            )
            for strength in queries.strengths_of(person)
        ],
    )


def _as_tag(tag: Tag) -> TagShown:
    return TagShown(
        slug=tag.slug,
        name=tag.name,
        language=tag.language,
        questions=tag.question_count,
        url=tag.get_absolute_url(),
    )
