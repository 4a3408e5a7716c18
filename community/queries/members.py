"""What a member's page tells about their help."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, Q, QuerySet, Sum

from community.models import Answer, MemberTally, PostState, Tag
from people.models import Person


class Strength(NamedTuple):
    """A tag somebody is good at."""

    tag: Tag
    answers: int
    accepted: int
    votes: int


@dataclass(frozen=True)
class MemberSummary:
    tally: MemberTally
    best_answers: list[Answer]
    strengths: list[Strength]


def tally_of(person: Person) -> MemberTally:
    """Somebody who never posted has an empty one, not stored."""
    return MemberTally.objects.filter(person=person).first() or MemberTally(
        person=person
    )


def member_summary(person: Person) -> MemberSummary:
    """Tally, best answers and topics of strength. In four queries."""
    return MemberSummary(
        tally_of(person), list(best_answers(person)), strengths_of(person)
    )


def best_answers(person: Person, limit: int = 5) -> QuerySet[Answer]:
    """Visible ones, best voted first, each with its question."""
    return (
        Answer.objects.visible()
        .filter(author=person, question__state=PostState.VISIBLE)
        .select_related("question")
        .only(
            "voice",
            "vote_score",
            "created_at",
            "author",
            "question__title",
            "question__slug",
            "question__language",
            "question__accepted_answer",
        )
        .order_by("-vote_score", "-created_at", "-pk")[:limit]
    )


def strengths_of(person: Person, limit: int = 5) -> list[Strength]:
    """Tags whose questions they answered best: accepted first, then votes."""
    mine = Q(
        questions__answers__author=person,
        questions__answers__state=PostState.VISIBLE,
        questions__state=PostState.VISIBLE,
    )
    rows = (
        Tag.objects.filter(mine)
        .exclude(questions__author=person)
        .annotate(
            my_answers=Count("questions__answers", distinct=True),
            my_accepted=Count(
                "questions__answers",
                filter=Q(questions__accepted_answer__author=person),
                distinct=True,
            ),
            my_votes=Sum("questions__answers__vote_score"),
        )
        .order_by("-my_accepted", "-my_votes", "name")[:limit]
    )
    return [
        Strength(tag, tag.my_answers, tag.my_accepted, tag.my_votes or 0)
        for tag in rows
    ]
