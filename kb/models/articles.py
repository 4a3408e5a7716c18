"""Official articles, and the index that finds them by tag."""

from collections.abc import Iterable
from typing import Any, Self

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.models import PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from kb.fields import TagSlugsField
from kb.models.drawn import DrawnPage
from kb.signals import article_published
from search.similar import similar_to


class ArticleQuerySet(PageQuerySet):
    def readable(self) -> Self:
        """Published, and not below a page that somebody restricted."""
        return self.live().public()

    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def tagged(self, tags: Iterable[str]) -> Self:
        """Carrying any of these tags; may repeat an article, so count or distinct."""
        return self.filter(tag_rows__slug__in=list(tags))

    def for_rows(self) -> Self:
        """What a row of a list shows, and none of the other forty columns."""
        return self.only("title", "url_path", "language", "summary", "checked_on")


ArticleManager = PageManager.from_queryset(ArticleQuerySet)


class ArticlePage(DrawnPage):
    """One official answer. Everything in it speaks with the operator's voice."""

    summary = models.CharField(
        _("summary"),
        max_length=300,
        blank=True,
        help_text=_("The answer in one or two sentences; also the search description."),
    )
    checked_on = models.DateField(
        _("checked on"),
        null=True,
        blank=True,
        help_text=_("The day somebody last compared this article with reality."),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="articles_written",
        verbose_name=_("author"),
    )
    tags = TagSlugsField(
        _("tags"),
        help_text=_("Between commas. Threads and articles meet through them."),
    )
    # Of the locale, kept here so that lists and constraints need no join.
    language = models.CharField(max_length=10, editable=False, db_index=True)
    # Where an imported article came from; both are "" for articles written here.
    source = models.CharField(max_length=60, blank=True, editable=False)
    source_id = models.CharField(max_length=160, blank=True, editable=False)

    objects = ArticleManager()

    content_panels = [
        *DrawnPage.content_panels,
        FieldPanel("summary"),
        FieldPanel("body"),
        FieldPanel("tags"),
        MultiFieldPanel(
            [FieldPanel("checked_on"), FieldPanel("author")], heading=_("Care")
        ),
    ]
    search_fields = [
        *DrawnPage.search_fields,
        index.SearchField("summary"),
        index.SearchField("body"),
    ]
    exclude_fields_in_copy = ["source", "source_id"]
    parent_page_types = ["kb.TopicPage"]
    subpage_types: list[str] = []
    template = "kb/article.html"
    is_official = True

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        permissions = [("edit_articles", _("Can write official articles"))]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "source_id", "language"],
                condition=~Q(source=""),
                name="one_article_per_source_and_language",
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.locale_id is None:
            self.locale = self.get_default_locale()
        self.language = self.locale.language_code
        only = kwargs.get("update_fields")
        with transaction.atomic():
            super().save(*args, **kwargs)
            if only is None or "tags" in only:
                self._index_tags()

    @property
    def content_language(self) -> str:
        return self.language or super().content_language

    def announce_publication(self, by: Any) -> None:
        article_published.send(
            sender=type(self),
            article=self,
            by=by,
            at=self.last_published_at,
            first=self.first_published_at == self.last_published_at,
        )

    @cached_property
    def similar(self) -> dict[str, list[int]]:
        """What search found about the same, by kind."""
        return similar_to(self._meta.label_lower, self.pk)

    @property
    def is_imported(self) -> bool:
        return self.source != ""

    def _index_tags(self) -> None:
        wanted = set(self.tags)
        stored = set(self.tag_rows.values_list("slug", flat=True))
        self.tag_rows.filter(slug__in=stored - wanted).delete()
        ArticleTag.objects.bulk_create(
            ArticleTag(article=self, slug=slug) for slug in wanted - stored
        )


class ArticleTag(models.Model):
    """The tags of a saved article, one a row, so that a tag finds its articles."""

    article = models.ForeignKey(
        ArticlePage, models.CASCADE, related_name="tag_rows", editable=False
    )
    slug = models.SlugField(max_length=80, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["article", "slug"], name="one_row_per_article_and_tag"
            )
        ]

    def __str__(self) -> str:
        return self.slug
