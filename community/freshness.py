"""Which changes in the community make kept pages stale."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Model
from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from common.freshness import SITE, changed, named
from community.models import (
    Answer,
    ArticleSource,
    Circle,
    Comment,
    MemberTally,
    Question,
    QuestionEvent,
    Tag,
)


def questions_in(language: str) -> str:
    """The name of "the questions in this language, whichever they are"."""
    return f"questions:{language}"


def listings_in(language: str) -> str:
    """The name of "which threads in this language search engines are told of, and
    since when they say what they say"."""
    return f"listings:{language}"


@receiver(post_save, sender=Question)
def thread_and_lists(
    instance: Question,
    update_fields: Iterable[str] | None = None,
    **_kwargs: Any,
) -> None:
    whole = update_fields is None or "language" in update_fields
    languages = dict(settings.LANGUAGES) if whole else [instance.language]
    changed(instance, *map(questions_in, languages))


@receiver(post_save, sender=Answer)
def answer_and_thread(instance: Answer, **_kwargs: Any) -> None:
    changed(instance, named(Question, instance.question_id))


@receiver([post_save, post_delete], sender=QuestionEvent)
@receiver([post_save, post_delete], sender=ArticleSource)
def thread_of_it(instance: QuestionEvent | ArticleSource, **_kwargs: Any) -> None:
    if instance.question_id is not None:
        changed(named(Question, instance.question_id))


@receiver([post_save, post_delete], sender=Comment)
def what_it_stands_under(instance: Comment, **_kwargs: Any) -> None:
    if instance.answer is not None:
        changed(instance.answer, named(Question, instance.answer.question_id))
    else:
        changed(named(Question, instance.question_id))


@receiver(post_save, sender=MemberTally)
def profile_of_the_member(instance: MemberTally, **_kwargs: Any) -> None:
    changed(instance)


@receiver([post_save, post_delete], sender=Circle)
@receiver([post_save, post_delete], sender=Tag)
def names_in_every_list(
    sender: type[Model],  # noqa: ARG001
    created: bool = False,
    **_kwargs: Any,
) -> None:
    # Nothing shows a new one yet but what is written after it.
    if not created:
        changed(SITE)
