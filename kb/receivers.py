"""What the knowledge base does when its pages change or its documents are asked for."""

from collections.abc import Collection, Iterable
from functools import partial
from typing import Any

from django.db.models import Q
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone
from wagtail.models import Page, Revision
from wagtail.signals import (
    page_published,
    page_slug_changed,
    page_unpublished,
    post_page_move,
)

from kb import queries
from kb.models import (
    ArticleDocument,
    ArticleImage,
    ArticlePage,
    ArticleTally,
    HallSettings,
    KbPage,
    PlainPage,
)
from kb.models.pages import UNSEEN_FIELDS
from kb.signals import article_unpublished
from people import registries as people
from people.models import Person
from search.actions import touch, touch_many
from search.documents import Hit
from search.indexes import hits_of
from search.registries import at_address, fallback, helped, still_visible

LABEL = "kb.articlepage"


@receiver(page_published)
def say_that_it_is_public(instance: Page, revision: Revision, **_kwargs: Any) -> None:
    """In the transaction that publishes; a failing receiver undoes the publication."""
    if isinstance(instance, KbPage) and instance.live:
        instance.went_public(revision)


@receiver(post_save, sender=ArticlePage)
def find_it_as_it_is_now(
    instance: ArticlePage,
    raw: bool = False,
    update_fields: Iterable[str] | None = None,
    **_kwargs: Any,
) -> None:
    """Inside the page's own transaction, so that no publication misses the index."""
    if raw or (update_fields is not None and UNSEEN_FIELDS.issuperset(update_fields)):
        return
    touch(LABEL, instance.pk)


@receiver(post_delete, sender=ArticlePage)
def find_it_no_more(instance: ArticlePage, **_kwargs: Any) -> None:
    touch(LABEL, instance.pk)


@receiver(page_slug_changed)
@receiver(post_page_move)
def find_it_at_its_new_address(instance: Page, **_kwargs: Any) -> None:
    """A page takes everything below it along."""
    below = ArticlePage.objects.filter(path__startswith=instance.path)
    touch_many(LABEL, list(below.values_list("pk", flat=True)))


@receiver(page_unpublished, sender=ArticlePage)
def announce_that_it_is_gone(instance: ArticlePage, **_kwargs: Any) -> None:
    article_unpublished.send(sender=ArticlePage, article=instance, at=timezone.now())


@receiver([post_save, post_delete], sender=ArticleImage)
@receiver([post_save, post_delete], sender=ArticleDocument)
def draw_again_what_shows_it(
    instance: ArticleImage | ArticleDocument, created: bool = False, **_kwargs: Any
) -> None:
    """Stored bodies hold a file's address: a new file needs a new drawing."""
    if created or instance.pk is None:
        return
    usage = {
        page_id
        for reference in instance.get_usage()
        if isinstance(page := reference[0], Page)
        for page_id in [page.pk]
    }
    for model in (ArticlePage, PlainPage):
        model.objects.filter(pk__in=usage).update(body_version=0)


@fallback("article")
def find_articles(text: str, language: str | None, limit: int) -> list[Hit]:
    """Without an index: every word stands in the title, the summary or the body."""
    found = ArticlePage.objects.readable()
    if language:
        found = found.in_language(language)
    for word in text.split()[:8]:
        found = found.filter(
            Q(title__icontains=word)
            | Q(summary__icontains=word)
            | Q(body_html__icontains=word)
        )
    return hits_of(found.select_related("tally").order_by("title", "pk")[:limit], text)


@at_address(LABEL)
def article_at(path: str) -> int | None:
    language, _slash, below_hall = path.removeprefix("/").partition("/")
    page = queries.page_at(language, below_hall)
    return page.pk if isinstance(page, ArticlePage) else None


@helped(LABEL)
def votes_on(pks: Collection[int]) -> dict[int, tuple[int, int]]:
    rows = ArticleTally.objects.filter(article__in=pks)
    return {row.article_id: (row.helpful_count, row.total) for row in rows if row.total}


@still_visible("article")
def published_articles(pks: Collection[int]) -> set[int]:
    return queries.visible_articles(pks)


@people.export("articles")
def articles_by(person: Person) -> list[dict[str, str]]:
    written = ArticlePage.objects.filter(author=person).order_by("pk")
    return [
        {"title": article.title, "address": article.get_absolute_url()}
        for article in written
    ]


def _document_address(field: str, language: str) -> str:
    page = getattr(HallSettings.load(), field)
    if page is None:
        return ""
    versions = queries.translations(page)
    return versions.get(language) or next(iter(versions.values()), "")


for kind in ("terms", "privacy", "licence"):
    people.document(kind)(partial(_document_address, f"{kind}_page"))
