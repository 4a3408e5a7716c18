"""Somebody answers."""

from datetime import datetime

from django.db import transaction

from community.actions import guarding, publishing, reputation, telling
from community.actions.following import follow_quietly
from community.actions.tracing import add_event
from community.actions.writing import Written, written
from community.models import Answer, Question, QuestionEvent, Voice
from community.permissions import voice_of
from community.signals import answer_posted
from people.models import Person


@transaction.atomic
def answer(
    *,
    person: Person,
    question: Question,
    body: str,
    at: datetime,
    voice: str | None = None,
) -> Answer:
    """Answer a question in the voice the person has today.

    The first answer of a thread is a step of its trace; an official one always is.
    """
    text = written(body)
    guarding.allow_post(person, Answer, text, at)
    question = guarding.lock_visible(question)
    return add_answer(question, person, text, at, voice or voice_of(person))


def add_answer(
    question: Question,
    person: Person,
    text: Written,
    at: datetime,
    voice: str,
    ticket_reference: str = "",
) -> Answer:
    """Write the answer down under a question whose row the caller holds."""
    posted = Answer.objects.create(
        question=question,
        author=person,
        voice=voice,
        ticket_reference=ticket_reference,
        created_at=at,
        **text,
    )
    question.answer_count += 1
    question.first_answer_at = question.first_answer_at or at
    question.last_answer_at = question.last_activity_at = at
    question.last_actor = person
    question.save(
        update_fields=[
            "answer_count",
            "first_answer_at",
            "last_answer_at",
            "last_activity_at",
            "last_actor",
        ]
    )
    reputation.count(person.pk, answer_count=1)
    is_official = voice == Voice.OFFICIAL
    _trace(question, posted, at)
    follow_quietly(person, question, at)
    answer_posted.send(sender=Answer, question=question, answer=posted, at=at)
    what = "question_answered_officially" if is_official else "question_answered"
    telling.tell(what, posted, at, by=person)
    publishing.words_changed(question, at)
    return posted


def _trace(question: Question, posted: Answer, at: datetime) -> None:
    data = {"answer": posted.pk, "author": posted.author_id, "voice": posted.voice}
    if posted.voice == Voice.OFFICIAL:
        kind, key = QuestionEvent.Kind.OFFICIAL_ANSWER, f"official_answer:{posted.pk}"
        data["ticket"] = posted.ticket_reference
    else:
        kind, key = QuestionEvent.Kind.ANSWERED, f"answered:{question.pk}"
        # An imported thread may have this step under a key of its own.
        if question.events.filter(kind=kind).exists():
            return
    add_event(
        question=question, kind=kind, key=key, at=at, actor=posted.author, data=data
    )
