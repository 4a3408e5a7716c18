"""Posts one by one and in pieces, for readers that keep no page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from community.models import Answer, Comment, Question
from community.queries.threads import rank_of_answers
from people.models import Person

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Reader = Person | AnonymousUser


def answers_of(question: Question, person: Reader) -> QuerySet[Answer]:
    """What this reader sees, each with its author and its `rank`, in no order yet.

    The accepted one ranks before official ones, those before all others.
    """
    rows = Answer.objects.visible_to(person).filter(question=question)
    return rows.select_related("author").annotate(
        rank=rank_of_answers(question.accepted_answer_id)
    )


def comments_on(post: Question | Answer, person: Reader) -> QuerySet[Comment]:
    place = "question" if isinstance(post, Question) else "answer"
    rows = Comment.objects.visible_to(person).filter(**{place: post})
    return rows.select_related("author")


def first_comments(
    question: Question, answers: Sequence[Answer], person: Reader, most: int
) -> dict[int | None, list[Comment]]:
    """The oldest few on each answer, by its id; under None those on the question.

    One query, however long the conversations are.
    """
    place = Q(question=question) | Q(answer__in=[answer.pk for answer in answers])
    rows = (
        Comment.objects.visible_to(person)
        .filter(place)
        .annotate(
            place_in_talk=Window(
                RowNumber(),
                partition_by=[F("question"), F("answer")],
                order_by=[F("created_at").asc(), F("pk").asc()],
            )
        )
        .filter(place_in_talk__lte=most)
    )
    grouped: dict[int | None, list[Comment]] = defaultdict(list)
    for comment in rows.select_related("author").order_by("created_at", "pk"):
        grouped[comment.answer_id].append(comment)
    return grouped
