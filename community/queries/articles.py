"""Where threads and official articles meet."""

from collections.abc import Sequence

from django.db.models import QuerySet

from common.prepared import prepared
from community.models import ArticleSource, PostState, Question, Tagging
from kb.models import ArticlePage

NEWEST_OF_TAGS = 60


def sources_of(article: ArticlePage) -> list[ArticleSource]:
    """Readable threads and helpers that an article thanks. One query."""
    return _sources_of(article.pk)


@prepared
def _sources_of(article_id: int) -> QuerySet[ArticleSource]:
    rows = ArticleSource.objects.filter(
        article_id=article_id, question__state=PostState.VISIBLE
    )
    words = ("question__body", "question__body_html", "question__body_text")
    return rows.select_related("question", "person").defer(*words).order_by("pk")


def threads_in_order(ids: Sequence[int], language: str) -> list[Question]:
    """Those of these that anybody may read, as they were named; at most one query."""
    found = {
        one.pk: one for one in (links_to_threads(tuple(ids), language) if ids else ())
    }
    return [found[pk] for pk in ids if pk in found]


def threads_tagged(
    slugs: Sequence[str], language: str, limit: int = 5
) -> list[Question]:
    """Threads with any of these tags, solved ones first, then newest. Two queries."""
    if not slugs:
        return []
    ids = set(_newest_tagged(tuple(slugs)))
    if not ids:
        return []
    rows = links_to_threads(tuple(ids), language)
    ranked = sorted(
        rows, key=lambda one: (one.solved_at is not None, one.pk), reverse=True
    )
    return ranked[:limit]


@prepared
def _newest_tagged(slugs: tuple[str, ...]) -> QuerySet[Tagging, int]:
    rows = Tagging.objects.filter(tag__slug__in=slugs)
    newest = rows.order_by("-asked_at", "-question_id")
    return newest.values_list("question_id", flat=True)[:NEWEST_OF_TAGS]


@prepared
def links_to_threads(ids: tuple[int, ...], language: str) -> QuerySet[Question]:
    """What a link shows of a thread, of those anybody may read."""
    shown = ("title", "slug", "language", "solved_at", "with_staff_since")
    rows = Question.objects.visible().in_language(language).filter(pk__in=ids)
    return rows.only(*shown, "answer_count")
