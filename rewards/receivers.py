"""What the community's facts mean for points, in the same transaction."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from community.models import Answer, ArticleSource, Question, Voice, Vote
from community.signals import (
    answer_accepted,
    answer_unaccepted,
    article_credited,
    post_deleted,
    post_restored,
    vote_changed,
)
from people.models import Person
from rewards import numbers
from rewards.actions.earning import award, take_back
from rewards.models import EarnRule

Event = EarnRule.Event


@receiver(answer_accepted)
def pay_for_acceptance(
    question: Question, answer: Answer, by: Person | None, at: datetime, **_: Any
) -> None:
    if not _earns(answer, question):
        return
    award(
        event=Event.ACCEPTED,
        person=answer.author_id,
        partner=question.author_id,
        source_type="answer",
        source_id=answer.pk,
        post=answer.pk,
        actor=by,
        at=at,
    )
    waited = answer.created_at - question.created_at
    if question.first_answer_at == answer.created_at and (
        waited >= numbers.RESCUE_AFTER
    ):
        award(
            event=Event.RESCUE,
            person=answer.author_id,
            partner=question.author_id,
            source_type="answer",
            source_id=answer.pk,
            post=answer.pk,
            actor=by,
            at=at,
        )


@receiver(answer_unaccepted)
def take_back_acceptance(
    answer: Answer, by: Person | None, at: datetime, **_: Any
) -> None:
    for event in (Event.ACCEPTED, Event.RESCUE):
        take_back(
            event=event,
            person=answer.author_id,
            source_type="answer",
            source_id=answer.pk,
            actor=by,
            at=at,
        )


@receiver(vote_changed)
def pay_for_vote(
    post: Question | Answer, voter: Person, old: int, new: int, at: datetime, **_: Any
) -> None:
    if not isinstance(post, Answer) or not _earns(post, post.question):
        return
    if old == 1:
        _take_back_vote(post, voter.pk, at)
    if new == 1:
        _pay_vote(post, voter.pk, at)


@receiver(post_deleted)
def take_back_all(post: Any, by: Person | None, at: datetime, **_: Any) -> None:
    for answer in _answers_of(post):
        take_back_acceptance(answer=answer, by=by, at=at)
        for voter_id in _up_voters(answer):
            _take_back_vote(answer, voter_id, at)


@receiver(post_restored)
def pay_all_again(post: Any, by: Person | None, at: datetime, **_: Any) -> None:
    for answer in _answers_of(post):
        question = answer.question
        if not (answer.is_visible and question.is_visible):
            continue
        if not _earns(answer, question):
            continue
        if question.accepted_answer_id == answer.pk:
            pay_for_acceptance(question=question, answer=answer, by=by, at=at)
        for voter_id in _up_voters(answer):
            _pay_vote(answer, voter_id, at)


@receiver(article_credited)
def pay_for_article(
    source: ArticleSource, question: Question, at: datetime, **_: Any
) -> None:
    answer = source.answer
    if answer is None or not _earns(answer, question, own_counts=True):
        return
    award(
        event=Event.ARTICLE_CREDIT,
        person=source.person_id,
        source_type="article_source",
        source_id=source.pk,
        post=answer.pk,
        at=at,
    )


def _earns(answer: Answer, question: Question, *, own_counts: bool = False) -> bool:
    """History earns nothing, official work is paid otherwise, nor oneself."""
    if answer.is_imported or question.is_imported:
        return False
    if answer.voice == Voice.OFFICIAL:
        return False
    return own_counts or answer.author_id != question.author_id


def _pay_vote(answer: Answer, voter_id: int, at: datetime) -> None:
    award(
        event=Event.UPVOTE,
        person=answer.author_id,
        partner=voter_id,
        source_type="vote",
        source_id=f"{answer.pk}:{voter_id}",
        post=answer.pk,
        at=at,
    )


def _take_back_vote(answer: Answer, voter_id: int, at: datetime) -> None:
    take_back(
        event=Event.UPVOTE,
        person=answer.author_id,
        source_type="vote",
        source_id=f"{answer.pk}:{voter_id}",
        at=at,
    )


def _answers_of(post: Any) -> list[Answer]:
    """The answers whose points hang on this post: itself, or all of its thread."""
    answers = Answer.objects.select_related("question")
    if isinstance(post, Answer):
        return list(answers.filter(pk=post.pk))
    if isinstance(post, Question):
        return list(answers.filter(question=post).order_by("pk"))
    return []


def _up_voters(answer: Answer) -> list[int]:
    votes = Vote.objects.filter(answer=answer, value=1, voter__isnull=False)
    return list(votes.order_by("pk").values_list("voter_id", flat=True))
