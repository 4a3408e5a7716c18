"""Improving a post."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import Refused
from common.text import MAX_BODY_CHARS
from community import actions, permissions
from community.errors import NotYourPost
from community.forms import (
    CommentForm,
    EditAnswerForm,
    EditQuestionForm,
    HallForm,
    stays_in_form,
)
from community.models import Answer, Comment, Question
from community.views.finding import (
    Post,
    PostKind,
    address_of,
    find_post,
    member,
    signed_in,
    thread_of,
)
from community.views.showing import show_form


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, kind: PostKind, pk: int) -> HttpResponse:
    post = find_post(kind, pk, request)
    if not permissions.may_edit(request.user, post):
        raise NotYourPost
    is_preview = "preview" in request.POST
    form = _form_for(post, None if is_preview else request.POST or None)
    if is_preview:
        form.initial.update(request.POST.dict())
    if request.method != "POST" or is_preview or not form.is_valid():
        return _page(request, post, form)
    try:
        changed = _change(request, post, form.cleaned_data)
    except Refused as refusal:
        stays_in_form(refusal)
        form.refuse(refusal)
        return _page(request, post, form, refusal=refusal)
    messages.success(request, _("Your changes are saved."))
    return redirect(address_of(changed))


def _form_for(post: Post, typed: Any) -> HallForm:
    if isinstance(post, Question):
        return EditQuestionForm(typed, question=post)
    if isinstance(post, Answer):
        return EditAnswerForm(typed, answer=post)
    return CommentForm(typed, initial={"body": post.body})


def _change(request: HttpRequest, post: Post, wanted: dict[str, Any]) -> Post:
    person, now = member(request), timezone.now()
    if isinstance(post, Question):
        return actions.edit_question(person=person, question=post, at=now, **wanted)
    if isinstance(post, Answer):
        return actions.edit_answer(person=person, answer=post, at=now, **wanted)
    return actions.edit_comment(person=person, comment=post, at=now, **wanted)


def _page(
    request: HttpRequest, post: Post, form: HallForm, refusal: Refused | None = None
) -> HttpResponse:
    context = {
        "heading": _HEADINGS[type(post)](),
        "button": _("Save"),
        "question": thread_of(post),
        "action": request.path,
        "back": address_of(post),
        "preview": request.POST.get("body", "")[:MAX_BODY_CHARS]
        if "preview" in request.POST
        else "",
        "uses_editor": not isinstance(post, Comment),
        "upload_url": reverse("community:uploads"),
        "nav_current": "questions",
    }
    return show_form(request, form, context, refusal=refusal)


_HEADINGS = {
    Question: lambda: _("Edit the question"),
    Answer: lambda: _("Edit the answer"),
    Comment: lambda: _("Edit the comment"),
}
