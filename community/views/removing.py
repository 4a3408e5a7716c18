"""Taking posts away and bringing them back; telling the moderators."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Refused
from community import actions, audit, permissions
from community.errors import NotYourPost
from community.forms import FlagForm, RemoveForm, stays_in_form
from community.models import Question
from community.views.finding import (
    Post,
    PostKind,
    address_of,
    find_any_post,
    find_post,
    member,
    posted_by_member,
    signed_in,
    thread_of,
)
from community.views.showing import show_form


@signed_in
@require_safe
def remove(request: HttpRequest, kind: PostKind, pk: int) -> HttpResponse:
    """Asks once, before a post goes; offers to bring it back when it has gone."""
    post = find_any_post(kind, pk, request)
    if permissions.may_delete(request.user, post):
        return _ask_about_removing(request, post, RemoveForm())
    if not post.is_visible and permissions.may_restore(
        request.user, post, timezone.now()
    ):
        return _ask_about_restoring(request, post)
    raise NotYourPost


@posted_by_member
def delete(request: HttpRequest, kind: PostKind, pk: int) -> HttpResponse:
    post = find_any_post(kind, pk, request)
    form = RemoveForm(request.POST)
    if not form.is_valid():
        return _ask_about_removing(request, post, form)
    reason = form.cleaned_data["reason"]
    with transaction.atomic():
        actions.delete(
            person=member(request), post=post, at=timezone.now(), reason=reason
        )
        audit.note_on_others("delete", post, member(request), reason=reason)
    messages.success(
        request,
        _("It is removed. You can bring it back at its address for %(days)s days.")
        % {"days": permissions.restore_days()},
    )
    if isinstance(post, Question):
        return redirect(post)
    return redirect("community:remove", kind, pk)


@posted_by_member
def restore(request: HttpRequest, kind: PostKind, pk: int) -> HttpResponse:
    post = find_any_post(kind, pk, request)
    with transaction.atomic():
        back = actions.restore(person=member(request), post=post, at=timezone.now())
        audit.note_on_others("restore", post, member(request))
    messages.success(request, _("It is back for everybody to read."))
    return redirect(address_of(back))


@posted_by_member
def hide(request: HttpRequest, kind: PostKind, pk: int) -> HttpResponse:
    """For moderators: out of sight, without a tombstone."""
    post = find_any_post(kind, pk, request)
    form = RemoveForm(request.POST)
    if not form.is_valid():
        return _ask_about_removing(request, post, form)
    reason = form.cleaned_data["reason"]
    with transaction.atomic():
        actions.hide_post(
            post=post, by=member(request), at=timezone.now(), reason=reason
        )
        audit.note("hide", post, member(request), reason=reason)
    messages.success(request, _("Hidden: only its author and moderators see it."))
    return redirect(address_of(post))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: HttpRequest, kind: PostKind, pk: int) -> HttpResponse:
    """Ask the moderators to look at a post."""
    post = find_post(kind, pk, request)
    form = FlagForm(request.POST if request.method == "POST" else None)
    refused = None
    if form.is_bound and form.is_valid():
        try:
            actions.flag(
                person=member(request),
                post=post,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            stays_in_form(refusal)
            form.refuse(refusal)
            refused = refusal
        else:
            messages.success(
                request, _("Thank you. The moderators will look at it soon.")
            )
            return redirect(address_of(post))
    context = {
        "heading": _("Report to the moderators"),
        "lead": _("Only the moderators learn who reported it."),
        "button": _("Report"),
        "quoted": post,
        **_around(request, post),
    }
    return show_form(request, form, context, refusal=refused)


def _ask_about_removing(
    request: HttpRequest, post: Post, form: RemoveForm
) -> HttpResponse:
    moderates = permissions.may_moderate(request.user)
    word = f"{post._meta.model_name}s"
    context = {
        "heading": _REMOVE[word](),
        "lead": _("It leaves the page at once. It can be brought back."),
        "button": _("Delete"),
        "takes_away": True,
        "quoted": post,
        **_around(request, post),
        "action": reverse("community:delete", args=[type(post), post.pk]),
    }
    if moderates:
        context["other_action"] = reverse("community:hide", args=[type(post), post.pk])
        context["other_button"] = _("Only hide")
    return show_form(request, form, context)


def _ask_about_restoring(request: HttpRequest, post: Post) -> HttpResponse:
    context = {
        "post": post,
        "heading": _("Bring it back?"),
        **_around(request, post),
        "action": reverse("community:restore", args=[type(post), post.pk]),
    }
    return render(request, "community/restore.html", context)


def _around(request: HttpRequest, post: Post) -> dict[str, object]:
    thread = thread_of(post)
    return {
        "question": thread,
        "action": request.path,
        "back": address_of(post) if post.is_visible else thread.get_absolute_url(),
        "nav_current": "questions",
    }


_REMOVE = {
    "questions": lambda: _("Delete this question?"),
    "answers": lambda: _("Delete this answer?"),
    "comments": lambda: _("Delete this comment?"),
}
