"""Who answers whom: the strongest lines of a period, of a topic or a circle."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from community.models import Answer, Circle, Tag, Voice
from people.models import Person

PERIODS = (30, 90, 365)
# However large the hall: only the newest answers of the period are counted.
ANSWERS_READ = 200_000
LINES_READ = 2000
PEOPLE_DRAWN = 60
LINES_DRAWN = 240
LINES_LISTED = 100


@dataclass(frozen=True)
class Help:
    """How often one person answered another, and how often that was accepted."""

    helper: Person
    asker: Person
    answers: int
    accepted: int


@dataclass
class Network:
    lines: list[Help] = field(default_factory=list)
    people: dict[int, Person] = field(default_factory=dict)
    # Whether there was more than could be counted, or than is shown.
    is_cut: bool = False


def help_network(
    *,
    days: int,
    at: datetime,
    tag: Tag | None = None,
    circle: Circle | None = None,
    around: Person | None = None,
) -> Network:
    """The strongest lines, strongest first, and who is at their ends; in 2 queries.

    Only people with the most help between them, so that a picture can hold them;
    `around` somebody: all who helped them or whom they helped.
    """
    answers = (
        Answer.objects.native()
        .visible()
        .filter(created_at__gte=at - timedelta(days=days), created_at__lt=at)
        .exclude(voice=Voice.OFFICIAL)
        .exclude(author=F("question__author"))
    )
    if tag is not None:
        answers = answers.filter(question__taggings__tag=tag)
    if circle is not None:
        answers = answers.filter(question__circle=circle)
    if around is not None:
        answers = answers.filter(Q(author=around) | Q(question__author=around))
    newest = answers.order_by("-created_at", "-pk").values("pk")[:ANSWERS_READ]
    pairs = list(
        Answer.objects.filter(pk__in=newest)
        .values("author_id", "question__author_id")
        .annotate(
            n=Count("pk"),
            accepted=Count("pk", filter=Q(question__accepted_answer=F("pk"))),
        )
        .order_by("-n", "-accepted", "author_id", "question__author_id")
        .values_list("author_id", "question__author_id", "n", "accepted")[:LINES_READ]
    )
    drawn = _strongest(pairs, around.pk if around else None)
    kept = [row for row in pairs if row[0] in drawn and row[1] in drawn]
    people = Person.objects.in_bulk({pk for row in kept for pk in row[:2]})
    return Network(
        lines=[
            Help(people[helper], people[asker], n, accepted)
            for helper, asker, n, accepted in kept[:LINES_DRAWN]
        ],
        people={pk: people[pk] for pk in sorted(people)},
        is_cut=len(kept) > LINES_DRAWN or len(kept) < len(pairs),
    )


def _strongest(pairs: list[tuple[int, int, int, int]], around: int | None) -> set[int]:
    strength: dict[int, int] = defaultdict(int)
    for helper, asker, n, _accepted in pairs:
        strength[helper] += n
        strength[asker] += n
    ranked = sorted(strength, key=lambda pk: (pk != around, -strength[pk], pk))
    return set(ranked[:PEOPLE_DRAWN])


def circles_and_topics() -> tuple[list[Circle], list[Tag]]:
    """What the network can be narrowed down to, busiest topics first; in 2 queries."""
    topics = Tag.objects.filter(synonym_of=None).order_by("-question_count", "name")
    return list(Circle.objects.order_by("pk")), list(topics[:100])
