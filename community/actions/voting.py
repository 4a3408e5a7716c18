"""Somebody finds a post helpful, or not."""

from datetime import datetime
from typing import TypeVar

from django.db import transaction

from community import numbers
from community.actions import guarding, publishing, reputation, telling
from community.errors import NoLongerThere, NotAVote, NotEnoughReputation, OwnPost
from community.models import Answer, MemberTally, Question, Vote
from community.permissions import is_staff
from community.signals import vote_changed
from people.models import Person

Voted = TypeVar("Voted", bound=Question | Answer)


@transaction.atomic
def vote(*, person: Person, post: Voted, value: int, at: datetime) -> Voted:
    """Vote up (1), down (-1) or take the vote back (0). Returns the post counted anew.

    The same vote again changes nothing and costs nothing.
    """
    if type(value) is not int or value not in (1, -1, 0):
        raise NotAVote
    # One row per person and post: the lock makes twenty parallel clicks one vote.
    question, post = _lock_with_thread(post)
    if post.author_id == person.pk:
        raise OwnPost
    mine = Vote.objects.filter(voter=person, **_place(post)).first()
    old = mine.value if mine else 0
    if old == value:
        return post
    if value < 0:
        _refuse_without_reputation(person)
    guarding.spend("vote", person, at, *numbers.VOTE_LIMITS)
    _store(mine, person, post, value, at)
    _count(post, old, value)
    _pay(post, person, old, value, at)
    vote_changed.send(
        sender=type(post), post=post, voter=person, old=old, new=value, at=at
    )
    telling.index_again(question)
    # Who was just trusted for the first time is no newcomer any more.
    publishing.judge(question, at)
    return post


def _lock_with_thread(post: Voted) -> tuple[Question, Voted]:
    """The question first, as everywhere: what a vote leads to changes that row too."""
    thread = post if isinstance(post, Question) else post.question
    question = guarding.lock_visible(thread)
    voted = guarding.lock_visible(post)
    if isinstance(voted, Question):
        return voted, voted
    # A merge may have moved it while we waited for the row.
    if voted.question_id != question.pk:
        raise NoLongerThere
    return question, voted


def _place(post: Question | Answer) -> dict[str, Question | Answer]:
    return {"answer" if isinstance(post, Answer) else "question": post}


def _refuse_without_reputation(person: Person) -> None:
    if is_staff(person):
        return
    tally = MemberTally.objects.filter(person=person).first() or MemberTally()
    if tally.reputation < numbers.REPUTATION_TO_VOTE_DOWN:
        raise NotEnoughReputation(
            needed=numbers.REPUTATION_TO_VOTE_DOWN, has=tally.reputation
        )


def _store(
    mine: Vote | None,
    person: Person,
    post: Question | Answer,
    value: int,
    at: datetime,
) -> None:
    if value == 0 and mine is not None:
        mine.delete()
    elif mine is not None:
        mine.value, mine.at = value, at
        mine.save(update_fields=["value", "at"])
    else:
        Vote.objects.create(voter=person, value=value, at=at, **_place(post))


def _count(post: Question | Answer, old: int, new: int) -> None:
    post.vote_score += new - old
    changed = ["vote_score"]
    if isinstance(post, Answer):
        post.up_count += (new == 1) - (old == 1)
        post.down_count += (new == -1) - (old == -1)
        changed += ["up_count", "down_count"]
    post.save(update_fields=changed)


def _pay(
    post: Question | Answer, voter: Person, old: int, new: int, at: datetime
) -> None:
    if telling.is_history(post):
        return
    if old:
        reputation.take_back([reputation.vote_cause(post, voter.pk, old)], at)
    if new:
        reputation.grant([reputation.vote_cause(post, voter.pk, new)], at)
