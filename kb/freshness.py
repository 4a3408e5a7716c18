"""Which changes to official pages make kept pages stale.

Editors change little, and what they change stands in menus, lists and side columns of
other pages: one name stands for all that they wrote.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.models import Locale, Page, PageViewRestriction, Site
from wagtail.signals import page_slug_changed, post_page_move

from common.freshness import SITE, changed
from kb.models import ArticleDocument, ArticleImage, ArticleTally, HallSettings
from kb.models.pages import UNSEEN_FIELDS, KbPage

ARTICLES = "articles"


@receiver([post_save, post_delete])
def is_written_anew(
    sender: type,
    update_fields: Iterable[str] | None = None,
    raw: bool = False,
    **_kwargs: Any,
) -> None:
    if not issubclass(sender, KbPage) or raw:
        return
    if update_fields is None or not UNSEEN_FIELDS.issuperset(update_fields):
        changed(ARTICLES)


@receiver([page_slug_changed, post_page_move])
def has_another_address(sender: type[Page], **_kwargs: Any) -> None:  # noqa: ARG001
    changed(ARTICLES)


@receiver(post_save, sender=ArticleTally)
def was_found_helpful(instance: ArticleTally, **_kwargs: Any) -> None:
    changed(instance)


@receiver([post_save, post_delete], sender=HallSettings)
@receiver([post_save, post_delete], sender=ArticleImage)
@receiver([post_save, post_delete], sender=ArticleDocument)
@receiver([post_save, post_delete], sender=Site)
@receiver([post_save, post_delete], sender=Locale)
@receiver([post_save, post_delete], sender=PageViewRestriction)
def surrounds_every_page(**_kwargs: Any) -> None:
    changed(SITE)
