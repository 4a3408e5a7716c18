"""What waits for the moderators."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from django.db.models import QuerySet

from community.models import Answer, Comment, Flag, PostState, Question

# Nobody needs to know how many more are held back.
MANY = 1_000

PostModel = TypeVar("PostModel", Question, Answer, Comment)


@dataclass(frozen=True)
class Waiting:
    """How much waits for a moderator."""

    reports: int
    held_back: int


@dataclass(frozen=True)
class Reported:
    """One post and every open flag on it of this page, oldest first."""

    post: Question | Answer | Comment
    flags: list[Flag]

    @property
    def first(self) -> Flag:
        return self.flags[0]


def waiting() -> Waiting:
    """In four queries, each in the order of an index; of each kind MANY at most."""
    return Waiting(
        reports=Flag.objects.filter(state=Flag.State.OPEN).count(),
        held_back=_held_back(Question)[:MANY].count()
        + _held_back(Answer)[:MANY].count()
        + _held_back(Comment)[:MANY].count(),
    )


def reported(flags: Sequence[Flag]) -> list[Reported]:
    """The posts these flags are about; one decision settles all flags on a post."""

    def place(flag: Flag) -> tuple[int, int, int]:
        return (flag.question_id or 0, flag.answer_id or 0, flag.comment_id or 0)

    by_post = [
        Reported(each[0].post, each)
        for _place, of_post in groupby(sorted(flags, key=place), key=place)
        if (each := list(of_post))
    ]
    return sorted(by_post, key=lambda one: (one.first.at, one.first.pk))


def open_flags() -> QuerySet[Flag]:
    """Oldest first, each with its post, the post's author and who flagged."""
    return (
        Flag.objects.filter(state=Flag.State.OPEN)
        .select_related(
            "person",
            "question__author",
            "answer__author",
            "answer__question",
            "comment__author",
            "comment__question",
            "comment__answer__question",
        )
        .order_by("at", "pk")
    )


def handled_flags() -> QuerySet[Flag]:
    flags = Flag.objects.exclude(state=Flag.State.OPEN)
    return flags.select_related(
        "person", "handled_by", "question", "answer__question", "comment"
    ).order_by("-handled_at", "-pk")


def waiting_posts(limit: int = 50) -> list[Question | Answer | Comment]:
    """The posts held back longest, oldest first. In three queries."""
    found: list[Question | Answer | Comment] = []
    found += _held_back(Question).select_related("author")[:limit]
    found += _held_back(Answer).select_related("author", "question")[:limit]
    comments = _held_back(Comment)
    found += comments.select_related("author", "question", "answer__question")[:limit]
    return sorted(found, key=lambda post: post.created_at)[:limit]


def _held_back(model: type[PostModel]) -> QuerySet[PostModel]:
    posts = model._default_manager.filter(state=PostState.PENDING)
    return posts.order_by("created_at", "pk")


def removed_questions() -> QuerySet[Question]:
    gone = [PostState.HIDDEN, PostState.DELETED]
    return (
        Question.objects.filter(deleted_at__isnull=False, state__in=gone)
        .select_related("author", "deleted_by")
        .order_by("-deleted_at", "-pk")
    )
