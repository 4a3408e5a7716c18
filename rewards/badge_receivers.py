"""Which facts may change somebody's badges or level, noted with the fact."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from django.utils import timezone

from community.models import Answer, ArticleSource, Flag, PostRevision, Question
from community.signals import (
    answer_accepted,
    answer_posted,
    answer_unaccepted,
    article_credited,
    flags_settled,
    post_deleted,
    post_restored,
    question_reopened,
    question_solved,
    vote_changed,
)
from people.models import Person
from people.signals import person_created
from rewards.actions.badges import look_later
from rewards.actions.levels import ladder_changed
from rewards.models import Level


@receiver(answer_posted)
def an_answer(answer: Answer, **_: Any) -> None:
    _look_at_answers([answer])


@receiver([answer_accepted, answer_unaccepted])
def an_acceptance(question: Question, answer: Answer, **_: Any) -> None:
    _look_at_answers([answer], question.author_id)


@receiver([question_solved, question_reopened])
def a_solution(question: Question, **_: Any) -> None:
    look_later(question.author_id)


@receiver(vote_changed)
def a_vote(post: Question | Answer, **_: Any) -> None:
    if isinstance(post, Answer):
        _look_at_answers([post])


@receiver([post_deleted, post_restored])
def a_post_goes_or_comes(post: Question | Answer, **_: Any) -> None:
    """With a question all its answers go, and what was edited in it."""
    if isinstance(post, Answer):
        editors = post.revisions.values_list("editor", flat=True)
        _look_at_answers([post], *editors)
        return
    answers = Answer.objects.filter(question=post).only("author_id")
    editors = post.revisions.values_list("editor", flat=True)
    _look_at_answers(answers, post.author_id, *editors)


@receiver(article_credited)
def an_article(source: ArticleSource, **_: Any) -> None:
    look_later(source.person_id)


@receiver(flags_settled)
def some_flags(flags: Iterable[Flag], **_: Any) -> None:
    look_later(*(flag.person_id for flag in flags))


@receiver(post_save, sender=PostRevision)
def an_edit(instance: PostRevision, created: bool, **_: Any) -> None:
    """Who edited, and whose edits it may have taken back."""
    if created:
        same = PostRevision.objects.filter(
            question=instance.question_id, answer=instance.answer_id
        )
        look_later(*same.values_list("editor", flat=True))


@receiver(person_created)
def a_member(person: Person, **_: Any) -> None:
    if not person.is_imported:
        look_later(person.pk)


@receiver([post_save, post_delete], sender=Level)
def the_ladder(**_: Any) -> None:
    ladder_changed(at=timezone.now())


def _look_at_answers(answers: Iterable[Answer], *others: int) -> None:
    look_later(*(answer.author_id for answer in answers), *others)
