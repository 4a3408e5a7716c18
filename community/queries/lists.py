"""Lists of threads: pages, feeds, the hall's front, sitemaps."""

from datetime import datetime

from django.db.models import F, Prefetch, QuerySet
from django.db.models.functions import Substr

from community.models import Circle, Question, QuestionEvent, Tag
from people.models import Person

SORTS = ("newest", "active", "unanswered", "votes")
EXCERPT = 240

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


def question_list(
    *,
    language: str,
    sort: str = "newest",
    circle: Circle | None = None,
    tag: Tag | None = None,
) -> QuerySet[Question]:
    """Which threads a list holds, in its order; page it, then ask for as_rows."""
    rows = Question.objects.visible().in_language(language)
    if sort == "unanswered":
        rows = rows.unanswered()
    if circle is not None:
        rows = rows.in_circle(circle)
    if tag is not None:
        rows = rows.tagged(tag)
    return rows.order_by(*_ORDER.get(sort, _ORDER["newest"]))


def as_rows(questions: QuerySet[Question]) -> QuerySet[Question]:
    """These with exactly what a row shows: author, last actor, circle, tags, trace.

    In three queries; the kinds of the trace are `question.trace`, `question.lead` is
    the beginning of the text.
    """
    people = [
        f"{who}__{field}" for who in ("author", "last_actor") for field in _PERSON
    ]
    circle = ("circle__slug", "circle__name_en", "circle__name_zh")
    steps = QuestionEvent.objects.only("kind", "question").order_by("question", "seq")
    return (
        questions.select_related("author", "last_actor", "circle")
        .only(*_ROW, *people, *circle)
        .annotate(lead=Substr("body_text", 1, EXCERPT))
        .prefetch_related("tags", Prefetch("events", steps, to_attr="trace"))
    )


def recently_solved(
    language: str, since: datetime, limit: int = 5
) -> QuerySet[Question]:
    """Newest solutions first; `question.solver` names who gave the answer."""
    rows = Question.objects.visible().in_language(language)
    rows = rows.filter(solved_at__gte=since)
    return (
        as_rows(rows)
        .annotate(
            solver=F("accepted_answer__author__display_name"),
            solver_voice=F("accepted_answer__voice"),
        )
        .order_by("-solved_at", "-pk")[:limit]
    )


def hot_questions(language: str, since: datetime, limit: int = 5) -> QuerySet[Question]:
    """What most people are troubled by among the threads of a while."""
    rows = Question.objects.visible().in_language(language)
    rows = rows.filter(last_activity_at__gte=since)
    heat = F("vote_score") + 2 * F("me_too_count") + F("answer_count")
    return rows.annotate(heat=heat).order_by("-heat", "-pk")[:limit]


def questions_of(person: Person, limit: int = 20) -> QuerySet[Question]:
    rows = Question.objects.visible().filter(author=person)
    return rows.order_by("-created_at", "-pk")[:limit]
