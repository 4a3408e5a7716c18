"""What a leader score is made from: help given in the recent past, as columns."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Case, Count, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from numpy.typing import NDArray

from common.columns import Column, read_columns
from community.models import Answer, Flag, PostState, Question, Vote

Columns = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class LeaderFacts:
    """Columns, named as the score names them."""

    answers: Columns
    votes: Columns
    # Which question has which canonical tag.
    topics: Columns
    # Upheld flags a person has on posts.
    bad_conduct: dict[int, int]


def leader_facts(*, since: datetime, until: datetime) -> LeaderFacts:
    """Members' visible answers given in the window, in four queries.

    Official answers are the staff's work and don't compete.
    """
    answers = _answers(since, until)
    return LeaderFacts(
        answers=read_columns(
            answers.annotate(
                is_accepted=Case(
                    When(question__accepted_answer=F("pk"), then=Value(True)),
                    default=Value(False),
                )
            ).values_list(
                "pk",
                "author_id",
                "question__author_id",
                "question_id",
                "created_at",
                "question__created_at",
                "is_accepted",
            ),
            answer=Column.ID,
            answerer=Column.ID,
            asker=Column.ID,
            question=Column.ID,
            answered_at=Column.MOMENT,
            asked_at=Column.MOMENT,
            accepted=Column.FLAG,
        ),
        votes=_votes(since, until),
        topics=topics_of_questions(since=since),
        bad_conduct=_bad_conduct(since, until),
    )


def newest_answer_at() -> datetime | None:
    newest = Answer.objects.visible().order_by("-created_at")
    return newest.values_list("created_at", flat=True).first()


def topics_of_questions(*, since: datetime | None) -> Columns:
    """Which question, lively since then, has which canonical tag: `topic`, `question`.

    One that has two words for a topic is told twice.
    """
    pairs = Question.tags.through.objects.filter(question__state=PostState.VISIBLE)
    if since:
        pairs = pairs.filter(question__last_activity_at__gte=since)
    return read_columns(
        pairs.annotate(
            canonical=Coalesce("tag__synonym_of", "tag__translation_of", "tag")
        ).values_list("canonical", "question_id"),
        topic=Column.ID,
        question=Column.ID,
    )


def _answers(since: datetime, until: datetime) -> QuerySet[Answer]:
    return Answer.objects.filter(
        Q(voice="member") | Q(voice="agent"),
        state=PostState.VISIBLE,
        question__state=PostState.VISIBLE,
        created_at__gt=since,
        created_at__lte=until,
        author__erased_at__isnull=True,
    ).order_by()


def _votes(since: datetime, until: datetime) -> Columns:
    """Votes cast in the window, which holds all votes on the window's answers.

    Imported votes may have nobody's name to them; each is then somebody else's.
    """
    return read_columns(
        Vote.objects.filter(answer__isnull=False, at__gt=since, at__lte=until)
        .annotate(
            by=Case(
                When(voter=None, then=Value(-1)),
                default=F("voter_id"),
                output_field=BigIntegerField(),
            )
        )
        .order_by()
        .values_list("answer_id", "by", "value"),
        answer=Column.ID,
        voter=Column.ID,
        value=Column.SMALL,
    )


def _bad_conduct(since: datetime, until: datetime) -> dict[int, int]:
    upheld = (
        Flag.objects.filter(state=Flag.State.UPHELD, at__lte=until, at__gt=since)
        .exclude(answer=None, question=None)
        .values(author=F("answer__author"), asker=F("question__author"))
        .annotate(n=Count("pk"))
    )
    found: dict[int, int] = {}
    for row in upheld:
        person = row["author"] or row["asker"]
        found[person] = found.get(person, 0) + row["n"]
    return found
