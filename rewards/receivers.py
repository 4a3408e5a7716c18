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
from rewards.actions import award, take_back, take_back_from
from rewards.models import EarnRule

Event = EarnRule.Event


@receiver(answer_accepted)
def pay_for_acceptance(
    question: Question, answer: Answer, by: Person | None, at: datetime, **_: Any
) -> None:
    if _helps(answer, question):
        _pay_acceptance(question, answer, by=by, earned_at=at, at=at)


@receiver(answer_unaccepted)
def take_back_acceptance(
    answer: Answer, by: Person | None, at: datetime, **_: Any
) -> None:
    for event in (Event.ACCEPTED, Event.RESCUE):
        take_back_from(event=event, **_cause(answer), actor=by, at=at)


@receiver(vote_changed)
def pay_for_vote(
    post: Question | Answer, voter: Person, old: int, new: int, at: datetime, **_: Any
) -> None:
    if not isinstance(post, Answer):
        return
    if old == 1:
        take_back(event=Event.UPVOTE, **_cause(post), partner=voter, at=at)
    if new == 1 and _helps(post, post.question):
        _pay_vote(post, voter.pk, earned_at=at, at=at)


@receiver(post_deleted)
def take_back_all(
    post: Question | Answer, by: Person | None, at: datetime, **_: Any
) -> None:
    """Credit for an article stays: the article goes on saying what they wrote."""
    for answer in _answers_of(post):
        for event in (Event.ACCEPTED, Event.RESCUE, Event.UPVOTE):
            take_back_from(event=event, **_cause(answer), actor=by, at=at)


@receiver(post_restored)
def pay_all_again(
    post: Question | Answer, by: Person | None, at: datetime, **_: Any
) -> None:
    """Under the caps of the days on which it was earned first."""
    for answer in _answers_of(post):
        question = answer.question
        visible = answer.is_visible and question.is_visible
        if not (visible and _helps(answer, question)):
            continue
        if question.accepted_answer_id == answer.pk:
            earned_at = question.accepted_at or at
            _pay_acceptance(question, answer, by=by, earned_at=earned_at, at=at)
        votes = Vote.objects.filter(answer=answer, value=1, voter__isnull=False)
        for voter_id, voted_at in votes.order_by("pk").values_list("voter_id", "at"):
            _pay_vote(answer, voter_id, earned_at=voted_at, at=at)


@receiver(article_credited)
def pay_for_article(
    source: ArticleSource,
    question: Question,
    by: Person | None,
    at: datetime,
    **_: Any,
) -> None:
    """Nobody pays themselves by publishing what they once wrote as a member."""
    if source.answer is None or (by is not None and source.answer.author_id == by.pk):
        return
    if _earns(source.answer, question):
        award(event=Event.ARTICLE_CREDIT, **_cause(source.answer), at=at)


def _earns(answer: Answer, question: Question) -> bool:
    """History earns nothing, official work is paid otherwise, the erased are gone."""
    if answer.is_imported or question.is_imported or answer.voice == Voice.OFFICIAL:
        return False
    return not answer.author.is_erased


def _helps(answer: Answer, question: Question) -> bool:
    """Nobody earns by answering themselves, whoever votes for it."""
    return answer.author_id != question.author_id and _earns(answer, question)


def _pay_acceptance(
    question: Question,
    answer: Answer,
    *,
    by: Person | None,
    earned_at: datetime,
    at: datetime,
) -> None:
    events = [Event.ACCEPTED]
    waited = answer.created_at - question.created_at
    is_first = question.first_answer_at == answer.created_at
    if is_first and waited >= numbers.RESCUE_AFTER:
        events.append(Event.RESCUE)
    for event in events:
        award(
            event=event,
            **_cause(answer),
            partner=question.author_id,
            actor=by,
            earned_at=earned_at,
            at=at,
        )


def _pay_vote(
    answer: Answer, voter_id: int, *, earned_at: datetime, at: datetime
) -> None:
    award(
        event=Event.UPVOTE,
        **_cause(answer),
        partner=voter_id,
        earned_at=earned_at,
        at=at,
    )


def _cause(answer: Answer) -> dict[str, Any]:
    return {
        "person": answer.author_id,
        "source_type": "answer",
        "source_id": answer.pk,
    }


def _answers_of(post: Question | Answer) -> list[Answer]:
    """The answers whose points hang on this post: itself, or all of its thread."""
    answers = Answer.objects.select_related("question", "author")
    if isinstance(post, Answer):
        return list(answers.filter(pk=post.pk))
    return list(answers.filter(question=post).order_by("author_id", "pk"))
