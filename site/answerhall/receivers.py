"""Which facts search engines are told of. History is not news, and what they may not
keep is none of their business."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from answerhall.pushing import Page, push
from community.actions.writing import is_news
from community.models import Question
from community.signals import thread_words_changed
from kb.models import ArticlePage
from kb.signals import article_published, article_unpublished


@receiver(thread_words_changed)
def thread_says_something_else(
    question: Question, at: datetime, **_unused: Any
) -> None:
    if question.is_imported or not is_news(at, timezone.now()):
        return
    page = Page("question", question.pk, question.get_absolute_url())
    push(page, is_there=question.is_indexable, at=at)


@receiver(article_published)
def article_is_there(article: ArticlePage, at: datetime, **_unused: Any) -> None:
    if is_news(at, timezone.now()):
        push(_page(article), is_there=True, at=at)


@receiver(article_unpublished)
def article_is_gone(article: ArticlePage, at: datetime, **_unused: Any) -> None:
    if is_news(at, timezone.now()):
        push(_page(article), is_there=False, at=at)


def _page(article: ArticlePage) -> Page:
    return Page("article", article.pk, article.get_absolute_url())
