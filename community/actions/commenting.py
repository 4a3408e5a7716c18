"""Somebody remarks on a question or an answer."""

from datetime import datetime

from django.db import transaction

from community.actions import guarding, publishing, telling
from community.actions.writing import written_shortly
from community.models import Answer, Comment, Question
from community.permissions import voice_of
from people.models import Person


@transaction.atomic
def comment(
    *,
    person: Person,
    post: Question | Answer,
    body: str,
    at: datetime,
    voice: str | None = None,
) -> Comment:
    text = written_shortly(body)
    beside = "question" if isinstance(post, Question) else "answer"
    guarding.allow_post(person, Comment, text, at, **{beside: post})
    thread = post if isinstance(post, Question) else post.question
    question = guarding.lock_visible(thread)
    place = question if isinstance(post, Question) else guarding.lock_visible(post)
    remark = Comment.objects.create(
        question=place if isinstance(place, Question) else None,
        answer=place if isinstance(place, Answer) else None,
        author=person,
        voice=voice or voice_of(person),
        created_at=at,
        **text,
    )
    place.comment_count += 1
    place.save(update_fields=["comment_count"])
    question.last_activity_at, question.last_actor = at, person
    question.save(update_fields=["last_activity_at", "last_actor"])
    publishing.words_changed(question, at)
    telling.tell("post_commented", remark, at, by=person)
    return remark
