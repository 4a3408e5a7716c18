"""What the desk does when the community announces a fact, in the same transaction."""

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from community import signals
from community.models import Answer, Question
from desk import actions
from people.models import Person


@receiver(signals.answer_posted)
def note_answer(question: Question, answer: Answer, at: datetime, **_: Any) -> None:
    actions.thread_answered(question=question, answer=answer, at=at)


@receiver(signals.question_solved)
def end_ticket(
    question: Question, answer: Answer, by: Person, at: datetime, **_: Any
) -> None:
    actions.thread_solved(question=question, answer=answer, by=by, at=at)


@receiver(signals.question_reopened)
def show_ticket_again(question: Question, by: Person, at: datetime, **_: Any) -> None:
    actions.thread_reopened(question=question, by=by, at=at)


@receiver(signals.post_deleted)
def note_removal(post: Question | Answer, by: Person, at: datetime, **_: Any) -> None:
    if isinstance(post, Question):
        actions.thread_removed(question=post, by=by, at=at)


@receiver(signals.post_restored)
def note_return(post: Question | Answer, by: Person, at: datetime, **_: Any) -> None:
    if isinstance(post, Question):
        actions.thread_restored(question=post, by=by, at=at)
