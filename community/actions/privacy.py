"""What a person may ask of us about their own data: hand it over, forget it."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from community.actions.publishing import threads_of_changed
from community.models import (
    Answer,
    ArticleSource,
    Attachment,
    Comment,
    Flag,
    Follow,
    MeToo,
    PostRevision,
    Question,
    Vote,
)
from people.models import Notification, Person

_NAMING_AUTHORS = ("question_answered", "post_commented")


@transaction.atomic
def forget_member(*, person: Person, at: datetime) -> None:
    """Blank what says who this was; posts stay, under the erased name.

    What they flagged keeps its reason without the note, they follow nothing any more,
    and other people's notifications no longer name them.
    """
    threads_of_changed(person, at)
    Flag.objects.filter(person=person).exclude(note="").update(note="")
    Question.objects.filter(follows__person=person, follower_count__gt=0).update(
        follower_count=F("follower_count") - 1
    )
    Follow.objects.filter(person=person).delete()
    told = Notification.objects.filter(kind__in=_NAMING_AUTHORS, data__author=person.pk)
    for notification in told:
        notification.data["name"] = "…"
        notification.save(update_fields=["data"])


def export_member(person: Person) -> dict[str, Any]:
    """Everything they wrote and said here, hidden and deleted posts included."""
    return {
        "questions": [
            {
                "title": question.title,
                "body": question.body,
                "at": question.created_at.isoformat(),
                "state": question.state,
                "address": question.get_absolute_url(),
            }
            for question in Question.objects.filter(author=person).order_by("pk")
        ],
        "answers": [
            {
                "question": answer.question.title,
                "body": answer.body,
                "at": answer.created_at.isoformat(),
                "state": answer.state,
            }
            for answer in Answer.objects.filter(author=person)
            .select_related("question")
            .order_by("pk")
        ],
        "comments": [
            {
                "body": comment.body,
                "at": comment.created_at.isoformat(),
                "state": comment.state,
            }
            for comment in Comment.objects.filter(author=person).order_by("pk")
        ],
        "votes": [
            {
                "post": f"answer {vote.answer_id}"
                if vote.answer_id
                else f"question {vote.question_id}",
                "value": vote.value,
                "at": vote.at.isoformat(),
            }
            for vote in Vote.objects.filter(voter=person).order_by("pk")
        ],
        "flags": list(
            Flag.objects.filter(person=person)
            .order_by("pk")
            .values("question", "answer", "comment", "reason", "note", "at")
        ),
        "edits": list(
            PostRevision.objects.filter(editor=person)
            .order_by("pk")
            .values("question", "answer", "number", "title", "body", "note", "at")
        ),
        "uploads": [
            {"address": upload.file.url, "at": upload.at.isoformat()}
            for upload in Attachment.objects.filter(owner=person).order_by("pk")
        ],
        "articles made of your answers": list(
            ArticleSource.objects.filter(person=person)
            .order_by("pk")
            .values("article__title", "answer", "credited_at")
        ),
        "I have this too": list(
            MeToo.objects.filter(person=person)
            .order_by("pk")
            .values("question__title", "at")
        ),
        "followed questions": [
            follow.question.title
            for follow in Follow.objects.filter(person=person)
            .select_related("question")
            .order_by("pk")
        ],
        "reputation": [
            {
                "amount": change.amount,
                "reason": change.reason,
                "at": change.at.isoformat(),
            }
            for change in person.reputation_changes.order_by("pk")
        ],
    }
