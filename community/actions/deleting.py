"""Posts leave the public's eyes and come back. No row is ever removed."""

from datetime import datetime
from typing import TypeVar, cast

from django.db import transaction
from django.db.models import Max, Min

from community import numbers, permissions
from community.actions import guarding, publishing, reputation, tagging, telling
from community.actions.accepting import end_acceptance
from community.errors import (
    AnswerIsAccepted,
    NoLongerThere,
    NotYourPost,
    OthersHaveAnswered,
    TooLateToRestore,
)
from community.models import Answer, Comment, PostState, Question, Tagging, Vote
from community.signals import post_deleted, post_restored
from people.models import Person

Post = Question | Answer | Comment
SomePost = TypeVar("SomePost", bound=Post)


@transaction.atomic
def delete(*, person: Person, post: Post, at: datetime, reason: str = "") -> Post:
    """Take a post away. Authors may while nobody's help hangs on it, moderators always.

    The row stays and can be restored; a question leaves a tombstone. Deleted
    already: nothing changes.
    """
    question, post = lock_with_thread(post)
    if post.state == PostState.DELETED:
        return post
    if not permissions.may_moderate(person):
        _refuse_author(person, question, post)
    guarding.spend("remove", person, at, *numbers.REMOVE_LIMITS)
    leave(question, post, PostState.DELETED, by=person, at=at, reason=reason)
    if person.pk != post.author_id:
        tell_author(post, person, at)
    return post


@transaction.atomic
def restore(*, person: Person, post: Post, at: datetime) -> Post:
    """Bring a deleted or hidden post back. Visible already: nothing changes."""
    question, post = lock_with_thread(post)
    if post.state == PostState.VISIBLE:
        return post
    if post.state == PostState.MERGED:
        raise NoLongerThere
    if not permissions.may_restore(person, post, at):
        if permissions.is_author(person, post) and post.deleted_by_id == person.pk:
            raise TooLateToRestore(days=permissions.restore_days())
        raise NotYourPost
    guarding.spend("remove", person, at, *numbers.REMOVE_LIMITS)
    come_back(question, post, by=person, at=at)
    return post


def lock_with_thread(post: Post) -> tuple[Question, Post]:
    """The question, then the post, both locked, whatever their state."""
    if isinstance(post, Question):
        question = _locked(post)
        return question, question
    place = post.place if isinstance(post, Comment) else post
    question = _locked(place.question if isinstance(place, Answer) else place)
    if isinstance(place, Answer):
        place = _locked(place)
        # A merge may have moved it while we waited for the row.
        if place.question_id != question.pk:
            raise NoLongerThere
    return question, _locked(post)


def leave(
    question: Question,
    post: Post,
    state: PostState,
    *,
    by: Person,
    at: datetime,
    reason: str = "",
) -> None:
    """Put a locked post out of sight and undo what it gave others."""
    was_visible = post.is_visible
    _hold_people(question, post)
    if isinstance(post, Answer) and question.accepted_answer_id == post.pk:
        end_acceptance(question, by, at)
    post.state, post.deleted_at, post.deleted_by = state, at, by
    post.deleted_reason = reason.strip()[:200]
    post.save(update_fields=["state", "deleted_at", "deleted_by", "deleted_reason"])
    if was_visible:
        _count_anew(question, post, -1)
        _move_reputation(question, post, at, gone=True)
        if not isinstance(post, Comment):
            post_deleted.send(sender=type(post), post=post, by=by, at=at)
    publishing.words_changed(question, at)


def come_back(question: Question, post: Post, *, by: Person, at: datetime) -> None:
    """Show a locked post again, and give back what it gave others."""
    _hold_people(question, post)
    post.state = PostState.VISIBLE
    post.deleted_at = post.deleted_by = None
    post.deleted_reason = ""
    post.save(update_fields=["state", "deleted_at", "deleted_by", "deleted_reason"])
    _count_anew(question, post, +1)
    _move_reputation(question, post, at, gone=False)
    if not isinstance(post, Comment):
        post_restored.send(sender=type(post), post=post, by=by, at=at)
    publishing.words_changed(question, at)


def count_answers(question: Question) -> None:
    """Count the visible answers of a locked question anew."""
    visible = Answer.objects.visible().filter(question=question)
    times = visible.aggregate(first=Min("created_at"), last=Max("created_at"))
    question.answer_count = visible.count()
    question.first_answer_at, question.last_answer_at = times["first"], times["last"]
    question.save(update_fields=["answer_count", "first_answer_at", "last_answer_at"])


def tell_author(post: Post, by: Person, at: datetime) -> None:
    """Say that a moderator took the post away, and why."""
    telling.tell(
        "post_removed",
        post,
        at,
        by=by,
        once_per=at.isoformat(),
        reason=post.deleted_reason,
    )


def _locked(post: SomePost) -> SomePost:
    rows = type(post).objects.select_for_update(no_key=True)
    return cast("SomePost", rows.get(pk=post.pk))


def _refuse_author(person: Person, question: Question, post: Post) -> None:
    if not permissions.is_author(person, post):
        raise NotYourPost
    if not post.is_visible:
        raise NoLongerThere
    if isinstance(post, Question):
        others = Answer.objects.visible().filter(question=post)
        if others.exclude(author=person).exists():
            raise OthersHaveAnswered
    if isinstance(post, Answer) and question.accepted_answer_id == post.pk:
        raise AnswerIsAccepted


def _hold_people(question: Question, post: Post) -> None:
    """Everybody whose reputation or tally goes with the post."""
    people = {question.author_id, post.author_id}
    if isinstance(post, Question):
        answers = Answer.objects.filter(question=post)
        people |= set(answers.values_list("author_id", flat=True))
    if not isinstance(post, Comment):
        reputation.hold(people)


def _count_anew(question: Question, post: Post, change: int) -> None:
    if isinstance(post, Question):
        tags = Tagging.objects.filter(question=post).values_list("tag_id", flat=True)
        tagging.count_tags(tags, change)
        accepted = post.accepted_answer
        helpers = [accepted.author_id] if accepted is not None else []
        reputation.recount([post.author_id, *helpers])
    elif isinstance(post, Answer):
        count_answers(question)
        reputation.recount([post.author_id])
    else:
        place = post.answer or question
        place.comment_count = (
            Comment.objects.visible()
            .filter(question=post.question_id, answer=post.answer_id)
            .count()
        )
        place.save(update_fields=["comment_count"])


def _move_reputation(
    question: Question, post: Post, at: datetime, *, gone: bool
) -> None:
    """Votes and acceptance stop earning with the post, and earn again with it."""
    if isinstance(post, Comment) or telling.is_history(post):
        return
    causes = _vote_causes(post)
    if isinstance(post, Question):
        for answer in Answer.objects.visible().native().filter(question=post):
            causes += _vote_causes(answer)
        if (accepted := question.accepted_answer) is not None:
            causes += reputation.acceptance_causes(
                question, accepted, question.accepted_by_id
            )
    if gone:
        reputation.take_back(causes, at)
    else:
        reputation.grant(causes, at)


def _vote_causes(post: Question | Answer) -> list[reputation.Cause]:
    place = {"answer" if isinstance(post, Answer) else "question": post}
    votes = Vote.objects.filter(voter__isnull=False, source="", **place)
    return [
        reputation.vote_cause(post, voter_id, value)
        for voter_id, value in votes.values_list("voter_id", "value").order_by("pk")
    ]
