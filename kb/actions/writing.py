"""Drafts made from elsewhere in the house, and publishing them."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from wagtail.models import Page

from common.site_day import site_day
from common.text import clean_body, clean_line, excerpt
from kb.errors import NotAnEditor
from kb.fields import MAX_TAGS, tag_slugs
from kb.models import ArticlePage, KbPage, TopicPage
from people.models import Person

MAX_DRAFT_CHARS = 60_000


@transaction.atomic
def create_draft_article(
    *,
    title: str,
    summary: str,
    body_markdown: str,
    language: str,
    topic: TopicPage,
    by: Person,
    at: datetime,
    tags: Iterable[str] = (),
) -> ArticlePage:
    """An unpublished article below the topic, or below its translation in `language`.

    Its first revision is by `by`. A long summary is cut. Raises NotAnEditor.
    """
    if not by.has_perm("kb.edit_articles"):
        raise NotAnEditor
    article = ArticlePage(
        title=clean_line(title, 255),
        summary=excerpt(summary, 300),
        body=[
            {"type": "markdown", "value": clean_body(body_markdown, MAX_DRAFT_CHARS)}
        ],
        tags=tag_slugs(list(tags))[:MAX_TAGS],
        author=by,
        owner=by,
        checked_on=site_day(at),
        live=False,
        has_unpublished_changes=True,
    )
    parent = _in_language(topic, language)
    parent.add_child(instance=article)
    article.save_revision(user=by)
    return article


@transaction.atomic
def publish_article(
    *, article: ArticlePage, by: Person, at: datetime | None = None
) -> ArticlePage:
    """Make the newest revision public and return the article as it is now.

    Announces article_published. Raises NotAnEditor.
    """
    if not article.permissions_for_user(by).can_publish():
        raise NotAnEditor
    revision = article.get_latest_revision() or article.save_revision(user=by)
    article.publish(revision, by, at=at)
    return ArticlePage.objects.get(pk=article.pk)


@transaction.atomic
def publish_page(
    page: KbPage, *, by: Person | None = None, at: datetime | None = None
) -> KbPage:
    """For commands: publish a page as it stands in memory, also at a past moment."""
    revision = page.save_revision(user=by, log_action=False)
    page.publish(revision, by, log_action=False, skip_permission_checks=True, at=at)
    return type(page).objects.get(pk=page.pk)


@transaction.atomic
def unpublish_article(*, article: ArticlePage, by: Person) -> ArticlePage:
    """Hide it at once; its text is kept as a draft. Raises NotAnEditor."""
    if not article.permissions_for_user(by).can_unpublish():
        raise NotAnEditor
    article.unpublish(user=by)
    return article


def _in_language(topic: TopicPage, language: str) -> Page:
    if topic.locale.language_code != language:
        translated = topic.get_translations().filter(locale__language_code=language)
        topic = translated.first() or topic
    # Read again: treebeard counts children on the instance it is given.
    return TopicPage.objects.get(pk=topic.pk)
