"""Members point at a post; moderators decide."""

from datetime import datetime

from django.db import transaction

from common.errors import NotAllowed
from common.text import clean_line
from community import numbers, permissions
from community.actions import guarding
from community.actions.deleting import (
    Post,
    come_back,
    leave,
    lock_with_thread,
    tell_author,
)
from community.errors import NoLongerThere, NotAReason, OwnPost
from community.models import Answer, Flag, PostState, Question
from community.signals import flags_settled
from people.models import Person


@transaction.atomic
def flag(*, person: Person, post: Post, reason: str, note: str, at: datetime) -> Flag:
    """Ask the moderators to look. The second flag of one person is their first."""
    if reason not in Flag.Reason.values:
        raise NotAReason
    if not type(post).objects.visible().filter(pk=post.pk).exists():
        raise NoLongerThere
    if permissions.is_author(person, post):
        raise OwnPost
    known = Flag.objects.filter(person=person, **_place(post)).first()
    if known is not None:
        return known
    guarding.spend("flag", person, at, *numbers.FLAG_LIMITS)
    raised, _is_new = Flag.objects.get_or_create(
        person=person,
        **_place(post),
        defaults={"reason": reason, "note": clean_line(note, 300), "at": at},
    )
    return raised


@transaction.atomic
def uphold_flag(*, flag: Flag, by: Person, at: datetime, reason: str = "") -> Flag:
    """Agree: hide the post and settle every open flag on it."""
    flag = _open_flag(flag, by)
    hide_post(
        post=flag.post, by=by, at=at, reason=reason or str(flag.get_reason_display())
    )
    return _settle(flag, Flag.State.UPHELD, by, at)


@transaction.atomic
def dismiss_flag(*, flag: Flag, by: Person, at: datetime) -> Flag:
    """Disagree: the post stays, every open flag on it is settled."""
    return _settle(_open_flag(flag, by), Flag.State.DISMISSED, by, at)


@transaction.atomic
def hide_post(*, post: Post, by: Person, at: datetime, reason: str = "") -> Post:
    """Take a post out of sight for everybody but its author and moderators."""
    if not permissions.may_moderate(by):
        raise NotAllowed
    question, post = lock_with_thread(post)
    if not post.is_visible and post.state != PostState.PENDING:
        return post
    leave(question, post, PostState.HIDDEN, by=by, at=at, reason=reason)
    tell_author(post, by, at)
    return post


@transaction.atomic
def unhide_post(*, post: Post, by: Person, at: datetime) -> Post:
    """Show a hidden or waiting post. Visible already: nothing changes."""
    if not permissions.may_moderate(by):
        raise NotAllowed
    question, post = lock_with_thread(post)
    if post.state in (PostState.HIDDEN, PostState.PENDING):
        come_back(question, post, by=by, at=at)
    return post


def _place(post: Post) -> dict[str, Post]:
    if isinstance(post, Question):
        return {"question": post}
    return {"answer" if isinstance(post, Answer) else "comment": post}


def _open_flag(flag: Flag, by: Person) -> Flag:
    if not permissions.may_moderate(by):
        raise NotAllowed
    flag = Flag.objects.select_for_update(no_key=True, of=("self",)).get(pk=flag.pk)
    if permissions.is_author(by, flag.post):
        raise OwnPost
    return flag


def _settle(flag: Flag, state: Flag.State, by: Person, at: datetime) -> Flag:
    if flag.state == Flag.State.OPEN:
        waiting = Flag.objects.filter(state=Flag.State.OPEN, **_place(flag.post))
        settled = list(waiting.select_for_update(no_key=True).order_by("pk"))
        Flag.objects.filter(pk__in=[one.pk for one in settled]).update(
            state=state, handled_by=by, handled_at=at
        )
        flags_settled.send(Flag, flags=settled, by=by, at=at)
        flag.refresh_from_db()
    return flag
