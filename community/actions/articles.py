"""A solved thread grows into an official article that thanks its helpers."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from common.errors import NotAllowed
from common.text import excerpt
from community import permissions
from community.actions import guarding, telling
from community.actions.tracing import add_event
from community.errors import NotInThisThread, NotSolvedYet
from community.models import Answer, ArticleSource, Question, QuestionEvent
from community.signals import article_credited
from kb import actions as kb_actions
from people.models import Person

if TYPE_CHECKING:
    from kb.models import ArticlePage, TopicPage


@transaction.atomic
def draft_article(
    *,
    question: Question,
    answers: Sequence[Answer],
    topic: "TopicPage",
    by: Person,
    at: datetime,
) -> "ArticlePage":
    """Make a draft article out of a solved thread and the answers chosen for it.

    A thread that has an article already gives that one back.
    """
    if not permissions.may_draft_articles(by):
        raise NotAllowed
    # Two clicks make one draft: the second waits here and finds the first.
    question = guarding.lock_visible(question)
    known = question.articles.select_related("article").order_by("pk").first()
    if known is not None:
        return known.article
    if question.solved_at is None or not answers:
        raise NotSolvedYet
    if any(a.question_id != question.pk or not a.is_visible for a in answers):
        raise NotInThisThread
    article = kb_actions.create_draft_article(
        title=question.title,
        summary=excerpt(question.body_text, 200),
        body_markdown="\n\n".join(answer.body for answer in answers),
        language=question.language,
        topic=topic,
        by=by,
        at=at,
        tags=[tag.slug for tag in question.tags.order_by("pk")],
    )
    ArticleSource.objects.bulk_create(
        ArticleSource(
            article=article, question=question, answer=answer, person=answer.author
        )
        for answer in answers
    )
    return article


@transaction.atomic
def credit_helpers(*, article: "ArticlePage", by: Person | None, at: datetime) -> None:
    """Thank the helpers of a published article, each answer once for good.

    An answer that an earlier article already thanked for is not paid again.
    """
    rows = ArticleSource.objects.filter(article_id=article.pk, credited_at=None)
    rows = rows.select_related("question", "answer__question", "answer__author")
    sources = list(rows.select_for_update(no_key=True, of=("self",)).order_by("pk"))
    thanked: set[int] = set()
    questions = {source.question_id: source.question for source in sources}
    for _pk, question in sorted(questions.items()):
        thanked |= _thanked_before(question)
        used = [one.answer_id for one in sources if one.question_id == question.pk]
        add_event(
            question=question,
            kind=QuestionEvent.Kind.ARTICLE_PUBLISHED,
            key=f"article_published:{question.pk}:{article.pk}",
            at=at,
            actor=by,
            data={
                "article": article.pk,
                "title": article.title,
                "answers": [pk for pk in used if pk is not None],
            },
        )
    # Rooms above lock what each helper has. Two articles that thank the same people
    # do so in one order, or each could wait for the other.
    for source in sorted(sources, key=lambda one: (one.person_id, one.pk)):
        source.credited_at = at
        source.save(update_fields=["credited_at"])
        if source.answer is None or source.answer_id in thanked:
            continue
        article_credited.send(
            sender=ArticleSource,
            source=source,
            question=source.question,
            article=article,
            by=by,
            at=at,
        )
        telling.tell(
            "article_credited",
            source.answer,
            at,
            by=by,
            once_per=article.pk,
            article=article.title,
        )


def _thanked_before(question: Question) -> set[int]:
    """Read from the trace, which outlives an article that was thrown away."""
    steps = question.events.filter(kind=QuestionEvent.Kind.ARTICLE_PUBLISHED)
    return {
        pk
        for data in steps.values_list("data", flat=True)
        for pk in data.get("answers", [])
    }
