"""Authors and moderators improve a post; how it read before is kept."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction

from common.errors import NotAllowed
from common.text import clean_line, pinyin_slug
from community import numbers, permissions
from community.actions import guarding, publishing, tagging
from community.actions.writing import clean_title, written, written_shortly
from community.errors import CircleClosed, NotYourPost
from community.models import Answer, Circle, Comment, PostRevision, Question
from people.models import Person


@transaction.atomic
def edit_question(
    *,
    person: Person,
    question: Question,
    title: str,
    body: str,
    tags: Sequence[str],
    at: datetime,
    circle: Circle | None = None,
    language: str | None = None,
    note: str = "",
) -> Question:
    """Change what is given and keep the old version. Nothing new: nothing changes.

    Only staff may change the language, because the address goes with it.
    """
    question = guarding.lock_visible(question)
    _refuse_others(person, question)
    title, text = clean_title(title), written(body)
    language = _language_for(person, question, language)
    if circle is not None and circle.pk != question.circle_id and not circle.is_open:
        raise CircleClosed
    circle_id = circle.pk if circle is not None else question.circle_id
    chosen = tagging.tags_named(tags, language=language, person=person, at=at)
    before = list(question.tags.order_by("pk"))
    words_differ = (question.title, question.body) != (title, text["body"])
    tags_differ = {tag.pk for tag in before} != {tag.pk for tag in chosen}
    if words_differ or tags_differ:
        _allow_edit(person, at)
        guarding.allow_links(person, text, at)
        _keep_version(question, [tag.name for tag in before], person, note, at)
        question.edited_at = at
    elif (question.circle_id, question.language) == (circle_id, language):
        return question
    if question.title != title:
        question.slug = pinyin_slug(title, max_length=80)
    question.title, question.language = title, language
    question.circle_id = circle_id
    _rewrite(question, text)
    question.save(
        update_fields=[*text, "title", "slug", "language", "circle", "edited_at"]
    )
    tagging.put_on(question, chosen)
    publishing.words_changed(question, at)
    return question


@transaction.atomic
def edit_answer(
    *, person: Person, answer: Answer, body: str, at: datetime, note: str = ""
) -> Answer:
    """Change the text and keep the old version. The voice stays as posted."""
    question = guarding.lock_visible(answer.question)
    answer = guarding.lock_visible(answer)
    _refuse_others(person, answer)
    text = written(body)
    if answer.body == text["body"]:
        return answer
    _allow_edit(person, at)
    guarding.allow_links(person, text, at)
    _keep_version(answer, [], person, note, at)
    answer.edited_at = at
    _rewrite(answer, text)
    answer.save(update_fields=[*text, "edited_at"])
    publishing.words_changed(question, at)
    return answer


@transaction.atomic
def edit_comment(
    *, person: Person, comment: Comment, body: str, at: datetime
) -> Comment:
    """Change a comment. Comments keep no versions."""
    question = guarding.lock_visible(comment.thread)
    comment = guarding.lock_visible(comment)
    _refuse_others(person, comment)
    text = written_shortly(body)
    if comment.body == text["body"]:
        return comment
    _allow_edit(person, at)
    guarding.allow_links(person, text, at)
    comment.edited_at = at
    _rewrite(comment, text)
    comment.save(update_fields=[*text, "edited_at"])
    publishing.words_changed(question, at)
    return comment


def _refuse_others(person: Person, post: Question | Answer | Comment) -> None:
    if not permissions.may_edit(person, post):
        raise NotYourPost


def _allow_edit(person: Person, at: datetime) -> None:
    guarding.spend("edit", person, at, *numbers.EDIT_LIMITS)


def _language_for(person: Person, question: Question, wanted: str | None) -> str:
    if wanted is None or wanted == question.language:
        return question.language
    if not permissions.is_staff(person) or wanted not in dict(settings.LANGUAGES):
        raise NotAllowed
    return wanted


def _keep_version(
    post: Question | Answer, tags: list[str], editor: Person, note: str, at: datetime
) -> None:
    PostRevision.objects.create(
        question=post if isinstance(post, Question) else None,
        answer=post if isinstance(post, Answer) else None,
        number=post.revisions.count() + 1,
        title=post.title if isinstance(post, Question) else "",
        body=post.body,
        tags=tags,
        editor=editor,
        note=clean_line(note, 200),
        at=at,
    )


def _rewrite(post: Question | Answer | Comment, text: Mapping[str, object]) -> None:
    for name, value in text.items():
        setattr(post, name, value)
