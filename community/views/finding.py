"""What every view of the community begins with: who asks, and for which post."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from common.http import View, is_htmx, post_only
from community import numbers, queries
from community.models import Answer, Comment, Question
from people.models import Person

Post = Question | Answer | Comment
PostKind = type[Question] | type[Answer] | type[Comment]

_NOT_FOUND: tuple[type[Exception], ...] = (
    Question.DoesNotExist,
    Answer.DoesNotExist,
    Comment.DoesNotExist,
)


def sign_in_url(next_url: str) -> str:
    return f"{reverse('account_login')}?{urlencode({'next': next_url})}"


def signed_in(view: View) -> View:
    """For pages with a form: others sign in first and come back to it."""

    @wraps(view)
    def only_for_members(
        request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        back = request.get_full_path() if request.method == "GET" else request.path
        return _to_sign_in(request, back)

    return only_for_members


def posted_by_member(view: View) -> View:
    """For changes without a page of their own: only by POST, only signed in.

    After signing in people come back to the post they were about to change.
    """

    @post_only
    @wraps(view)
    def only_by_members(
        request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        return _to_sign_in(request, request.path.rstrip("/").rpartition("/")[0] + "/")

    return only_by_members


def _to_sign_in(request: HttpRequest, back: str) -> HttpResponse:
    target = sign_in_url(back)
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": target})
    return HttpResponseRedirect(target)


def find_post(kind: PostKind, pk: int, request: HttpRequest) -> Any:
    """A post this person may read in a thread they may read, else 404."""
    rows: Any = kind.objects.visible_to(request.user).select_related(*_JOINED[kind])
    return _readable(lambda: rows.get(pk=pk), request)


def find_any_post(kind: PostKind, pk: int, request: HttpRequest) -> Any:
    """Like find_post, and for its author and moderators also what was deleted."""
    person = request.user
    post = _readable(
        lambda: kind.objects.select_related(*_JOINED[kind]).get(pk=pk), request
    )
    if kind.objects.visible_to(person).filter(pk=pk).exists():
        return post
    if person.is_authenticated and post.author_id == person.pk:
        return post
    raise Http404


_JOINED: dict[PostKind, tuple[str, ...]] = {
    Question: ("author", "circle"),
    Answer: ("author", "question__circle"),
    Comment: ("author", "question__circle", "answer__question__circle"),
}


def _readable(find: Callable[[], Post], request: HttpRequest) -> Post:
    try:
        post = find()
    except _NOT_FOUND as nothing:
        raise Http404 from nothing
    thread = thread_of(post)
    if thread is not post:
        seen = Question.objects.visible_to(request.user).filter(pk=thread.pk)
        if not thread.is_visible and not seen.exists():
            raise Http404
    return post


def thread_of(post: Post) -> Question:
    if isinstance(post, Question):
        return post
    return post.question if isinstance(post, Answer) else post.thread


def address_of(post: Post) -> str:
    """Where a post is read: its thread, the right page of it, its own place there."""
    thread = thread_of(post)
    url = thread.get_absolute_url()
    if isinstance(post, Question):
        return f"{url}#question"
    answer = post if isinstance(post, Answer) else post.answer
    if answer is not None and thread.answer_count > numbers.ANSWERS_PER_PAGE:
        page = queries.page_of_answer(answer)
        url = f"{url}?page={page}" if page > 1 else url
    return f"{url}#{post._meta.model_name}-{post.pk}"


def language_in(request: HttpRequest) -> str:
    """The language of the address, which decides what a list holds.

    Not the interface's: a signed-in person reads both lists in their own words.
    """
    return request.path_info.split("/", 2)[1]


def member(request: HttpRequest) -> Person:
    """The signed-in person, after `signed_in` let them through."""
    assert isinstance(request.user, Person)  # noqa: S101
    return request.user
