"""What programs find: the page's own search, and its suggestions."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from pydantic import BaseModel, Field

from common.api import Query, Router, Shown, anybody
from common.http import client_address
from common.limits import spend
from common.site_day import site_day
from search import queries
from search.analyser import MAX_QUERY_CHARS, readable
from search.documents import Hit

router = Router(tags=["search"])

# A search costs more than a page of a list.
SEARCHES = ((60, 60), (1_000, 3_600))

Words = Annotated[
    str,
    Field(
        max_length=10 * MAX_QUERY_CHARS,
        description=f"What to look for; read up to {MAX_QUERY_CHARS} characters.",
    ),
]


class Wanted(BaseModel):
    q: Words
    type: Literal["all", "article", "question"] = "all"
    language: Literal["", "en", "zh-hans"] = ""
    circle: Annotated[str, Field(max_length=100)] = ""
    status: Annotated[str, Field(max_length=100)] = ""
    tag: Annotated[str, Field(max_length=100)] = ""
    age: Literal["", "month", "year"] = ""
    page: Annotated[int, Field(ge=1, le=queries.MAX_PAGES)] = 1
    limit: Annotated[int, Field(ge=1, le=100)] = queries.PER_PAGE


class Suggested(BaseModel):
    q: Words


class HitShown(Shown):
    kind: str
    id: int
    title: str
    url: str
    language: str
    snippet_html: Annotated[str, Field(description="Escaped; found words in <mark>.")]
    status: str
    votes: int
    answers: int
    helpful_percent: int | None
    tags: list[str]
    circle: str
    asked_at: datetime | None
    checked_on: date | None


class Found(Shown):
    """A page of hits, best first."""

    items: list[HitShown]
    pinned: Annotated[
        list[HitShown],
        Field(description="What our team recommends for this search; not in items."),
    ]
    total: int
    counts: dict[str, int]
    page: int
    has_more: bool
    relaxed: Annotated[bool, Field(description="Some hits lack some of the words.")]
    degraded: Annotated[
        bool, Field(description="The index is away; the database answered, simpler.")
    ]


class Suggestion(Shown):
    kind: str
    title: str
    url: str
    language: str


class Suggestions(Shown):
    items: list[Suggestion]


@router.get("/search/", auth=anybody, response=Found)
def search(request: HttpRequest, asked: Query[Wanted]) -> Found:
    """Articles and questions, in both languages unless one is named."""
    _spend(request)
    found = queries.search(
        readable(asked.q)[:MAX_QUERY_CHARS],
        kind=asked.type,
        language=asked.language or None,
        prefer=get_language() or "en",
        page=asked.page,
        per_page=asked.limit,
        status=asked.status,
        circle=asked.circle,
        tag=asked.tag,
        age=asked.age,
        today=site_day(timezone.now()),
    )
    return Found(
        items=[_as_hit(hit) for hit in found.hits],
        pinned=[_as_hit(hit) for hit in found.pinned],
        total=found.total,
        counts=dict(found.counts_by_kind),
        page=asked.page,
        has_more=asked.page * asked.limit < found.total
        and asked.page < queries.MAX_PAGES,
        relaxed=found.relaxed,
        degraded=found.degraded,
    )


@router.get("/search/suggestions/", auth=anybody, response=Suggestions)
def suggest(request: HttpRequest, asked: Query[Suggested]) -> Suggestions:
    """Titles for words still being typed."""
    _spend(request)
    hits = queries.titles(
        readable(asked.q)[:MAX_QUERY_CHARS], prefer=get_language() or "en"
    )
    return Suggestions(
        items=[
            Suggestion(
                kind=hit.kind, title=hit.title, url=hit.url, language=hit.language
            )
            for hit in hits
        ]
    )


def _spend(request: HttpRequest) -> None:
    person = request.user.pk
    who = f"person {person}" if person else client_address(request)
    spend("api.search", who, *SEARCHES)


def _as_hit(hit: Hit) -> HitShown:
    return HitShown(
        kind=hit.kind,
        id=int(hit.pk),
        title=hit.title,
        url=hit.url,
        language=hit.language,
        snippet_html=str(hit.snippet_html),
        status=hit.status,
        votes=hit.votes,
        answers=hit.answers,
        helpful_percent=hit.helpful_percent,
        tags=list(hit.tags),
        circle=hit.circle,
        asked_at=hit.asked_at,
        checked_on=hit.checked_on,
    )
