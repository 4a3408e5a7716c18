"""Topics and articles put in place by commands: no news, no permission to check."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from kb.models import ArticlePage, TopicIndexPage, TopicPage
from people.models import Person


@transaction.atomic
def add_topic(
    *,
    language: str,
    title: str,
    slug: str = "",
    summary: str = "",
    icon: str = "book-2",
    tags: Sequence[str] = (),
    source: str = "",
    translation_of: TopicPage | None = None,
) -> TopicPage:
    """A published topic of that language, at the end of its index."""
    topic = TopicPage(
        title=title,
        slug=slug,
        summary=summary,
        icon=icon,
        tags=list(tags),
        source=source,
    )
    if translation_of is not None:
        topic.translation_key = translation_of.translation_key
    index = TopicIndexPage.objects.get(locale__language_code=language)
    topic.locale = index.locale
    index.add_child(instance=topic)
    return topic


@transaction.atomic
def add_article(
    *,
    topic: TopicPage,
    title: str,
    body: list[dict[str, Any]],
    published_at: datetime,
    slug: str = "",
    seo_title: str = "",
    summary: str = "",
    tags: Sequence[str] = (),
    author: Person | None = None,
    checked_on: date | None = None,
    source: str = "",
    source_id: str = "",
    translation_of: ArticlePage | None = None,
) -> ArticlePage:
    """An article published in the past; `body` as kb.parts.stream_from makes it.

    Nothing is announced and no revision kept: its history begins with the first edit.
    """
    article = ArticlePage(
        title=title,
        slug=slug,
        seo_title=seo_title,
        summary=summary,
        body=body,
        tags=list(tags),
        author=author,
        owner=author,
        checked_on=checked_on,
        source=source,
        source_id=source_id,
        locale=topic.locale,
        first_published_at=published_at,
        last_published_at=published_at,
    )
    if translation_of is not None:
        article.translation_key = translation_of.translation_key
    topic.add_child(instance=article)
    return article
