"""Topics and articles, in both languages."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from kb import actions
from kb.models import ArticlePage, TopicPage


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
    """A published article; `text` is Markdown."""

    def make(
        title: str = "Move your number to us",
        text: str = "Text **CXXZ** first.",
        **fields: Any,
    ) -> ArticlePage:
        values = {
            "topic": TopicPage.objects.get(pk=topic.pk),
            "title": title,
            "body": [{"type": "markdown", "value": text}],
            "published_at": timezone.now(),
        }
        return actions.add_article(**(values | fields))

    return make


@pytest.fixture
def article(make_article: Callable[..., ArticlePage]) -> ArticlePage:
    return make_article()
