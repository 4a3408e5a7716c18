"""Somebody asks."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from common.text import detect_language, pinyin_slug
from community.actions import guarding, reputation, tagging, telling
from community.actions.following import follow_quietly
from community.actions.tracing import add_event
from community.actions.writing import clean_title, written
from community.errors import CircleClosed
from community.models import Circle, Question, QuestionEvent
from community.signals import question_asked
from people.models import Person


@transaction.atomic
def ask(
    *,
    person: Person,
    title: str,
    body: str,
    circle: Circle,
    tags: Sequence[str],
    at: datetime,
    language: str | None = None,
) -> Question:
    """Put a question into a circle; its asker follows it.

    The title decides the language unless it is given. Tags are names; unknown ones
    are made, synonyms lead to the tag they stand for.
    """
    if not circle.is_open:
        raise CircleClosed
    title, text = clean_title(title), written(body)
    language = language or detect_language(title)
    guarding.allow_post(person, Question, text, at)
    chosen = tagging.tags_named(tags, language=language, person=person, at=at)
    question = Question.objects.create(
        author=person,
        title=title,
        slug=pinyin_slug(title, max_length=80),
        language=language,
        circle=circle,
        created_at=at,
        cycle_started_at=at,
        last_activity_at=at,
        last_actor=person,
        **text,
    )
    tagging.put_on(question, chosen)
    reputation.count(person.pk, question_count=1)
    add_event(
        question=question,
        kind=QuestionEvent.Kind.ASKED,
        key=f"asked:{question.pk}",
        at=at,
        actor=person,
        data={"circle": circle.slug},
    )
    follow_quietly(person, question, at)
    question_asked.send(sender=Question, question=question, at=at)
    telling.index_again(question)
    return question
