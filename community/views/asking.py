"""Asking, with a look at what may answer already."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Refused
from common.freshness import kept_part, named, shows
from common.http import is_htmx, post_only
from common.text import MAX_BODY_CHARS
from community import actions, numbers
from community.forms import QuestionForm, stays_in_form
from community.models import Question
from community.views.finding import member, signed_in
from community.views.showing import show_form
from kb.freshness import ARTICLES
from search.documents import Hit
from search.queries import titles

SIMILAR = 4
# From here on a title says enough to look for.
SIMILAR_FROM_CHARS = 4


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        first = {
            name: request.GET.get(name, "") for name in ("title", "circle", "tags")
        }
        first["title"] = _one_line(first["title"])
        return _form(request, QuestionForm(initial=first))
    if "preview" in request.POST:
        return _form(
            request, QuestionForm(initial=request.POST.dict()), preview=_body(request)
        )
    form = QuestionForm(request.POST)
    if not form.is_valid():
        return _form(request, form)
    try:
        question = actions.ask(
            person=member(request), at=timezone.now(), **form.cleaned_data
        )
    except Refused as refusal:
        stays_in_form(refusal)
        form.refuse(refusal)
        return _form(request, form, refusal=refusal)
    messages.success(
        request,
        _("Your question is posted. You will be told when somebody answers."),
        extra_tags=f"ask-{member(request).pk}",
    )
    return redirect(question)


@require_safe
def similar(request: HttpRequest) -> HttpResponse:
    """What may answer already: a fragment while typing, a page without script."""
    typed = _one_line(request.GET.get("title", ""))
    context = {"hits": _similar(typed), "typed": typed, "nav_current": "ask"}
    whole = not is_htmx(request)
    template = "community/similar.html" if whole else "community/parts/similar.html"
    return render(request, template, context)


@post_only
@signed_in
def preview(request: HttpRequest) -> HttpResponse:
    """How Markdown will look. Stores nothing."""
    whole = not is_htmx(request)
    template = "community/preview.html" if whole else "community/parts/preview.html"
    return render(request, template, {"body": _body(request)})


def _form(
    request: HttpRequest,
    form: QuestionForm,
    *,
    preview: str = "",
    refusal: Refused | None = None,
) -> HttpResponse:
    context = {
        "preview": preview,
        "hits": _similar(str(form["title"].value() or "")),
        "similar_url": reverse("community:similar"),
        "upload_url": reverse("community:uploads"),
        "nav_current": "ask",
    }
    return show_form(
        request, form, context, template="community/ask.html", refusal=refusal
    )


def _similar(typed: str) -> list[Hit]:
    title = _one_line(typed)
    if len(title) < SIMILAR_FROM_CHARS:
        return []
    return kept_part(("similar", title.casefold()), lambda: _looked_up(title))


def _looked_up(title: str) -> list[Hit]:
    hits = titles(title, prefer=get_language() or "en", limit=SIMILAR)
    asked = (hit.pk for hit in hits if hit.kind == "question")
    shows(ARTICLES, *(named(Question, pk) for pk in asked))
    return hits


def _one_line(typed: str) -> str:
    return " ".join(typed[: numbers.TITLE_MOST * 2].split())[: numbers.TITLE_MOST]


def _body(request: HttpRequest) -> str:
    return request.POST.get("body", "")[:MAX_BODY_CHARS]
