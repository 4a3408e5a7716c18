"""What the knowledge base does not say yet, as the community shows it."""

from datetime import datetime

from django.db.models import Exists, OuterRef

from community.models import ArticleSource, Question, QuestionEvent

NEWEST_TICKETS = 500


def without_article(since: datetime, limit: int) -> list[Question]:
    """Threads that took a ticket and left no article, the most read first.

    In one query. Only the newest tickets count, so that an old hall costs no more.
    """
    tickets = (
        QuestionEvent.objects.filter(
            kind=QuestionEvent.Kind.TICKET_OPENED, at__gte=since
        )
        .order_by("-at")
        .values("question")[:NEWEST_TICKETS]
    )
    articles = ArticleSource.objects.filter(question=OuterRef("pk"))
    return list(
        Question.objects.visible()
        .filter(~Exists(articles), pk__in=tickets)
        .order_by("-view_count", "-pk")[:limit]
    )
