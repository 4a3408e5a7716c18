"""Our staff take a thread on, answer officially and settle it."""

from datetime import datetime

from django.db import transaction

from community import permissions
from community.actions import guarding, publishing, telling
from community.actions.accepting import mark_solved
from community.actions.answering import add_answer
from community.actions.writing import written
from community.errors import NotInThisThread, NotYourThread
from community.models import Answer, Question, Voice
from people.models import Person


@transaction.atomic
def post_official_answer(
    *,
    person: Person,
    question: Question,
    body: str,
    at: datetime,
    ticket_reference: str = "",
) -> Answer:
    """Answer in the operator's name, from a ticket or without one."""
    if not permissions.may_answer_officially(person):
        raise NotYourThread
    text = written(body)
    question = guarding.lock_visible(question)
    return add_answer(question, person, text, at, Voice.OFFICIAL, ticket_reference)


@transaction.atomic
def settle_officially(
    *, question: Question, answer: Answer, by: Person, at: datetime
) -> Question:
    """Mark the question solved by this answer, without the asker's acceptance.

    Solved already: nothing changes. The asker may reopen it.
    """
    if not permissions.may_answer_officially(by):
        raise NotYourThread
    question = guarding.lock_visible(question)
    if answer.question_id != question.pk or not answer.is_visible:
        raise NotInThisThread
    mark_solved(question, answer, by, at, officially=True)
    publishing.words_changed(question, at)
    return question


@transaction.atomic
def hand_to_staff(*, question: Question, at: datetime) -> Question:
    """Show that our staff have it. For whoever opens the ticket; asks no permission."""
    return _set_with_staff(question, at)


@transaction.atomic
def hand_back(*, question: Question) -> Question:
    """Show that no ticket is open any more. For whoever closed it."""
    return _set_with_staff(question, None)


def _set_with_staff(question: Question, since: datetime | None) -> Question:
    row = Question.objects.filter(pk=question.pk)
    row.update(with_staff_since=since)
    question.with_staff_since = since
    telling.index_again(question)
    return question
