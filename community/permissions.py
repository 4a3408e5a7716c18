"""Who may do what. Views ask to show a button, actions ask before they act."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from community import numbers
from community.models import Answer, Comment, Question, Voice

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from people.models import Person

    Reader = Person | AnonymousUser

type_of_post = Question | Answer | Comment


def is_staff(person: Reader) -> bool:
    if not person.is_authenticated:
        return False
    return person.standing == "staff" or person.is_staff


def may_moderate(person: Reader) -> bool:
    return person.has_perm("community.moderate_posts")


def may_manage_taxonomy(person: Reader) -> bool:
    return person.has_perm("community.manage_taxonomy")


def may_answer_officially(person: Reader) -> bool:
    return person.has_perm("desk.work_tickets") or is_staff(person)


def may_draft_articles(person: Reader) -> bool:
    return person.has_perm("kb.edit_articles")


def is_author(person: Reader, post: type_of_post) -> bool:
    return person.is_authenticated and post.author_id == person.pk


def may_edit(person: Reader, post: type_of_post) -> bool:
    return post.is_visible and (is_author(person, post) or may_moderate(person))


def may_accept(person: Reader, question: Question) -> bool:
    """Choose the answer that solved it, or take that back."""
    return is_author(person, question) or may_moderate(person) or is_staff(person)


def may_delete(person: Reader, post: type_of_post) -> bool:
    """Whether to offer it; the action also looks at what hangs on the post."""
    return post.is_visible and (is_author(person, post) or may_moderate(person))


def may_restore(person: Reader, post: type_of_post, at: datetime) -> bool:
    if may_moderate(person):
        return True
    return (
        is_author(person, post)
        and post.deleted_by_id == post.author_id
        and post.deleted_at is not None
        and at - post.deleted_at <= numbers.RESTORE_OWN_WITHIN
    )


def shown_voice(voice: str, standing: str) -> str:
    """How a post is shown: what was said officially stays so, the rest is today's.

    An agent's badge comes and goes with the role, on whatever they wrote before.
    """
    if voice == Voice.OFFICIAL:
        return Voice.OFFICIAL
    return Voice.AGENT if standing == "agent" else Voice.MEMBER


def voice_of(person: Person) -> str:
    """How this person speaks today; a post keeps the voice it was written in."""
    if person.standing == "staff":
        return Voice.OFFICIAL
    return Voice.AGENT if person.standing == "agent" else Voice.MEMBER


def links_are_followed(person: Person) -> bool:
    """Whether search engines may follow the links in this person's posts, today."""
    if person.is_erased or person.is_imported:
        return False
    if person.standing in ("agent", "staff"):
        return True
    tally = getattr(person, "tally", None)
    return (
        tally is not None and tally.reputation >= numbers.REPUTATION_FOR_FOLLOWED_LINKS
    )


def restore_days() -> int:
    return numbers.RESTORE_OWN_WITHIN // timedelta(days=1)
