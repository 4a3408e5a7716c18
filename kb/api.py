"""Official articles for programs. Only what anybody may read."""

from datetime import date, datetime
from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from django.utils.translation import get_language
from pydantic import BaseModel, Field

from common.api import (
    MOST_ROWS,
    Asked,
    Listed,
    Order,
    Piece,
    Query,
    Router,
    Shown,
    anybody,
    page_of,
)
from kb import queries
from kb.models import ArticlePage, TopicPage

router = Router(tags=["articles"])

NEWEST = (Order("pk", int),)


class ArticleFilters(Asked):
    language: Annotated[
        Literal["", "en", "zh-hans"], Field(description="Else the reader's language.")
    ] = ""
    topic: Annotated[str, Field(max_length=100, description="A topic's slug.")] = ""


class TopicFilters(BaseModel):
    language: Literal["", "en", "zh-hans"] = ""


class TopicShown(Shown):
    slug: str
    title: str
    summary: str
    language: str
    url: str
    articles: int


class Topics(Shown):
    items: list[TopicShown]


class ArticleRow(Shown):
    id: int
    title: str
    summary: str
    language: str
    url: str
    checked_on: date | None


class Articles(Listed[ArticleRow]):
    pass


class ArticleShown(ArticleRow):
    """One official article, whole."""

    body_html: str
    body_text: str
    tags: list[str]
    published_at: datetime | None
    helpful_percent: Annotated[
        int | None, Field(description="Of readers who voted; null below ten votes.")
    ]
    versions: Annotated[
        dict[str, str], Field(description="Language to address, this one among them.")
    ]


@router.get("/topics/", auth=anybody, response=Topics)
def list_topics(request: HttpRequest, asked: Query[TopicFilters]) -> Topics:
    """The topics of one language, in the editors' order."""
    language = _language(asked.language)
    topics = queries.topics(language)[:MOST_ROWS]
    return Topics(
        items=[
            TopicShown(
                slug=topic.url_path.rstrip("/").rpartition("/")[2],
                title=topic.title,
                summary=topic.summary,
                language=language,
                url=topic.get_absolute_url(),
                articles=topic.article_count,
            )
            for topic in topics
        ]
    )


@router.get("/articles/", auth=anybody, response=Articles)
def list_articles(request: HttpRequest, asked: Query[ArticleFilters]) -> Articles:
    """Published articles of one language, newest first."""
    language = _language(asked.language)
    rows = queries.articles(language).public()
    if asked.topic:
        rows = rows.filter(path__startswith=_topic(asked.topic, language).path)
    piece: Piece[ArticlePage] = page_of(rows, NEWEST, asked, request)
    return Articles(
        items=[ArticleRow(**_row(article)) for article in piece.rows], next=piece.next
    )


@router.get("/articles/{row_id:pk}/", auth=anybody, response=ArticleShown)
def read_article(request: HttpRequest, pk: int) -> ArticleShown:
    """One article. A translation is an article of its own; see `versions`."""
    readable = ArticlePage.objects.readable().select_related("locale", "tally")
    article = readable.filter(pk=pk).first()
    if article is None:
        raise Http404
    return ArticleShown(
        **_row(article),
        body_html=str(article.drawn_body.html),
        body_text=article.body_text,
        tags=list(article.tags),
        published_at=article.first_published_at,
        helpful_percent=queries.helpful_percent(article),
        versions=queries.translations(article),
    )


def _row(article: ArticlePage) -> dict:
    return {
        "id": article.pk,
        "title": article.title,
        "summary": article.summary,
        "language": article.language,
        "url": article.get_absolute_url(),
        "checked_on": article.checked_on,
    }


def _topic(slug: str, language: str) -> TopicPage:
    topics = TopicPage.objects.live().public()
    found = topics.filter(slug=slug, locale__language_code=language).first()
    if found is None:
        raise Http404
    return found


def _language(named: str) -> str:
    return named or get_language() or "en"
