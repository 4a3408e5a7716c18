"""What a member's page tells about their help."""

from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Count, F, Q, QuerySet, Sum

from community.models import Answer, MemberTally, PostState, Tag
from people.models import Person

# Answers in which topics of strength are looked for.
LATEST = 500


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
    """Tags they answered best: accepted first, then votes. Two queries.

    Of their LATEST answers to others: somebody may have written ten thousand.
    """
    latest = (
        Answer.objects.visible()
        .filter(author=person, question__state=PostState.VISIBLE)
        .exclude(question__author=person)
        .order_by("-created_at", "-pk")[:LATEST]
    )
    best = (
        Answer.objects.filter(pk__in=latest.values("pk"))
        .filter(question__taggings__isnull=False)
        .values_list("question__taggings__tag")
        .annotate(
            answers=Count("pk"),
            accepted=Count("pk", filter=Q(question__accepted_answer=F("pk"))),
            score=Sum("vote_score"),
        )
        .order_by("-accepted", "-score", "question__taggings__tag__name")[:limit]
    )
    counted = {tag_id: numbers for tag_id, *numbers in best}
    tags = Tag.objects.in_bulk(list(counted))
    return [Strength(tags[pk], *numbers) for pk, numbers in counted.items()]
