"""Topics and articles, in both languages."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.images import ImageFile
from django.utils import timezone
from PIL import Image

from kb import actions
from kb.models import ArticleImage, ArticlePage, TopicPage


@pytest.fixture
def topic(site: None) -> TopicPage:
    return actions.add_topic(
        language="en", title="Moving your number", slug="porting", tags=["port-in"]
    )


@pytest.fixture
def chinese_topic(topic: TopicPage) -> TopicPage:
    return actions.add_topic(
        language="zh-hans", title="携号转网", slug="porting", translation_of=topic
    )


@pytest.fixture
def make_article(topic: TopicPage) -> Callable[..., ArticlePage]:
    """A published article; `text` is Markdown, `blocks` an editor's own body."""

    def make(
        title: str = "Move your number to us",
        text: str = "Text **CXXZ** first.",
        blocks: list[dict] | None = None,
        **fields: Any,
    ) -> ArticlePage:
        values = {
            "topic": topic,
            "title": title,
            "body": blocks or [{"type": "markdown", "value": text}],
            "published_at": timezone.now(),
        } | fields
        values["topic"] = TopicPage.objects.get(pk=values["topic"].pk)
        return actions.add_article(**values)

    return make


@pytest.fixture
def article(make_article: Callable[..., ArticlePage]) -> ArticlePage:
    return make_article()


@pytest.fixture
def make_draft(topic: TopicPage, editor: Any) -> Callable[..., ArticlePage]:
    def make(title: str = "Leaving us", **fields: Any) -> ArticlePage:
        values = {
            "title": title,
            "summary": "What to settle first.",
            "body_markdown": "Pay what is owed.",
            "language": "en",
            "topic": topic,
            "by": editor,
            "at": timezone.now(),
        }
        return actions.create_draft_article(**(values | fields))

    return make


@pytest.fixture
def make_image(site: None) -> Callable[..., ArticleImage]:
    def make(title: str = "The photo step", colour: str = "teal") -> ArticleImage:
        file = io.BytesIO()
        Image.new("RGB", (1200, 800), colour).save(file, "PNG")
        return ArticleImage.objects.create(
            title=title, file=ImageFile(file, name=f"{colour}.png")
        )

    return make
