"""Where threads and official articles meet."""

from collections.abc import Sequence

from community.models import ArticleSource, PostState, Question, Tagging
from kb.models import ArticlePage

NEWEST_OF_TAGS = 60


def sources_of(article: ArticlePage) -> list[ArticleSource]:
    """Readable threads and helpers that an article thanks. One query."""
    rows = ArticleSource.objects.filter(
        article=article, question__state=PostState.VISIBLE
    )
    return list(
        rows.select_related("question", "person")
        .defer(
            "question__body",
            "question__body_html",
            "question__body_text",
        )
        .order_by("pk")
    )


def threads_tagged(
    slugs: Sequence[str], language: str, limit: int = 5
) -> list[Question]:
    """Threads with any of these tags, solved ones first, then newest. Two queries."""
    if not slugs:
        return []
    near = Tagging.objects.filter(tag__slug__in=slugs).order_by("-question_id")
    ids = set(near.values_list("question_id", flat=True)[:NEWEST_OF_TAGS])
    rows = (
        Question.objects.visible()
        .in_language(language)
        .filter(pk__in=ids)
        .only(
            "title", "slug", "language", "solved_at", "with_staff_since", "answer_count"
        )
    )
    ranked = sorted(
        rows, key=lambda one: (one.solved_at is not None, one.pk), reverse=True
    )
    return ranked[:limit]
