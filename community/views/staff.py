"""What only staff do with a thread: move it, merge it, make it an article."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.errors import NotAllowed, Refused
from community import actions, audit, permissions
from community.errors import NotSolvedYet
from community.forms import (
    DraftArticleForm,
    HallForm,
    MergeForm,
    PlaceForm,
    stays_in_form,
)
from community.models import Question
from community.views.finding import find_post, member, signed_in
from community.views.showing import show_form


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def place(request: HttpRequest, pk: int) -> HttpResponse:
    """Put right the circle, or the language that was guessed from the title."""
    question = find_post(Question, pk, request)
    if not permissions.may_moderate(request.user):
        raise NotAllowed
    first = {"circle": question.circle.slug, "language": question.language}
    form = PlaceForm(request.POST if request.method == "POST" else None, initial=first)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                moved = actions.edit_question(
                    person=member(request),
                    question=question,
                    title=question.title,
                    body=question.body,
                    tags=[tag.name for tag in question.tags.order_by("pk")],
                    at=timezone.now(),
                    **form.cleaned_data,
                )
                audit.note("place", moved, member(request))
        except Refused as refusal:
            stays_in_form(refusal)
            form.refuse(refusal)
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect(moved)
    return _page(request, question, form, _("Change circle or language"), _("Save"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: HttpRequest, pk: int) -> HttpResponse:
    question = find_post(Question, pk, request)
    if not permissions.may_moderate(request.user):
        raise NotAllowed
    form = MergeForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            with transaction.atomic():
                kept = actions.merge_questions(
                    duplicate=question,
                    into=form.cleaned_data["into"],
                    by=member(request),
                    at=timezone.now(),
                )
                audit.note("merge", question, member(request), into=kept.pk)
        except Refused as refusal:
            stays_in_form(refusal)
            form.refuse(refusal)
        else:
            messages.success(request, _("Merged. The old address leads here."))
            return redirect(kept)
    return _page(request, question, form, _("Merge into another question"), _("Merge"))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def make_article(request: HttpRequest, pk: int) -> HttpResponse:
    """The draft opens in the editor: as suggested, or of chosen answers and topic."""
    question = find_post(Question, pk, request)
    if not permissions.may_draft_articles(request.user):
        raise NotAllowed
    if question.solved_at is None:
        raise NotSolvedYet
    if "as_suggested" in request.POST:
        form = DraftArticleForm.as_suggested(question)
    else:
        typed = request.POST if request.method == "POST" else None
        form = DraftArticleForm(typed, question=question)
    if form.is_bound and form.is_valid():
        article = actions.draft_article(
            question=question,
            answers=list(form.cleaned_data["answers"]),
            topic=form.cleaned_data["topic"],
            by=member(request),
            at=timezone.now(),
        )
        return redirect("wagtailadmin_pages:edit", article.pk)
    return _page(request, question, form, _("Make it an article"), _("Make the draft"))


def _page(
    request: HttpRequest, question: Question, form: HallForm, heading: str, button: str
) -> HttpResponse:
    context = {
        "heading": heading,
        "button": button,
        "question": question,
        "action": request.path,
        "back": question.get_absolute_url(),
        "nav_current": "questions",
    }
    return show_form(request, form, context)
