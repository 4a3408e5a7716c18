"""The asker says which answer solved it, and may think again."""

from datetime import datetime

from django.db import transaction

from community import numbers, permissions
from community.actions import guarding, publishing, reputation, telling
from community.actions.tracing import add_event
from community.errors import (
    AcceptingYourOwn,
    NoLongerThere,
    NothingToReopen,
    NotYourThread,
)
from community.models import Answer, Question, QuestionEvent
from community.signals import (
    answer_accepted,
    answer_unaccepted,
    question_reopened,
    question_solved,
)
from people.models import Person


@transaction.atomic
def accept(*, person: Person, answer: Answer, at: datetime) -> Question:
    """Mark the answer that solved the question; another one gives way first.

    Accepting the same answer again changes nothing. Returns the question.
    """
    # Two tabs may accept at once; the lock lets one of them announce it.
    question = guarding.lock_visible(answer.question)
    chosen = guarding.lock_visible(answer)
    if chosen.question_id != question.pk:
        raise NoLongerThere
    if not permissions.may_accept(person, question):
        raise NotYourThread
    if permissions.is_author(person, chosen) and not permissions.is_author(
        person, question
    ):
        raise AcceptingYourOwn
    if question.accepted_answer_id == chosen.pk:
        return question
    _count_change_of_mind(person, at)
    before = question.accepted_answer
    if before is not None:
        reputation.hold([question.author_id, chosen.author_id, before.author_id])
        end_acceptance(question, person, at)
    _begin_acceptance(question, chosen, person, at)
    return question


@transaction.atomic
def unaccept(*, person: Person, question: Question, at: datetime) -> Question:
    """Take the acceptance back and wait for help again. Returns the question.

    Nothing accepted: nothing changes.
    """
    question = guarding.lock_visible(question)
    if not permissions.may_accept(person, question):
        raise NotYourThread
    if question.accepted_answer_id is not None:
        _count_change_of_mind(person, at)
        end_acceptance(question, person, at)
    return question


@transaction.atomic
def reopen(*, person: Person, question: Question, at: datetime) -> Question:
    """Say that what our staff took for a solution is none. Returns the question."""
    question = guarding.lock_visible(question)
    if not permissions.may_accept(person, question):
        raise NotYourThread
    if question.accepted_answer_id is not None:
        _count_change_of_mind(person, at)
        end_acceptance(question, person, at)
    elif question.solved_at is not None:
        start_new_cycle(question, person, at, {"reopened": True})
    else:
        raise NothingToReopen
    return question


def _count_change_of_mind(person: Person, at: datetime) -> None:
    guarding.spend("accept", person, at, *numbers.ACCEPT_LIMITS)


def end_acceptance(question: Question, by: Person, at: datetime) -> None:
    """Take back the acceptance, if any, of a question whose row the caller holds."""
    answer = question.accepted_answer
    if answer is None:
        return
    causes = reputation.acceptance_causes(question, answer, question.accepted_by_id)
    question.accepted_answer = question.accepted_at = question.accepted_by = None
    question.save(update_fields=["accepted_answer", "accepted_at", "accepted_by"])
    reputation.take_back(causes, at)
    if answer.author_id != question.author_id:
        reputation.count(answer.author_id, accepted_count=-1)
    start_new_cycle(question, by, at, {"answer": answer.pk}, unaccepted=answer)


def start_new_cycle(
    question: Question,
    by: Person,
    at: datetime,
    data: dict[str, object],
    unaccepted: Answer | None = None,
) -> None:
    """Let the thread wait for help again; escalation counts from now."""
    ended = question.cycle
    question.solved_at = None
    question.cycle = ended + 1
    question.cycle_started_at = question.last_activity_at = at
    question.last_actor = by
    question.save(
        update_fields=[
            "solved_at",
            "cycle",
            "cycle_started_at",
            "last_activity_at",
            "last_actor",
        ]
    )
    add_event(
        question=question,
        kind=QuestionEvent.Kind.UNACCEPTED,
        key=f"unaccepted:{question.pk}:{ended}",
        at=at,
        actor=by,
        data=data,
    )
    if unaccepted is not None:
        answer_unaccepted.send(
            sender=Answer, question=question, answer=unaccepted, by=by, at=at
        )
    question_reopened.send(sender=Question, question=question, by=by, at=at)
    publishing.words_changed(question, at)


def mark_solved(
    question: Question, answer: Answer, by: Person, at: datetime, *, officially: bool
) -> None:
    """Solve a question whose row the caller holds. Solved already: nothing changes."""
    if question.solved_at is not None:
        return
    question.solved_at = question.last_activity_at = at
    question.last_actor = by
    question.save(update_fields=["solved_at", "last_activity_at", "last_actor"])
    add_event(
        question=question,
        kind=QuestionEvent.Kind.SOLVED,
        key=f"solved:{question.pk}:{question.cycle}",
        at=at,
        actor=by,
        data={
            "answer": answer.pk,
            "author": answer.author_id,
            "official": officially,
        },
    )
    question_solved.send(
        sender=Question, question=question, answer=answer, by=by, at=at
    )
    telling.tell("question_solved", answer, at, by=by, once_per=question.cycle)


def _begin_acceptance(
    question: Question, answer: Answer, person: Person, at: datetime
) -> None:
    question.accepted_answer, question.accepted_at = answer, at
    question.accepted_by = person
    question.last_activity_at, question.last_actor = at, person
    question.save(
        update_fields=[
            "accepted_answer",
            "accepted_at",
            "accepted_by",
            "last_activity_at",
            "last_actor",
        ]
    )
    add_event(
        question=question,
        kind=QuestionEvent.Kind.ACCEPTED,
        key=f"accepted:{question.pk}:{question.cycle}",
        at=at,
        actor=person,
        data={"answer": answer.pk, "author": answer.author_id},
    )
    if not telling.is_history(answer):
        causes = reputation.acceptance_causes(question, answer, person.pk)
        reputation.grant(causes, at)
    if answer.author_id != question.author_id:
        reputation.count(answer.author_id, accepted_count=1)
    answer_accepted.send(
        sender=Answer, question=question, answer=answer, by=person, at=at
    )
    telling.tell("answer_accepted", answer, at, by=person, once_per=question.cycle)
    mark_solved(question, answer, person, at, officially=False)
    publishing.words_changed(question, at)
