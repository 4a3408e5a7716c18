"""Was it helpful? Counted once per reader and day, without knowing the reader."""

from datetime import datetime

from django.db import transaction

from kb.errors import NotYetPublic
from kb.models import ArticleFeedback, ArticlePage, ArticleTally
from kb.signals import article_helped


@transaction.atomic
def give_feedback(
    *,
    article: ArticlePage,
    is_helpful: bool,
    voter_key: str,
    at: datetime,
    reason: str = "",
    note: str = "",
) -> ArticleFeedback:
    """Record a reader's vote, or change the one they gave today.

    `voter_key` is an anonymous hash that lives a day. Announces article_helped when a
    vote becomes a helpful one. Raises NotYetPublic.
    """
    if not article.live:
        raise NotYetPublic
    given, is_new = ArticleFeedback.objects.get_or_create(
        article=article,
        voter_key=voter_key,
        defaults={"is_helpful": is_helpful, "at": at},
    )
    changed_mind = not is_new and given.is_helpful != is_helpful
    if is_new or changed_mind:
        count = _recount(
            article,
            helpful=is_helpful - (changed_mind and not is_helpful),
            unhelpful=(not is_helpful) - (changed_mind and is_helpful),
        )
    given.is_helpful, given.at = is_helpful, at
    given.reason = "" if is_helpful else reason or given.reason
    given.note = "" if is_helpful else note or given.note
    given.save()
    if is_helpful and (is_new or changed_mind):
        article_helped.send(sender=ArticlePage, article=article, count=count, at=at)
    return given


def _recount(article: ArticlePage, *, helpful: int, unhelpful: int) -> int:
    """Add to the tally and return the helpful votes so far."""
    ArticleTally.objects.get_or_create(article=article)
    tally = ArticleTally.objects.select_for_update().get(article=article)
    tally.helpful_count += helpful
    tally.unhelpful_count += unhelpful
    tally.save()
    return tally.helpful_count
