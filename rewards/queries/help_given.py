"""Help that leaderboards count: answers to others, as columns or one person's."""

from datetime import datetime

from django.conf import settings
from django.db.models import (
    BooleanField,
    Case,
    Count,
    F,
    IntegerField,
    Q,
    QuerySet,
    Sum,
    Value,
    When,
)
from django.db.models.functions import ExtractYear

from common.columns import Column, read_columns
from community.models import Answer, PostState, Question, Tag, Voice
from people.models import Person
from rewards import numbers
from rewards.months import zone
from rewards.scoring.boards import Help

LANGUAGES = tuple(dict(settings.LANGUAGES))
IS_ACCEPTED = Q(question__accepted_answer=F("pk"))


def helpful(*, since: datetime | None = None) -> QuerySet[Answer]:
    """Answers of members to others that everybody may read, from `since` on."""
    answers = (
        Answer.objects.visible()
        .filter(question__state=PostState.VISIBLE, author__erased_at__isnull=True)
        .exclude(voice=Voice.OFFICIAL)
        .exclude(author=F("question__author"))
        .order_by()
    )
    return answers.filter(created_at__gte=since) if since else answers


def help_given(*, since: datetime | None, until: datetime) -> Help:
    """That of all who may stand on a board, in one query."""
    rows = helpful(since=since).filter(
        created_at__lte=until,
        author__merged_into__isnull=True,
        author__is_active=True,
        author__hidden_helper__isnull=True,
    )
    languages = [
        When(question__language=language, then=Value(place))
        for place, language in enumerate(LANGUAGES)
    ]
    columns = read_columns(
        rows.annotate(
            spoken=Case(*languages, default=Value(-1), output_field=IntegerField()),
            is_accepted=Case(
                When(IS_ACCEPTED, then=Value(True)),
                default=Value(False),
                output_field=BooleanField(),
            ),
        ).values_list(
            "author_id",
            "question_id",
            "question__circle_id",
            "spoken",
            "created_at",
            "is_accepted",
            "up_count",
        ),
        helper=Column.ID,
        question=Column.ID,
        circle=Column.ID,
        language=Column.NUMBER,
        answered_at=Column.MOMENT,
        accepted=Column.FLAG,
        votes=Column.NUMBER,
    )
    return Help(**columns)


def worth_of(
    person: Person,
    *,
    since: datetime | None,
    language: str,
    circle_id: int | None,
    tag_id: int | None,
) -> int:
    """What somebody's own help is worth on a board, in one query."""
    answers = helpful(since=since).filter(author=person)
    if language:
        answers = answers.filter(question__language=language)
    if circle_id:
        answers = answers.filter(question__circle=circle_id)
    if tag_id:
        tagged = Question.tags.through.objects.filter(tag__in=_tags_of(tag_id))
        answers = answers.filter(question__in=tagged.values("question"))
    found = answers.aggregate(
        n=Count("pk"), n_accepted=Count("pk", filter=IS_ACCEPTED), n_up=Sum("up_count")
    )
    return (
        found["n"] * numbers.WORTH_OF_ANSWER
        + found["n_accepted"] * numbers.WORTH_OF_ACCEPTED
        + (found["n_up"] or 0) * numbers.WORTH_OF_VOTE
    )


def _tags_of(topic: int) -> QuerySet[Tag]:
    """All words for a canonical tag."""
    return Tag.objects.filter(
        Q(synonym_of=topic)
        | Q(synonym_of=None, translation_of=topic)
        | Q(pk=topic, synonym_of=None, translation_of=None)
    )


def help_by_year(person: Person) -> list[dict[str, int]]:
    """For somebody who asks for their data."""
    years = (
        helpful()
        .filter(author=person)
        .annotate(year=ExtractYear("created_at", tzinfo=zone()))
        .order_by("year")
        .values("year")
        .annotate(
            n=Count("pk"),
            n_accepted=Count("pk", filter=IS_ACCEPTED),
            n_up=Sum("up_count"),
        )
    )
    return [
        {
            "year": row["year"],
            "answers": row["n"],
            "accepted": row["n_accepted"],
            "votes": row["n_up"],
        }
        for row in years
    ]
