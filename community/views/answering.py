"""Answers and comments."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import Refused
from common.http import is_htmx
from common.text import MAX_BODY_CHARS
from community import actions, permissions
from community.forms import AnswerForm, CommentForm, stays_in_form
from community.models import Answer, Comment, Question
from community.views.finding import (
    PostKind,
    address_of,
    find_post,
    member,
    posted_by_member,
    signed_in,
    thread_of,
)
from community.views.showing import show_form


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    question = find_post(Question, pk, request)
    if request.method != "POST":
        return _answer_form(request, question, AnswerForm())
    if "preview" in request.POST:
        typed = request.POST.get("body", "")[:MAX_BODY_CHARS]
        form = AnswerForm(initial={"body": typed})
        return _answer_form(request, question, form, preview=typed)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _answer_form(request, question, form)
    try:
        posted = actions.answer(
            person=member(request),
            question=question,
            body=form.cleaned_data["body"],
            at=timezone.now(),
        )
    except Refused as refusal:
        stays_in_form(refusal)
        form.refuse(refusal)
        return _answer_form(request, question, form, refusal=refusal)
    messages.success(
        request,
        _("Your answer is posted. Thank you for helping."),
        extra_tags=f"answer-{question.pk}-{member(request).pk}",
    )
    question.refresh_from_db()
    posted.question = question
    return redirect(address_of(posted))


@posted_by_member
def comment(request: HttpRequest, kind: PostKind, pk: int) -> HttpResponse:
    post = find_post(kind, pk, request)
    if isinstance(post, Comment):
        raise Http404
    form = CommentForm(request.POST)
    if not form.is_valid():
        return _comment_form(request, post, form)
    try:
        said = actions.comment(
            person=member(request),
            post=post,
            body=form.cleaned_data["body"],
            at=timezone.now(),
        )
    except Refused as refusal:
        stays_in_form(refusal)
        form.refuse(refusal)
        return _comment_form(request, post, form, refusal=refusal)
    if not is_htmx(request):
        return redirect(address_of(said))
    comments = Comment.objects.visible_to(request.user).select_related("author")
    context = {
        "post": post,
        "question": thread_of(post),
        "comments": comments.filter(**_under(post)).order_by("created_at", "pk"),
        "may_moderate": permissions.may_moderate(member(request)),
        "form": CommentForm(),
    }
    return render(request, "community/parts/said.html", context)


def _under(post: Question | Answer) -> dict[str, Question | Answer]:
    return {"question" if isinstance(post, Question) else "answer": post}


def _answer_form(
    request: HttpRequest,
    question: Question,
    form: AnswerForm,
    *,
    preview: str = "",
    refusal: Refused | None = None,
) -> HttpResponse:
    context = {
        "heading": _("Your answer"),
        "button": _("Post the answer"),
        "question": question,
        "quoted": question,
        "action": reverse("community:answer", args=[question.pk]),
        "back": question.get_absolute_url(),
        "keep": f"answer-{question.pk}",
        "preview": preview,
        "uses_editor": True,
        "upload_url": reverse("community:uploads"),
        "nav_current": "questions",
    }
    return show_form(request, form, context, refusal=refusal)


def _comment_form(
    request: HttpRequest,
    post: Question | Answer,
    form: CommentForm,
    *,
    refusal: Refused | None = None,
) -> HttpResponse:
    """The refused comment, in its place on the page or on a page of its own."""
    if is_htmx(request):
        template = "community/parts/reply.html"
        response = show_form(
            request, form, {"post": post}, template=template, refusal=refusal
        )
        response["HX-Retarget"] = f"#reply-{post._meta.model_name}s-{post.pk}"
        response["HX-Reswap"] = "outerHTML"
        return response
    context = {
        "heading": _("Your comment"),
        "button": _("Post the comment"),
        "question": thread_of(post),
        "quoted": post,
        "action": request.path,
        "back": address_of(post),
        "nav_current": "questions",
    }
    return show_form(request, form, context, refusal=refusal)
