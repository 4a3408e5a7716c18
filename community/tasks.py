"""What the community does later: telling people, judging threads of newcomers."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from common.outbox import handles
from common.timers import timer
from community.actions.publishing import JUDGE, judge_again
from community.actions.rendering import render_anew
from community.actions.telling import TELL
from community.models import Answer, Comment, Follow, Question
from people.actions import notify
from people.models import Person

Post = Question | Answer | Comment


@timer("posts_rendered_anew", every=timedelta(hours=1))
def render_old_posts(at: datetime) -> str | None:  # noqa: ARG001
    done = render_anew()
    return f"{done} posts rendered anew" if done else None


@handles(TELL)
def tell_people(payloads: list[dict[str, Any]], at: datetime) -> None:  # noqa: ARG001
    """Notify whoever the fact concerns. Twice is once: each notification has a key."""
    for payload in payloads:
        _tell(payload)


@handles(JUDGE)
def judge_threads(payloads: list[dict[str, Any]], at: datetime) -> None:
    for payload in payloads:
        judge_again(question_id=payload["question"], at=at)


def _tell(payload: dict[str, Any]) -> None:
    what = payload["what"]
    post = _post(payload["kind"], payload["post"])
    # What was removed in the meantime is no news any more, its removal is.
    if not post.is_visible and what != "post_removed":
        return
    thread = _thread_of(post)
    who = {"name": post.author.name, "author": post.author_id}
    data = {"title": thread.title, **who, **payload["data"]}
    url = (thread if what == "post_removed" else post).get_absolute_url()
    for person in _audience(what, post, thread, payload.get("by")):
        notify(
            person=person,
            kind=what,
            data=data,
            url=url,
            key=f"{payload['key']}:{person.pk}",
            at=datetime.fromisoformat(payload["at"]),
        )


def _audience(
    what: str, post: Post, thread: Question, by_id: int | None
) -> Iterable[Person]:
    """Who is told; never the person who did it."""
    if what in ("answer_accepted", "article_credited", "post_removed"):
        people = [post.author]
    elif isinstance(post, Comment):
        people = [post.place.author]
    else:
        people = _followers(thread)
    not_told = {by_id}
    if what == "question_solved":
        # They learn that their answer was accepted, which says the same.
        not_told.add(post.author_id)
    return [one for one in people if one.pk not in not_told and not one.is_imported]


def _followers(thread: Question) -> list[Person]:
    follows = Follow.objects.filter(question=thread).select_related("person")
    return [follow.person for follow in follows.order_by("pk")]


def _thread_of(post: Post) -> Question:
    if isinstance(post, Question):
        return post
    return post.question if isinstance(post, Answer) else post.thread


def _post(kind: str, pk: int) -> Post:
    if kind == "question":
        return Question.objects.select_related("author").get(pk=pk)
    if kind == "answer":
        return Answer.objects.select_related("author").get(pk=pk)
    return Comment.objects.select_related("author").get(pk=pk)
