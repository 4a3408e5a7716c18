"""What stands between a person and a flood of posts."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TypeVar, cast

from django.utils import timezone

from common import limits, markdown
from community import numbers
from community.actions.writing import Written, is_news
from community.errors import (
    FirstDayLimit,
    NoLongerThere,
    PostingTooFast,
    SamePostAgain,
    TooManyImages,
    TooManyLinks,
)
from community.models import Answer, Comment, MemberTally, Question
from community.permissions import is_staff
from people.models import Person

Post = TypeVar("Post", bound=Question | Answer | Comment)

_LIMITS = {
    Question: numbers.ASK_LIMITS,
    Answer: numbers.ANSWER_LIMITS,
    Comment: numbers.COMMENT_LIMITS,
}
_ON_THE_FIRST_DAY = {
    Question: numbers.FIRST_DAY_QUESTIONS,
    Answer: numbers.FIRST_DAY_ANSWERS,
}


def lock_visible(post: Post) -> Post:
    """The row as it is now, held until the transaction ends.

    Rows are locked in one order everywhere: person, question, answer, tally.
    """
    kept = type(post).objects.visible().select_for_update(no_key=True)
    found = kept.filter(pk=post.pk).first()
    if found is None:
        raise NoLongerThere
    return cast("Post", found)


def spend(action: str, person: Person, at: datetime, *allowed: tuple[int, int]) -> None:
    """Count one of these against what a person may do in a while."""
    if is_news(at, timezone.now()) and not is_staff(person):
        limits.spend(action, str(person.pk), *allowed, at=at)


def allow_post(
    person: Person,
    kind: type[Question] | type[Answer] | type[Comment],
    text: Written,
    at: datetime,
    **beside: Question | Answer,
) -> None:
    """Refuse floods, repeats (of comments: in one place) and newcomers' link lists.

    Posts are counted where they lie, so the count survives a restart and includes
    what was deleted. The person's row is locked: two tabs post one after another.
    """
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    # Two tabs take their time before they wait here: the later one may come first.
    around = numbers.SAME_POST_WITHIN
    mine = kind.objects.filter(author=person, created_at__lte=at + around)
    twins = mine.filter(created_at__gt=at - around, body=text["body"], **beside)
    if twin := twins.first():
        raise SamePostAgain(post=twin)
    if is_staff(person):
        return
    newest = mine.order_by("-created_at").values_list("created_at", flat=True)[:100]
    _refuse_flood(list(newest), kind, at)
    if is_new(person, at):
        _refuse_newcomers_excess(mine.count(), kind, person, text, at)


def is_new(person: Person, at: datetime) -> bool:
    age = at - person.date_joined
    # What lies before somebody joined is history that is being written down.
    if not timedelta(0) <= age < numbers.NEW_FOR:
        return False
    tally = MemberTally.objects.filter(person=person).first()
    return tally is None or tally.reputation < numbers.NEW_BELOW_REPUTATION


def allow_links(person: Person, text: Written, at: datetime) -> None:
    if is_staff(person) or not is_new(person, at):
        return
    if markdown.count_links(text["body_html"]) > numbers.NEW_MEMBER_LINKS:
        raise TooManyLinks(most=numbers.NEW_MEMBER_LINKS)
    if markdown.count_images(text["body_html"]) > numbers.NEW_MEMBER_IMAGES:
        raise TooManyImages(most=numbers.NEW_MEMBER_IMAGES)


def _refuse_flood(
    newest_first: Sequence[datetime],
    kind: type[Question] | type[Answer] | type[Comment],
    at: datetime,
) -> None:
    for most, seconds in _LIMITS[kind]:
        if len(newest_first) < most:
            continue
        free_at = newest_first[most - 1] + timedelta(seconds=seconds)
        if free_at > at:
            raise PostingTooFast(retry_after=_seconds(free_at - at))


def _refuse_newcomers_excess(
    so_far: int,
    kind: type[Question] | type[Answer] | type[Comment],
    person: Person,
    text: Written,
    at: datetime,
) -> None:
    most = _ON_THE_FIRST_DAY.get(kind)
    if most is not None and so_far >= most:
        until = person.date_joined + numbers.NEW_FOR
        raise FirstDayLimit(most=most, retry_after=_seconds(until - at))
    allow_links(person, text, at)


def _seconds(wait: timedelta) -> int:
    return max(1, round(wait.total_seconds()))
