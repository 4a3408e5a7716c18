"""A thread as search finds it: one document with question and answers."""

import re
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet, Value
from django.db.models.functions import Replace

from common.prepared import prepared
from community.actions.tagging import tag_key
from community.models import Answer, Question, Tag
from community.models.posts import QuestionQuerySet
from people.models import Person
from search.analyser import plain_words, typed_words
from search.documents import Hit
from search.indexes import HallIndex, hits_of
from search.registries import (
    FoundTag,
    at_address,
    author,
    fallback,
    still_visible,
    tag_finder,
    tag_names,
)

FALLBACK_WORDS = 3

_thread_address = re.compile(r"/[a-z-]+/questions/(\d{1,18})/")


def indexed_questions() -> QuestionQuerySet:
    """Public threads with all that a document needs, in three queries."""
    answers = Answer.objects.visible()
    return (
        Question.objects.visible()
        .select_related("circle")
        .prefetch_related(
            "tags",
            Prefetch(
                "answers",
                answers.only("question", "body_text", "vote_score", "state"),
            ),
        )
        .defer("body", "body_html")
    )


class QuestionIndex(HallIndex):
    kind = "question"

    def get_model(self) -> type[Question]:
        return Question

    def get_updated_field(self) -> str:
        return "last_activity_at"

    def index_queryset(self, using: str | None = None) -> QuerySet[Question]:  # noqa: ARG002
        return indexed_questions()

    def prepare_title(self, question: Question) -> str:
        return question.title

    def prepare_language(self, question: Question) -> str:
        return question.language

    def prepare_url(self, question: Question) -> str:
        return question.get_absolute_url()

    def prepare_question(self, question: Question) -> str:
        return question.body_text

    def prepare_accepted(self, question: Question) -> str:
        accepted = question.accepted_answer_id
        return _joined(one for one in _answers(question) if one.pk == accepted)

    def prepare_answers(self, question: Question) -> str:
        accepted = question.accepted_answer_id
        return _joined(one for one in _answers(question) if one.pk != accepted)

    def prepare_status(self, question: Question) -> str:
        return question.status

    def prepare_circle(self, question: Question) -> str:
        return question.circle.slug

    def prepare_circle_names(self, question: Question) -> dict[str, str]:
        return {"en": question.circle.name_en, "zh-hans": question.circle.name_zh}

    def prepare_tags(self, question: Question) -> list[str]:
        return [tag.slug for tag in question.tags.all()]

    def prepare_tag_names(self, question: Question) -> list[str]:
        return [tag.name for tag in question.tags.all()]

    def prepare_author(self, question: Question) -> str:
        return str(question.author_id)

    def prepare_votes(self, question: Question) -> int:
        return question.vote_score

    def prepare_answer_count(self, question: Question) -> int:
        return question.answer_count

    def prepare_asked_at(self, question: Question) -> datetime:
        return question.created_at


@fallback("question")
def find_questions(text: str, language: str | None, limit: int) -> list[Hit]:
    """Threads whose title or text holds the longest words, without any index."""
    words = plain_words(text, FALLBACK_WORDS)
    found = indexed_questions()
    for word in words:
        found = found.filter(Q(title__icontains=word) | Q(body_text__icontains=word))
    if language is not None:
        found = found.in_language(language)
    return hits_of(found.order_by("-vote_score", "-pk")[:limit] if words else [], text)


@still_visible("question")
def visible_questions(pks: Collection[int]) -> set[int]:
    return set(_visible(tuple(pks)))


@prepared
def _visible(pks: tuple[int, ...]) -> QuerySet[Question, int]:
    return Question.objects.visible().filter(pk__in=pks).values_list("pk", flat=True)


@author
def author_of(handle: str) -> str:
    """Who carries the handle now; nobody who was erased or merged."""
    people = Person.objects.filter(erased_at=None, merged_into=None)
    found = people.filter(handle__iexact=handle).values_list("pk", flat=True).first()
    return str(found or "")


@at_address("community.question")
def question_at(path: str) -> int | None:
    """The question of a thread's address, whatever its slug says."""
    found = _thread_address.match(path)
    return int(found[1]) if found else None


@tag_finder
def tags_begun(text: str, language: str, limit: int) -> list[FoundTag]:
    """Tags that begin so, sound so (jifen: 积分) or are one of the words. One query."""
    key = tag_key(text)
    fits = Q(name_key__startswith=key) | Q(name_key__in=typed_words(key))
    letters = key.replace(" ", "").replace("-", "")
    if letters.isascii():
        fits |= Q(sound__startswith=letters)
    rows = (
        Tag.objects.annotate(sound=Replace("slug", Value("-"), Value("")))
        .filter(fits)
        .select_related("synonym_of")
    )
    tags = {tag.synonym_of or tag for tag in rows} if letters else set()
    used = [tag for tag in tags if tag.question_count]
    used.sort(key=lambda tag: (tag.language != language, -tag.question_count, tag.name))
    return [
        FoundTag(tag.name, tag.get_absolute_url(), tag.language, tag.question_count)
        for tag in used[:limit]
    ]


@tag_names
def names_of_tags(slugs: Collection[str]) -> dict[str, str]:
    return dict(Tag.objects.filter(slug__in=slugs).values_list("slug", "name"))


def _answers(question: Question) -> list[Answer]:
    """Best first. A question that was not prefetched brings hidden ones too."""
    visible = (answer for answer in question.answers.all() if answer.is_visible)
    return sorted(visible, key=lambda answer: (-answer.vote_score, answer.pk))


def _joined(answers: Iterable[Answer]) -> str:
    return "\n".join(answer.body_text for answer in answers)
