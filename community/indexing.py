"""What of the community search engines are asked to keep: the one place that says it.

A thread is worth indexing while it is visible and has an answer that helps a stranger:
visible, not a newcomer's, and official, accepted, or long enough to say something.
"""

from datetime import datetime
from typing import Any

from django.db.models import (
    Exists,
    F,
    Func,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
)

from community import numbers
from community.models import Answer, MemberTally, PostState, Question, Tag, Voice
from community.queries import used_tags
from people.models import Person


class Bytes(Func):
    """Length in UTF-8: a Chinese character says as much as three letters."""

    function = "OCTET_LENGTH"
    output_field = IntegerField()

    def as_sqlite(self, compiler: Any, connection: Any, **_extra: Any) -> Any:
        return self.as_sql(
            compiler, connection, template="LENGTH(CAST(%(expressions)s AS BLOB))"
        )


def newcomers(at: datetime) -> QuerySet[Person]:
    """Who joined less than a day ago and has no reputation that others gave them."""
    trusted = MemberTally.objects.filter(
        person=OuterRef("pk"), reputation_sum__gte=numbers.NEW_BELOW_REPUTATION - 1
    )
    return Person.objects.filter(
        ~Exists(trusted),
        source="",
        standing=Person.Standing.MEMBER,
        date_joined__gt=at - numbers.NEW_FOR,
        date_joined__lte=at,
    )


def substantial_answers() -> QuerySet[Answer]:
    """Answers that would help a stranger, whoever wrote them."""
    says_something = Q(says_bytes__gte=numbers.ANSWER_WORTH_BYTES)
    return (
        Answer.objects.visible()
        .annotate(says_bytes=Bytes("body_text"))
        .filter(
            says_something
            | Q(voice=Voice.OFFICIAL)
            | Q(pk=F("question__accepted_answer"))
        )
    )


def answers_worth_indexing(at: datetime) -> QuerySet[Answer]:
    return substantial_answers().exclude(author__in=newcomers(at))


def worth_indexing(at: datetime) -> Q:
    """The condition on a question, for one row as for all of them."""
    answers = answers_worth_indexing(at).filter(question=OuterRef("pk"))
    return Q(Exists(answers), state=PostState.VISIBLE)


def indexable_threads(language: str) -> QuerySet[Question]:
    """What sitemaps hold, by the index made for it; order by pk."""
    return Question.objects.visible().filter(
        language=language, is_indexable=True, listing_changed_at__isnull=False
    )


def indexable_tags(language: str) -> QuerySet[Tag]:
    """Tags of this language whose list holds a thread.

    A tag may stand on threads in the other language, too. To look for one under every
    tag would read all its threads; under its own language the first will do.
    """
    threads = Question.objects.visible().filter(tags=OuterRef("pk"), language=language)
    return used_tags(language).filter(Exists(threads))


def indexable_members() -> QuerySet[MemberTally]:
    """Members of this hall whose help others have found useful; a thin profile tells
    nobody anything."""
    return MemberTally.objects.filter(
        answer_count__gt=0,
        reputation_sum__gte=numbers.NEW_BELOW_REPUTATION - 1,
        person__source="",
        person__is_active=True,
        person__erased_at=None,
        person__merged_into=None,
    )


def is_worth_indexing(person: Person, tally: MemberTally) -> bool:
    """As indexable_members, for a member and tally at hand."""
    return (
        tally.answer_count > 0
        and tally.reputation >= numbers.NEW_BELOW_REPUTATION
        and not person.is_imported
        and person.is_active
        and not person.is_erased
        and person.merged_into_id is None
    )


def waits_until(question: Question, at: datetime) -> datetime | None:
    """When a newcomer's substantial answer begins to count; None if there is none."""
    answers = substantial_answers().filter(question=question, author__in=newcomers(at))
    joined = answers.order_by("author__date_joined").values_list("author__date_joined")
    first = joined.first()
    return first[0] + numbers.NEW_FOR if first else None
