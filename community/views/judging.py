"""What people say of a post without writing: votes, acceptance, me too, follow."""

from collections.abc import Container

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from common.http import is_htmx
from community import actions
from community.errors import NotAVote, NotInThisThread
from community.models import Answer, Comment, Question
from community.views.finding import (
    PostKind,
    address_of,
    find_post,
    member,
    posted_by_member,
)


@posted_by_member
def vote(request: HttpRequest, kind: PostKind, pk: int) -> HttpResponse:
    post = find_post(kind, pk, request)
    if isinstance(post, Comment):
        raise Http404
    value = _value(request, ("1", "-1", "0"))
    counted = actions.vote(
        person=member(request), post=post, value=value, at=timezone.now()
    )
    if is_htmx(request):
        context = {"post": counted, "my_vote": value, "is_mine": False}
        return render(request, "community/parts/votes.html", context)
    return redirect(address_of(post))


@posted_by_member
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """value=1 accepts the answer; value=0 takes that back."""
    answer = find_post(Answer, pk, request)
    value = _value(request, ("1", "0"), default="1")
    if value:
        actions.accept(person=member(request), answer=answer, at=timezone.now())
        messages.success(request, _("Accepted. Thank you for telling everybody."))
    else:
        return _take_back(request, answer.question, answer)
    return redirect(address_of(answer))


@posted_by_member
def accept_in_thread(request: HttpRequest, pk: int) -> HttpResponse:
    """The same, addressed by the question: `answer` names the one to accept."""
    question = find_post(Question, pk, request)
    wanted = request.POST.get("answer", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 19):
        raise NotInThisThread
    answer = find_post(Answer, int(wanted), request)
    if answer.question_id != question.pk:
        raise NotInThisThread
    return accept(request, pk=answer.pk)


@posted_by_member
def unaccept(request: HttpRequest, pk: int) -> HttpResponse:
    question = find_post(Question, pk, request)
    return _take_back(request, question, question.accepted_answer)


@posted_by_member
def reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Our staff took it for solved; the asker says it is not."""
    question = find_post(Question, pk, request)
    actions.reopen(person=member(request), question=question, at=timezone.now())
    messages.success(request, _("The question is open again."))
    return redirect(question)


@posted_by_member
def me_too(request: HttpRequest, pk: int) -> HttpResponse:
    question = find_post(Question, pk, request)
    on = bool(_value(request, ("1", "0"), default="1"))
    question.me_too_count = actions.me_too(
        person=member(request), question=question, on=on, at=timezone.now()
    )
    if is_htmx(request):
        context = {"question": question, "has_me_too": on, "is_mine": False}
        return render(request, "community/parts/me_too.html", context)
    return redirect(address_of(question))


@posted_by_member
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    question = find_post(Question, pk, request)
    on = bool(_value(request, ("1", "0"), default="1"))
    change = actions.follow if on else actions.unfollow
    change(person=member(request), question=question, at=timezone.now())
    if is_htmx(request):
        context = {"question": question, "follows": on}
        return render(request, "community/parts/follow.html", context)
    return redirect(address_of(question))


def _take_back(
    request: HttpRequest, question: Question, answer: Answer | None
) -> HttpResponse:
    """Only the answer that is accepted now: an old page changes nothing."""
    if answer is not None and question.accepted_answer_id == answer.pk:
        actions.unaccept(person=member(request), question=question, at=timezone.now())
        messages.success(request, _("The question is open again."))
    return redirect(address_of(answer or question))


def _value(
    request: HttpRequest, allowed: Container[str], default: str | None = None
) -> int:
    """Exactly one of the words a button sends; anything else is refused."""
    given = request.POST.getlist("value")
    if not given and default is not None:
        return int(default)
    if len(given) != 1 or given[0] not in allowed:
        raise NotAVote
    return int(given[0])
