"""Asking, answering and all that pages do. The actions decide; nothing here does."""

from typing import Annotated, Any, TypeVar

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from pydantic import BaseModel, Field

from common.api import Given, Query, Shown, Status, writer
from common.text import clean_line
from community import actions, audit, queries
from community.api.reading import shown_answer, shown_question
from community.api.routing import router
from community.api.shapes import (
    AnswerShown,
    CommentShown,
    QuestionShown,
    as_comment,
)
from community.errors import NoSuchCircle
from community.models import Answer, Circle, Comment, Question
from community.views.finding import find_any_post, find_post
from people.models import Person

# Longer than any text the actions take: they say how much of it is too much.
Line = Annotated[str, Field(max_length=2_000)]
Body = Annotated[str, Field(max_length=200_000, description="Markdown")]
Names = Annotated[list[Line], Field(max_length=50)]
Note = Annotated[str, Field(max_length=2_000)]

Post = TypeVar("Post", Question, Answer, Comment)


class NewQuestion(Given):
    title: Line
    body: Body
    circle: Annotated[Line, Field(description="A circle's slug.")]
    tags: Annotated[Names, Field(description="Names; unknown ones are made.")] = []


class ChangedQuestion(Given):
    """What is left out stays as it is."""

    title: Line | None = None
    body: Body | None = None
    circle: Line | None = None
    tags: Names | None = None
    note: Note = ""


class NewText(Given):
    body: Body


class ChangedAnswer(NewText):
    note: Note = ""


class Verdict(Given):
    # No Literal: to Python True is 1, and 1.0 too.
    value: Annotated[int, Field(ge=-1, le=1, description="0 takes a vote back.")]


class Wish(Given):
    on: bool


class Report(Given):
    reason: Annotated[str, Field(description="spam, rude, private, wrong or other")]
    note: Note = ""


class Reason(BaseModel):
    reason: Note = ""


class Counted(Shown):
    votes: int
    my_vote: int


class Acceptance(Shown):
    question: int
    accepted_answer: int | None
    status: str


class Following(Shown):
    follows: bool


class MeTooCount(Shown):
    has_me_too: bool
    me_too: int


class Reported(Shown):
    reason: str
    state: str


# Questions


@router.post("/questions/", auth=writer, response={201: QuestionShown})
def ask(request: HttpRequest, given: NewQuestion) -> Status:
    """Ask. The title decides the language of the thread."""
    question = actions.ask(
        person=_person(request),
        title=given.title,
        body=given.body,
        circle=_circle(given.circle),
        tags=given.tags,
        at=timezone.now(),
    )
    return Status(201, shown_question(question, request))


@router.patch("/questions/{row_id:pk}/", auth=writer, response=QuestionShown)
def edit_question(
    request: HttpRequest, pk: int, given: ChangedQuestion
) -> QuestionShown:
    """Improve a question; how it read before is kept."""
    question = find_post(Question, pk, request)
    tags = given.tags
    if tags is None:
        tags = list(question.tags.order_by("pk").values_list("name", flat=True))
    edited = actions.edit_question(
        person=_person(request),
        question=question,
        title=question.title if given.title is None else given.title,
        body=question.body if given.body is None else given.body,
        tags=tags,
        circle=_circle(given.circle) if given.circle is not None else None,
        note=given.note,
        at=timezone.now(),
    )
    return shown_question(edited, request)


@router.delete("/questions/{row_id:pk}/", auth=writer, response={204: None})
def delete_question(request: HttpRequest, pk: int, why: Query[Reason]) -> Status:
    """Take a question away; it leaves a tombstone and can be restored."""
    return _delete(Question, pk, request, why)


@router.post("/questions/{row_id:pk}/restore/", auth=writer, response=QuestionShown)
def restore_question(request: HttpRequest, pk: int) -> QuestionShown:
    """Bring a deleted question back."""
    return shown_question(_restore(Question, pk, request), request)


@router.post("/questions/{row_id:pk}/vote/", auth=writer, response=Counted)
def vote_on_question(request: HttpRequest, pk: int, given: Verdict) -> Counted:
    """Vote up, down, or take the vote back."""
    return _vote(find_post(Question, pk, request), request, given)


@router.post("/questions/{row_id:pk}/follow/", auth=writer, response=Following)
def follow(request: HttpRequest, pk: int, given: Wish) -> Following:
    """Be told what happens in the thread, or no longer."""
    change = actions.follow if given.on else actions.unfollow
    change(
        person=_person(request),
        question=find_post(Question, pk, request),
        at=timezone.now(),
    )
    return Following(follows=given.on)


@router.post("/questions/{row_id:pk}/me-too/", auth=writer, response=MeTooCount)
def me_too(request: HttpRequest, pk: int, given: Wish) -> MeTooCount:
    """Say that you have this problem as well, or no longer."""
    count = actions.me_too(
        person=_person(request),
        question=find_post(Question, pk, request),
        on=given.on,
        at=timezone.now(),
    )
    return MeTooCount(has_me_too=given.on, me_too=count)


@router.post("/questions/{row_id:pk}/flag/", auth=writer, response=Reported)
def flag_question(request: HttpRequest, pk: int, given: Report) -> Reported:
    """Ask the moderators to look."""
    return _flag(find_post(Question, pk, request), request, given)


@router.post("/questions/{row_id:pk}/unaccept/", auth=writer, response=Acceptance)
def unaccept(request: HttpRequest, pk: int) -> Acceptance:
    """Open a solved question again."""
    question = actions.unaccept(
        person=_person(request),
        question=find_post(Question, pk, request),
        at=timezone.now(),
    )
    return _acceptance(question)


# Answers


@router.post(
    "/questions/{row_id:pk}/answers/", auth=writer, response={201: AnswerShown}
)
def answer(request: HttpRequest, pk: int, given: NewText) -> Status:
    """Answer a question."""
    posted = actions.answer(
        person=_person(request),
        question=find_post(Question, pk, request),
        body=given.body,
        at=timezone.now(),
    )
    return Status(201, shown_answer(posted, request))


@router.patch("/answers/{row_id:pk}/", auth=writer, response=AnswerShown)
def edit_answer(request: HttpRequest, pk: int, given: ChangedAnswer) -> AnswerShown:
    """Improve an answer; how it read before is kept."""
    edited = actions.edit_answer(
        person=_person(request),
        answer=find_post(Answer, pk, request),
        body=given.body,
        note=given.note,
        at=timezone.now(),
    )
    return shown_answer(edited, request)


@router.delete("/answers/{row_id:pk}/", auth=writer, response={204: None})
def delete_answer(request: HttpRequest, pk: int, why: Query[Reason]) -> Status:
    """Take an answer away; it can be restored."""
    return _delete(Answer, pk, request, why)


@router.post("/answers/{row_id:pk}/restore/", auth=writer, response=AnswerShown)
def restore_answer(request: HttpRequest, pk: int) -> AnswerShown:
    """Bring a deleted answer back."""
    return shown_answer(_restore(Answer, pk, request), request)


@router.post("/answers/{row_id:pk}/vote/", auth=writer, response=Counted)
def vote_on_answer(request: HttpRequest, pk: int, given: Verdict) -> Counted:
    """Vote up, down, or take the vote back."""
    return _vote(find_post(Answer, pk, request), request, given)


@router.post("/answers/{row_id:pk}/accept/", auth=writer, response=Acceptance)
def accept(request: HttpRequest, pk: int) -> Acceptance:
    """Say that this answer solved your question."""
    question = actions.accept(
        person=_person(request),
        answer=find_post(Answer, pk, request),
        at=timezone.now(),
    )
    return _acceptance(question)


@router.post("/answers/{row_id:pk}/flag/", auth=writer, response=Reported)
def flag_answer(request: HttpRequest, pk: int, given: Report) -> Reported:
    """Ask the moderators to look."""
    return _flag(find_post(Answer, pk, request), request, given)


# Comments


@router.post(
    "/questions/{row_id:pk}/comments/", auth=writer, response={201: CommentShown}
)
def comment_on_question(request: HttpRequest, pk: int, given: NewText) -> Status:
    """Remark on a question."""
    return _comment(find_post(Question, pk, request), request, given)


@router.post(
    "/answers/{row_id:pk}/comments/", auth=writer, response={201: CommentShown}
)
def comment_on_answer(request: HttpRequest, pk: int, given: NewText) -> Status:
    """Remark on an answer."""
    return _comment(find_post(Answer, pk, request), request, given)


@router.patch("/comments/{row_id:pk}/", auth=writer, response=CommentShown)
def edit_comment(request: HttpRequest, pk: int, given: NewText) -> CommentShown:
    """Change a comment. Comments keep no versions."""
    edited = actions.edit_comment(
        person=_person(request),
        comment=find_post(Comment, pk, request),
        body=given.body,
        at=timezone.now(),
    )
    return as_comment(edited)


@router.delete("/comments/{row_id:pk}/", auth=writer, response={204: None})
def delete_comment(request: HttpRequest, pk: int, why: Query[Reason]) -> Status:
    """Take a comment away; it can be restored."""
    return _delete(Comment, pk, request, why)


@router.post("/comments/{row_id:pk}/restore/", auth=writer, response=CommentShown)
def restore_comment(request: HttpRequest, pk: int) -> CommentShown:
    """Bring a deleted comment back."""
    return as_comment(_restore(Comment, pk, request))


@router.post("/comments/{row_id:pk}/flag/", auth=writer, response=Reported)
def flag_comment(request: HttpRequest, pk: int, given: Report) -> Reported:
    """Ask the moderators to look."""
    return _flag(find_post(Comment, pk, request), request, given)


# What several of them do


def _person(request: HttpRequest) -> Person:
    person = request.user
    # The door of every operation here let nobody else through.
    assert isinstance(person, Person)  # noqa: S101
    return person


def _vote(post: Any, request: HttpRequest, given: Verdict) -> Counted:
    counted = actions.vote(
        person=_person(request), post=post, value=given.value, at=timezone.now()
    )
    return Counted(votes=counted.vote_score, my_vote=given.value)


def _comment(post: Question | Answer, request: HttpRequest, given: NewText) -> Status:
    said = actions.comment(
        person=_person(request), post=post, body=given.body, at=timezone.now()
    )
    return Status(201, as_comment(said))


def _flag(
    post: Question | Answer | Comment, request: HttpRequest, given: Report
) -> Reported:
    raised = actions.flag(
        person=_person(request),
        post=post,
        reason=given.reason,
        note=given.note,
        at=timezone.now(),
    )
    return Reported(reason=raised.reason, state=raised.state)


def _delete(kind: type[Post], pk: int, request: HttpRequest, why: Reason) -> Status:
    person, reason = _person(request), clean_line(why.reason, 200)
    post = find_any_post(kind, pk, request)
    with transaction.atomic():
        actions.delete(person=person, post=post, at=timezone.now(), reason=reason)
        audit.note_on_others("delete", post, person, reason=reason)
    return Status(204, None)


def _restore(kind: type[Post], pk: int, request: HttpRequest) -> Post:
    person = _person(request)
    post = find_any_post(kind, pk, request)
    with transaction.atomic():
        back = actions.restore(person=person, post=post, at=timezone.now())
        audit.note_on_others("restore", post, person)
    found: Post = find_any_post(kind, back.pk, request)
    return found


def _acceptance(question: Question) -> Acceptance:
    return Acceptance(
        question=question.pk,
        accepted_answer=question.accepted_answer_id,
        status=question.status,
    )


def _circle(slug: str) -> Circle:
    try:
        return queries.find_circle(slug)
    except Circle.DoesNotExist:
        raise NoSuchCircle from None
