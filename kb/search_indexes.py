"""How articles are found."""

from typing import Any

from django.db.models import QuerySet

from kb import queries
from kb.models import ArticlePage
from search.indexes import HallIndex


class ArticleIndex(HallIndex):
    kind = "article"

    def get_model(self) -> type[ArticlePage]:
        return ArticlePage

    def index_queryset(self, *_args: Any, **_kwargs: Any) -> QuerySet[ArticlePage]:
        """Published articles; a batch costs one query."""
        return ArticlePage.objects.readable().select_related("tally").order_by("pk")

    def prepare_title(self, article: ArticlePage) -> str:
        return article.title

    def prepare_language(self, article: ArticlePage) -> str:
        return article.language

    def prepare_url(self, article: ArticlePage) -> str:
        return article.get_absolute_url()

    def prepare_summary(self, article: ArticlePage) -> str:
        return article.summary

    def prepare_body(self, article: ArticlePage) -> str:
        return article.body_text

    def prepare_tags(self, article: ArticlePage) -> list[str]:
        return list(article.tags)

    def prepare_tag_names(self, article: ArticlePage) -> list[str]:
        return list(article.tags)

    def prepare_author(self, article: ArticlePage) -> str:
        return str(article.author_id or "")

    def prepare_checked_on(self, article: ArticlePage) -> Any:
        return article.checked_on

    def prepare_helpful_percent(self, article: ArticlePage) -> int | None:
        return queries.helpful_percent(article)
