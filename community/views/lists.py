"""Lists of threads: all of a language, a circle's, a tag's."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_safe

from common.freshness import alike_for_visitors, shows
from common.paging import CappedPage, page_of
from common.structured import as_script, breadcrumbs
from community import queries
from community.freshness import questions_in
from community.models import Circle, Tag
from community.views.finding import language_in

POPULAR_TAGS = 8

SORT_WORDS = {
    "newest": gettext_lazy("Newest"),
    "active": pgettext_lazy("sorted by", "Active"),
    "unanswered": gettext_lazy("Unanswered"),
    "votes": gettext_lazy("Most votes"),
}


@dataclass(frozen=True)
class Tab:
    word: str
    url: str
    is_here: bool


@require_safe
@alike_for_visitors
def questions(request: HttpRequest) -> HttpResponse:
    if slug := request.GET.get("circle"):
        return _to_circle(request, slug)
    context = {
        "heading": _("Questions"),
        "title": _("Questions and answers"),
        "description": _(
            "What customers ask and what helped them, with official answers."
        ),
    }
    return _list(request, context)


@require_safe
@alike_for_visitors
def circle(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        place = queries.find_circle(slug)
    except Circle.DoesNotExist as nothing:
        raise Http404 from nothing
    context = {
        "heading": place.name,
        "title": _("Questions in %(circle)s") % {"circle": place.name},
        "description": place.about
        or _("Questions and answers about %(circle)s.") % {"circle": place.name},
        "lead": place.about,
        "circle": place,
    }
    return _list(request, context)


@require_safe
@alike_for_visitors
def tagged(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        tag = queries.find_tag(slug)
    except Tag.DoesNotExist as nothing:
        raise Http404 from nothing
    if tag.slug != slug:
        url = _address(request, "community:tagged", tag.slug)
        return redirect(url, permanent=True)
    context = {
        "heading": _("Questions about %(tag)s") % {"tag": tag.name},
        "title": _("Questions about %(tag)s") % {"tag": tag.name},
        "description": _("Questions and answers tagged %(tag)s.") % {"tag": tag.name},
        "tag": tag,
    }
    return _list(request, context)


def _list(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """A page of rows. Seven queries at most, whatever is in the list."""
    language = language_in(request)
    sort = request.GET.get("sort", "newest")
    if sort not in queries.SORTS:
        raise Http404
    found = queries.question_list(
        language=language,
        sort=sort,
        circle=context.get("circle"),
        tag=context.get("tag"),
    )
    rows = page_of(found.only("pk"), request.GET.get("page"))
    shows(questions_in(language))
    _tell_apart(context, sort, rows.number)
    context |= {
        "nav_current": "questions",
        "rows": rows,
        "sort": sort,
        "tabs": _tabs(request, sort),
        "circles": list(queries.open_circles()),
        "popular": list(queries.popular_tags(language, POPULAR_TAGS)),
        "shows_circle": "circle" not in context,
        "list_url": _address(request, "community:questions"),
        "ask_url": _ask_url(context.get("circle")),
        "canonical": settings.BASE_URL + _own_address(request, sort, rows),
        "is_indexable": sort == "newest" and bool(rows),
        "empty": _nothing_here(request, sort),
    }
    if "circle" in context or "tag" in context:
        above = (_("Questions"), context["list_url"])
        context["structured"] = as_script(
            breadcrumbs([above, (context["heading"], request.path)])
        )
    return render(request, "community/questions.html", context)


def _tell_apart(context: dict[str, Any], sort: str, number: int) -> None:
    """No two pages of a list have one title or one description."""
    if sort != "newest":
        context["title"] = f"{context['title']} · {SORT_WORDS[sort]}"
        context["description"] = f"{context['description']} {SORT_WORDS[sort]}."
    if number > 1:
        page = _("Page %(number)d.") % {"number": number}
        context["description"] = f"{context['description']} {page}"


def _tabs(request: HttpRequest, sort: str) -> list[Tab]:
    return [
        Tab(str(word), request.path + _query(sort=name), name == sort)
        for name, word in SORT_WORDS.items()
    ]


def _own_address(request: HttpRequest, sort: str, rows: CappedPage) -> str:
    return request.path + _query(sort=sort, page=rows.number)


def _query(*, sort: str, page: int = 1) -> str:
    """The shortest query string that leads here; newest and page 1 need none."""
    parts: dict[str, str | int] = {}
    if sort != "newest":
        parts["sort"] = sort
    if page > 1:
        parts["page"] = page
    return f"?{urlencode(parts)}" if parts else ""


def _nothing_here(request: HttpRequest, sort: str) -> dict[str, str]:
    """What an empty list says, and what to do next."""
    if sort == "unanswered":
        return {
            "heading": _("Every question has an answer"),
            "words": _("Nobody is waiting here. Somebody may still need a better one."),
            "url": request.path + _query(sort="active"),
            "link": _("See what people talk about"),
        }
    return {
        "heading": _("No questions yet"),
        "words": _("Be the first to ask: others will have the same question."),
        "url": reverse("community:ask"),
        "link": _("Ask a question"),
    }


def _ask_url(place: Circle | None) -> str:
    url = reverse("community:ask")
    return f"{url}?{urlencode({'circle': place.slug})}" if place else url


def _to_circle(request: HttpRequest, slug: str) -> HttpResponse:
    try:
        place = queries.find_circle(slug)
    except Circle.DoesNotExist as nothing:
        raise Http404 from nothing
    sort = request.GET.get("sort", "newest")
    url = _address(request, "community:circle", place.slug)
    return redirect(url + _query(sort=sort if sort in queries.SORTS else "newest"))


def _address(request: HttpRequest, name: str, *args: str) -> str:
    """An address in the same tree as this list, whatever the words around it."""
    with translation.override(language_in(request)):
        return reverse(name, args=args)
