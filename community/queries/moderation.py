"""What waits for the moderators."""

from django.db.models import QuerySet

from community.models import Answer, Comment, Flag, PostState, Question


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


def waiting_posts() -> list[Question | Answer | Comment]:
    """Posts held back for review, oldest first. In three queries."""
    found: list[Question | Answer | Comment] = []
    pending = {"state": PostState.PENDING}
    found += Question.objects.filter(**pending).select_related("author")
    found += Answer.objects.filter(**pending).select_related("author", "question")
    found += Comment.objects.filter(**pending).select_related(
        "author", "question", "answer__question"
    )
    return sorted(found, key=lambda post: post.created_at)


def removed_questions() -> QuerySet[Question]:
    gone = [PostState.HIDDEN, PostState.DELETED]
    return (
        Question.objects.filter(state__in=gone)
        .select_related("author", "deleted_by")
        .order_by("-deleted_at", "-pk")
    )
