"""Posts as programs get them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import Field

from common.api import Listed, Shown
from community.models import Answer, Comment, Question, QuestionEvent
from community.steps import Links, trace_of
from people.api import MemberShown, as_member

TRACE_STEPS = 100


class QuestionRow(Shown):
    """A question as a row of a list."""

    id: int
    title: str
    url: str
    language: str
    status: Annotated[str, Field(description="open, answered, ticket or solved")]
    circle: str
    tags: list[str]
    author: MemberShown
    asked_at: datetime
    active_at: datetime
    solved_at: datetime | None
    accepted_answer: int | None
    answers: int
    votes: int
    me_too: int
    views: int
    excerpt: str


class Questions(Listed[QuestionRow]):
    pass


class CommentShown(Shown):
    id: int
    author: MemberShown
    voice: str
    body: str
    body_html: str
    state: str
    commented_at: datetime
    edited_at: datetime | None


class Comments(Listed[CommentShown]):
    pass


class AnswerShown(Shown):
    """`voice` is how its author spoke then: member, agent or official."""

    id: int
    question: int
    url: str
    author: MemberShown
    voice: str
    ticket: str
    body: str
    body_html: str
    state: str
    is_accepted: bool
    votes: int
    my_vote: Annotated[int | None, Field(description="1, -1 or 0; null for visitors.")]
    answered_at: datetime
    edited_at: datetime | None
    comment_count: int
    comments: Annotated[
        list[CommentShown], Field(description="The oldest ten; all have a list.")
    ]


class Answers(Listed[AnswerShown]):
    pass


class StepShown(Shown):
    """One step of the public trace. `kind` is for programs, `sentence` for people."""

    seq: int
    kind: str
    at: datetime
    sentence: str
    actor: MemberShown | None
    answer: int | None
    ticket: str | None


class ArticleLinkShown(Shown):
    title: str
    url: str


class MyPart(Shown):
    """What the one who asks has to do with the question."""

    vote: int
    follows: bool
    has_me_too: bool
    may_edit: bool
    may_accept: bool


class QuestionShown(Shown):
    """A question with the first thirty answers, comments and its public trace."""

    id: int
    title: str
    url: str
    language: str
    status: str
    state: str
    circle: str
    tags: list[str]
    author: MemberShown
    body: str
    body_html: str
    asked_at: datetime
    edited_at: datetime | None
    active_at: datetime
    solved_at: datetime | None
    accepted_answer: int | None
    answer_count: int
    comment_count: int
    votes: int
    me_too: int
    followers: int
    views: int
    comments: Annotated[
        list[CommentShown], Field(description="The oldest ten; all have a list.")
    ]
    answers: Answers
    trace: Annotated[
        list[StepShown], Field(description="The latest hundred steps, oldest first.")
    ]
    articles: list[ArticleLinkShown]
    mine: Annotated[MyPart | None, Field(description="null for visitors")]


def as_row(question: Any) -> QuestionRow:
    """One of queries.as_rows."""
    return QuestionRow(
        **_head(question),
        answers=question.answer_count,
        excerpt=question.lead,
    )


def as_comment(comment: Comment) -> CommentShown:
    return CommentShown(
        id=comment.pk,
        author=as_member(comment.author),
        voice=comment.voice,
        body=comment.body,
        body_html=comment.body_html,
        state=comment.state,
        commented_at=comment.created_at,
        edited_at=comment.edited_at,
    )


def as_answer(
    answer: Answer,
    question: Question,
    comments: Sequence[Comment],
    my_vote: int | None,
) -> AnswerShown:
    # Its address is made from the thread's; nobody has to ask for that again.
    answer.question = question
    return AnswerShown(
        id=answer.pk,
        question=question.pk,
        url=answer.get_absolute_url(),
        author=as_member(answer.author),
        voice=answer.voice,
        ticket=answer.ticket_reference,
        body=answer.body,
        body_html=answer.body_html,
        state=answer.state,
        is_accepted=question.accepted_answer_id == answer.pk,
        votes=answer.vote_score,
        my_vote=my_vote,
        answered_at=answer.created_at,
        edited_at=answer.edited_at,
        comment_count=answer.comment_count,
        comments=[as_comment(comment) for comment in comments],
    )


def as_question(
    question: Question,
    *,
    comments: Sequence[Comment],
    answers: Answers,
    trace: Sequence[StepShown],
    articles: Sequence[ArticleLinkShown],
    mine: MyPart | None,
) -> QuestionShown:
    return QuestionShown(
        **_head(question),
        state=question.state,
        body=question.body,
        body_html=question.body_html,
        edited_at=question.edited_at,
        answer_count=question.answer_count,
        comment_count=question.comment_count,
        followers=question.follower_count,
        comments=[as_comment(comment) for comment in comments],
        answers=answers,
        trace=list(trace),
        articles=list(articles),
        mine=mine,
    )


def as_trace(question: Question, events: Sequence[QuestionEvent]) -> list[StepShown]:
    """Events of queries.events_of in the reader's words."""
    sentences = [step.sentence for step in trace_of(question, events, Links()).steps]
    steps = [
        StepShown(
            seq=event.seq,
            kind=event.kind,
            at=event.at,
            sentence=sentence,
            actor=as_member(event.actor) if event.actor else None,
            answer=event.data.get("answer"),
            ticket=event.data.get("ticket") or None,
        )
        for event, sentence in zip(events, sentences, strict=True)
    ]
    return steps[-TRACE_STEPS:]


def _head(question: Question) -> dict[str, Any]:
    return {
        "id": question.pk,
        "title": question.title,
        "url": question.get_absolute_url(),
        "language": question.language,
        "status": question.status,
        "circle": question.circle.slug,
        "tags": [tag.slug for tag in question.tags.all()],
        "author": as_member(question.author),
        "asked_at": question.created_at,
        "active_at": question.last_activity_at,
        "solved_at": question.solved_at,
        "accepted_answer": question.accepted_answer_id,
        "votes": question.vote_score,
        "me_too": question.me_too_count,
        "views": question.view_count,
    }
