"""Lists of threads: pages, feeds, the hall's front, sitemaps."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Substr

from common.prepared import prepared
from community.models import Circle, Question, QuestionEvent, Tag, Tagging
from community.permissions import shown_voice
from people.models import Person

SORTS = ("newest", "active", "unanswered", "votes")
EXCERPT = 240
# Threads with a tag. With a million in all, both ways to the first twenty of so many
# look at as many rows.
MANY = 1_500

_ORDER = {
    "newest": ("-created_at", "-pk"),
    "active": ("-last_activity_at", "-pk"),
    "unanswered": ("-created_at", "-pk"),
    "votes": ("-vote_score", "-pk"),
}
# What a row of a list shows; bodies stay in the database.
_ROW = (
    "title",
    "slug",
    "language",
    "state",
    "source",
    "created_at",
    "solved_at",
    "with_staff_since",
    "last_activity_at",
    "answer_count",
    "vote_score",
    "me_too_count",
    "view_count",
    "accepted_answer",
    "circle",
    "author",
    "last_actor",
)
_PERSON = ("handle", "display_name", "standing")


@dataclass(frozen=True, slots=True)
class Row:
    """What a row of a list shows; the question with author, last actor and circle."""

    question: Question
    tags: list[str]
    steps: set[str]  # kinds of QuestionEvent


@dataclass(frozen=True, slots=True)
class Solved:
    """A solved thread, and who gave the answer; "" if it is gone."""

    row: Row
    solved_at: datetime
    solver: str
    solver_id: int | None
    voice: str


def question_list(
    *,
    language: str,
    sort: str = "newest",
    circle: Circle | None = None,
    tag: Tag | None = None,
) -> QuerySet[Question]:
    """Which threads a list holds, in its order; page it, then ask for its rows."""
    rows = Question.objects.visible().in_language(language)
    if sort == "unanswered":
        rows = rows.unanswered()
    if circle is not None:
        rows = rows.in_circle(circle)
    order = _ORDER.get(sort, _ORDER["newest"])
    if tag is None:
        return rows.order_by(*order)
    if order == _ORDER["newest"]:
        # Nearly none may be unanswered: walking all that is would find nothing.
        newest = rows.filter(taggings__tag=tag)
        return newest.order_by("-taggings__asked_at", "-taggings__question_id")
    if tag.language == language and tag.question_count > MANY:
        # Along the order until a page is full; of few, all are found and sorted.
        tagged = Tagging.objects.filter(tag=tag, question=OuterRef("pk"))
        return rows.filter(Exists(tagged)).order_by(*order)
    return rows.tagged(tag).order_by(*order)


def as_rows(questions: QuerySet[Question]) -> QuerySet[Question]:
    """These with author, last actor, circle and tags, in two queries.

    `question.lead` is the beginning of the text.
    """
    lead = Substr("body_text", 1, EXCERPT)
    return _with_people(questions).annotate(lead=lead).prefetch_related("tags")


def rows_of(ids: Iterable[int]) -> list[Row]:
    """The rows of these threads, in this order. Three queries."""
    wanted = tuple(ids)
    if not wanted:
        return []
    tags: dict[int, list[str]] = defaultdict(list)
    for pk, name in _tag_names(wanted):
        tags[pk].append(name)
    steps: dict[int, set[str]] = defaultdict(set)
    for pk, kind in _steps(wanted):
        steps[pk].add(kind)
    found = {question.pk: question for question in _questions(wanted)}
    return [Row(found[pk], tags[pk], steps[pk]) for pk in wanted if pk in found]


@prepared
def _questions(ids: tuple[int, ...]) -> QuerySet[Question]:
    return _with_people(Question.objects.filter(pk__in=ids))


@prepared
def _tag_names(ids: tuple[int, ...]) -> QuerySet[Tagging, tuple[int, str]]:
    rows = Tagging.objects.filter(question_id__in=ids).order_by("tag__name")
    return rows.values_list("question_id", "tag__name")


@prepared
def _steps(ids: tuple[int, ...]) -> QuerySet[QuestionEvent, tuple[int, str]]:
    rows = QuestionEvent.objects.filter(question_id__in=ids).order_by()
    return rows.values_list("question_id", "kind")


def _with_people(questions: QuerySet[Question]) -> QuerySet[Question]:
    people = [
        f"{who}__{field}" for who in ("author", "last_actor") for field in _PERSON
    ]
    circle = ("circle__slug", "circle__name_en", "circle__name_zh")
    rows = questions.select_related("author", "last_actor", "circle")
    return rows.only(*_ROW, *people, *circle)


def recently_solved(language: str, since: datetime, limit: int = 5) -> list[Solved]:
    """Newest solutions first. Four queries."""
    found = Question.objects.visible().in_language(language)
    newest = (
        found.filter(solved_at__gte=since)
        .order_by("-solved_at", "-pk")
        .values_list(
            "pk",
            "solved_at",
            "accepted_answer__author__display_name",
            "accepted_answer__author_id",
            "accepted_answer__author__standing",
            "accepted_answer__voice",
        )[:limit]
    )
    solved = {
        pk: (at, who or "", who_id, shown_voice(voice, standing) if voice else "")
        for pk, at, who, who_id, standing, voice in newest
        if at
    }
    return [Solved(row, *solved[row.question.pk]) for row in rows_of(solved)]


def hot_questions(language: str, since: datetime, limit: int = 5) -> QuerySet[Question]:
    """What most people are troubled by among the threads of a while."""
    rows = Question.objects.visible().in_language(language)
    rows = rows.filter(last_activity_at__gte=since)
    heat = F("vote_score") + 2 * F("me_too_count") + F("answer_count")
    return rows.annotate(heat=heat).order_by("-heat", "-pk")[:limit]


def questions_of(person: Person, limit: int = 20) -> QuerySet[Question]:
    rows = Question.objects.visible().filter(author=person)
    return rows.order_by("-created_at", "-pk")[:limit]
