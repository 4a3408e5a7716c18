"""Two threads about one problem become one."""

from datetime import datetime

from django.db import transaction

from common.errors import NotAllowed
from community import permissions
from community.actions import guarding, publishing, reputation, tagging
from community.actions.accepting import accept, end_acceptance
from community.actions.deleting import count_answers
from community.actions.following import follow_quietly
from community.errors import CannotMerge, StillWithStaff
from community.models import (
    Answer,
    Comment,
    Follow,
    MeToo,
    PostState,
    Question,
    Tagging,
)
from people.models import Person


@transaction.atomic
def merge_questions(
    *, duplicate: Question, into: Question, by: Person, at: datetime
) -> Question:
    """Move everything said under the duplicate into the other thread.

    The duplicate's address leads there from now on. Its accepted answer becomes
    the other's, unless that one is solved already. Returns the other question.
    """
    if not permissions.may_moderate(by):
        raise NotAllowed
    if duplicate.pk == into.pk:
        raise CannotMerge
    # In the order of their ids: two moderators may merge the same pair both ways.
    locked = {
        question.pk: guarding.lock_visible(question)
        for question in sorted((duplicate, into), key=lambda one: one.pk)
    }
    duplicate, into = locked[duplicate.pk], locked[into.pk]
    if duplicate.language != into.language:
        raise CannotMerge
    if duplicate.with_staff_since is not None:
        raise StillWithStaff
    # Rows are locked in one order everywhere: questions, answers, tallies.
    answers = Answer.objects.filter(question=duplicate).order_by("pk")
    helpers = [one.author_id for one in answers.select_for_update(no_key=True)]
    reputation.hold([duplicate.author_id, into.author_id, *helpers])
    accepted = duplicate.accepted_answer
    end_acceptance(duplicate, by, at)
    _move_posts(duplicate, into)
    _move_people(duplicate, into, at)
    _close(duplicate, into, by, at)
    if accepted is not None and into.solved_at is None and accepted.author_id != by.pk:
        accepted.refresh_from_db()
        into = accept(person=by, answer=accepted, at=at)
    publishing.words_changed(duplicate, at)
    publishing.words_changed(into, at)
    return into


def _move_posts(duplicate: Question, into: Question) -> None:
    Answer.objects.filter(question=duplicate).update(question=into)
    Comment.objects.filter(question=duplicate).update(question=into)
    count_answers(into)
    into.comment_count = Comment.objects.visible().filter(question=into).count()
    into.save(update_fields=["comment_count"])


def _move_people(duplicate: Question, into: Question, at: datetime) -> None:
    """Followers follow on; who asked the same has the same problem too."""
    for follow in Follow.objects.filter(question=duplicate).select_related("person"):
        follow_quietly(follow.person, into, at)
    troubled = {me_too.person_id for me_too in MeToo.objects.filter(question=duplicate)}
    troubled |= {duplicate.author_id}
    MeToo.objects.bulk_create(
        [
            MeToo(person_id=pk, question=into, at=at)
            for pk in sorted(troubled - {into.author_id})
        ],
        ignore_conflicts=True,
    )
    into.me_too_count = MeToo.objects.filter(question=into).count()
    into.save(update_fields=["me_too_count"])


def _close(duplicate: Question, into: Question, by: Person, at: datetime) -> None:
    duplicate.state, duplicate.merged_into = PostState.MERGED, into
    duplicate.deleted_at, duplicate.deleted_by = at, by
    duplicate.answer_count = duplicate.comment_count = 0
    duplicate.save(
        update_fields=[
            "state",
            "merged_into",
            "deleted_at",
            "deleted_by",
            "answer_count",
            "comment_count",
        ]
    )
    # An earlier duplicate of this one still leads there in one step.
    Question.objects.filter(merged_into=duplicate).update(merged_into=into)
    tags = Tagging.objects.filter(question=duplicate).values_list("tag_id", flat=True)
    tagging.count_tags(tags, -1)
    reputation.recount([duplicate.author_id])
