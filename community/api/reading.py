"""Reading questions, answers and comments."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponsePermanentRedirect,
)
from django.urls import reverse
from django.utils.translation import get_language
from pydantic import Field

from common.api import Asked, Order, Query, anybody, page_of
from common.api.problems import problem
from community import permissions, queries
from community.api.routing import router
from community.api.shapes import (
    Answers,
    AnswerShown,
    ArticleLinkShown,
    Comments,
    CommentShown,
    MyPart,
    Questions,
    QuestionShown,
    as_answer,
    as_comment,
    as_question,
    as_row,
    as_trace,
)
from community.errors import WasDeleted
from community.models import Answer, Circle, Comment, PostState, Question, Tag
from community.views.finding import find_post

ANSWERS_FIRST = Asked(limit=30)
COMMENTS_FIRST = 10

_NEWEST = (Order("created_at", datetime), Order("pk", int))
_SORTS: dict[str, tuple[Order, ...]] = {
    "newest": _NEWEST,
    "unanswered": _NEWEST,
    "active": (Order("last_activity_at", datetime), Order("pk", int)),
    "votes": (Order("vote_score", int), Order("pk", int)),
}
_BEST = (
    Order("rank", int, descending=False),
    Order("vote_score", int),
    Order("pk", int, descending=False),
)
_OLDEST = (
    Order("created_at", datetime, descending=False),
    Order("pk", int, descending=False),
)


class QuestionFilters(Asked):
    sort: Literal["newest", "active", "unanswered", "votes"] = "newest"
    language: Annotated[
        Literal["", "en", "zh-hans"], Field(description="Else the reader's language.")
    ] = ""
    circle: Annotated[str, Field(max_length=80, description="A circle's slug.")] = ""
    tag: Annotated[str, Field(max_length=80, description="A tag's slug.")] = ""


@router.get("/questions/", auth=anybody, response=Questions)
def list_questions(request: HttpRequest, asked: Query[QuestionFilters]) -> Questions:
    """Questions of one language; of a circle or a tag, if one is named."""
    listed = queries.question_list(
        language=asked.language or get_language() or "en",
        sort=asked.sort,
        circle=_circle(asked.circle),
        tag=_tag(asked.tag),
    )
    rows = queries.as_rows(listed)
    piece = page_of(rows, _SORTS[asked.sort], asked, request)
    return Questions(items=[as_row(row) for row in piece.rows], next=piece.next)


@router.get("/questions/{row_id:pk}/", auth=anybody, response=QuestionShown)
def read_question(request: HttpRequest, pk: int) -> QuestionShown | HttpResponse:
    """One question with answers, comments and trace.

    A merged one leads to the other (301). A deleted one says what may be said (410).
    """
    person: Any = request.user
    try:
        question = queries.find_question(pk, person)
    except Question.DoesNotExist:
        raise Http404 from None
    if question.state == PostState.MERGED and question.merged_into_id is not None:
        there = reverse("api:read_question", args=[question.merged_into_id])
        return HttpResponsePermanentRedirect(there)
    if question.state == PostState.DELETED:
        return _tombstone(question)
    return shown_question(question, request)


@router.get("/questions/{row_id:pk}/answers/", auth=anybody, response=Answers)
def list_answers(request: HttpRequest, pk: int, asked: Query[Asked]) -> Answers:
    """Every answer: the accepted one, official ones, then by votes."""
    return _answers(find_post(Question, pk, request), request, asked)


@router.get("/questions/{row_id:pk}/comments/", auth=anybody, response=Comments)
def list_question_comments(
    request: HttpRequest, pk: int, asked: Query[Asked]
) -> Comments:
    """Every comment on the question, oldest first."""
    return _comments(find_post(Question, pk, request), request, asked)


@router.get("/answers/{row_id:pk}/", auth=anybody, response=AnswerShown)
def read_answer(request: HttpRequest, pk: int) -> AnswerShown:
    """One answer with its first comments."""
    return shown_answer(find_post(Answer, pk, request), request)


@router.get("/answers/{row_id:pk}/comments/", auth=anybody, response=Comments)
def list_answer_comments(
    request: HttpRequest, pk: int, asked: Query[Asked]
) -> Comments:
    """Every comment on the answer, oldest first."""
    return _comments(find_post(Answer, pk, request), request, asked)


@router.get("/comments/{row_id:pk}/", auth=anybody, response=CommentShown)
def read_comment(request: HttpRequest, pk: int) -> CommentShown:
    """One comment."""
    return as_comment(find_post(Comment, pk, request))


def shown_question(question: Question, request: HttpRequest) -> QuestionShown:
    """A question this person may read, in about ten queries whatever its length."""
    person: Any = request.user
    piece = page_of(
        queries.answers_of(question, person),
        _BEST,
        ANSWERS_FIRST,
        request,
        path=reverse("api:list_answers", args=[question.pk]),
    )
    comments = queries.first_comments(question, piece.rows, person, COMMENTS_FIRST)
    votes = queries.my_votes(question, piece.rows, person)
    events = queries.events_of(question, piece.rows)
    answers = Answers(
        items=[
            as_answer(one, question, comments[one.pk], _my_vote(votes, one.pk, person))
            for one in piece.rows
        ],
        next=piece.next,
    )
    return as_question(
        question,
        comments=comments[None],
        answers=answers,
        trace=as_trace(question, events),
        articles=[
            ArticleLinkShown(title=one.title, url=one.url)
            for one in queries.articles_of(question, events)
        ],
        mine=_mine(question, person, votes.get(None, 0)),
    )


def shown_answer(answer: Answer, request: HttpRequest) -> AnswerShown:
    person: Any = request.user
    comments = queries.comments_on(answer, person).order_by("created_at", "pk")
    votes = queries.my_votes(answer.question, [answer], person)
    return as_answer(
        answer,
        answer.question,
        list(comments[:COMMENTS_FIRST]),
        _my_vote(votes, answer.pk, person),
    )


def _answers(question: Question, request: HttpRequest, asked: Asked) -> Answers:
    person: Any = request.user
    piece = page_of(queries.answers_of(question, person), _BEST, asked, request)
    comments = queries.first_comments(question, piece.rows, person, COMMENTS_FIRST)
    votes = queries.my_votes(question, piece.rows, person)
    return Answers(
        items=[
            as_answer(one, question, comments[one.pk], _my_vote(votes, one.pk, person))
            for one in piece.rows
        ],
        next=piece.next,
    )


def _comments(post: Question | Answer, request: HttpRequest, asked: Asked) -> Comments:
    person: Any = request.user
    piece = page_of(queries.comments_on(post, person), _OLDEST, asked, request)
    return Comments(items=[as_comment(one) for one in piece.rows], next=piece.next)


def _my_vote(votes: dict[int | None, int], pk: int, person: Any) -> int | None:
    return votes.get(pk, 0) if person.is_authenticated else None


def _mine(question: Question, person: Any, vote: int) -> MyPart | None:
    if not person.is_authenticated:
        return None
    return MyPart(
        vote=vote,
        **queries.my_interest(question, person),
        may_edit=permissions.may_edit(person, question),
        may_accept=question.is_visible and permissions.may_accept(person, question),
    )


def _tombstone(question: Question) -> HttpResponse:
    left = queries.tombstone(question)
    return problem(
        WasDeleted(),
        kind=left.kind,
        removed_at=left.removed_at.isoformat() if left.removed_at else None,
        by_author=left.by_author,
        reason=left.reason,
        ticket=left.ticket_reference,
    )


def _circle(slug: str) -> Circle | None:
    if not slug:
        return None
    try:
        return queries.find_circle(slug)
    except Circle.DoesNotExist:
        raise Http404 from None


def _tag(slug: str) -> Tag | None:
    if not slug:
        return None
    try:
        return queries.find_tag(slug)
    except Tag.DoesNotExist:
        raise Http404 from None
