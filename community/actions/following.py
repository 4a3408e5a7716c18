"""Who wants to hear of a thread, and who has the same problem."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from common.freshness import changed
from community import numbers
from community.actions import guarding, telling
from community.errors import NoLongerThere, OwnPost
from community.models import Follow, MeToo, Question
from people.models import Person


@transaction.atomic
def follow(*, person: Person, question: Question, at: datetime) -> bool:
    """Tell this person what happens in the thread. False if they followed already."""
    _refuse_unless_visible(question)
    guarding.spend("follow", person, at, *numbers.FOLLOW_LIMITS)
    return follow_quietly(person, question, at)


@transaction.atomic
def unfollow(*, person: Person, question: Question, at: datetime) -> bool:
    """Stop telling them. False if they did not follow."""
    guarding.spend("follow", person, at, *numbers.FOLLOW_LIMITS)
    ended, _kinds = Follow.objects.filter(person=person, question=question).delete()
    if ended:
        _question(question).filter(follower_count__gt=0).update(
            follower_count=F("follower_count") - 1
        )
        changed(question)
    return bool(ended)


def follow_quietly(person: Person, question: Question, at: datetime) -> bool:
    _follow, is_new = Follow.objects.get_or_create(
        person=person, question=question, defaults={"at": at}
    )
    if is_new:
        _question(question).update(follower_count=F("follower_count") + 1)
        changed(question)
    return is_new


@transaction.atomic
def me_too(*, person: Person, question: Question, on: bool, at: datetime) -> int:
    """Say, or take back, "I have this problem too". Returns how many do now."""
    _refuse_unless_visible(question)
    if question.author_id == person.pk:
        raise OwnPost
    guarding.spend("me_too", person, at, *numbers.FOLLOW_LIMITS)
    if on:
        _row, is_new = MeToo.objects.get_or_create(
            person=person, question=question, defaults={"at": at}
        )
        change = int(is_new)
    else:
        gone, _kinds = MeToo.objects.filter(person=person, question=question).delete()
        change = -gone
    if change:
        _question(question).update(me_too_count=F("me_too_count") + change)
        telling.index_again(question)
    return _question(question).values_list("me_too_count", flat=True).get()


def _question(question: Question):  # noqa: ANN202
    return Question.objects.filter(pk=question.pk)


def _refuse_unless_visible(question: Question) -> None:
    if not Question.objects.visible().filter(pk=question.pk).exists():
        raise NoLongerThere
