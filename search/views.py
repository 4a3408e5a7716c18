"""The result list, and what browsers need for a search box of their own."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from common.http import client_address
from common.paging import page_of
from common.site_day import site_day
from search import actions, facets, queries, registries
from search.analyser import MAX_QUERY_CHARS, readable
from search.documents import Hit, Results

_log_key = re.compile("[0-9a-f]{16}")
_place = re.compile("[1-9][0-9]{0,2}")
_id = re.compile(r"([a-z]{1,20}\.[a-z]{1,20}\.[0-9]{1,18})?")
_page_number = re.compile("[1-9][0-9]?")
FILTERS = ("circle", "status", "language", "age", "tag")


@require_safe
@cache_control(private=True, no_cache=True)
def results(request: HttpRequest) -> HttpResponse:
    """Everything that fits, or the door to asking it."""
    typed = readable(request.GET.get("q", "")[: 10 * MAX_QUERY_CHARS])
    text = typed[:MAX_QUERY_CHARS]
    number, kind = _number(request), _kind(request)
    picked = {name: request.GET.get(name, "")[:100] for name in FILTERS}
    if picked["language"] not in facets.LANGUAGES:
        picked["language"] = ""
    now, language = timezone.now(), get_language() or "en"
    found = queries.search(
        text,
        kind=kind,
        prefer=language,
        page=number,
        today=site_day(now),
        language=picked["language"] or None,
        circle=picked["circle"],
        status=picked["status"],
        tag=picked["tag"],
        age=picked["age"],
    )
    names = _names_of_tags(found, picked["tag"])
    found = replace(
        found,
        hits=[_with_names(hit, names) for hit in found.hits],
        pinned=[_with_names(hit, names) for hit in found.pinned],
    )
    key = _log(request, found, language) if text and number == 1 else ""
    page = page_of(range(found.total), number, queries.PER_PAGE, queries.MAX_PAGES)
    context = {
        "text": text,
        "was_cut": len(typed) > MAX_QUERY_CHARS,
        "results": found,
        "kind": kind,
        "tabs": _tabs(found),
        "groups": facets.groups(found, picked, request.GET, language, names),
        "is_filtered": any(picked.values()) or kind != "all",
        "page": page,
        "start": (number - 1) * queries.PER_PAGE + len(found.pinned),
        "log_key": key,
        "tell_staff": found.degraded and request.user.is_staff,
        "interface_language": language,
        "query_string": f"?{request.GET.urlencode()}" if request.GET else "",
    }
    is_empty = not found.total and not found.pinned
    nothing = text and is_empty and not context["is_filtered"]
    template = "search/nothing.html" if nothing else "search/results.html"
    return render(request, template, context)


@require_safe
def suggest(request: HttpRequest) -> HttpResponse:
    """Titles for what is typed so far, in OpenSearch's four lists."""
    text = readable(request.GET.get("q", "")[:MAX_QUERY_CHARS])
    hits = queries.titles(text, prefer=get_language() or "en")
    answer = [
        text,
        [hit.title for hit in hits],
        [""] * len(hits),
        [request.build_absolute_uri(hit.url) for hit in hits],
    ]
    # Some browsers show it as a page when it is opened: no markup then either.
    words = json.dumps(answer).replace("<", "\\u003c").replace("&", "\\u0026")
    return HttpResponse(
        words,
        content_type="application/x-suggestions+json",
        headers={"X-Robots-Tag": "noindex"},
    )


@require_safe
@cache_control(private=True, no_cache=True)
def suggestions(request: HttpRequest) -> HttpResponse:
    """What drops down below our own search boxes while somebody types."""
    text = readable(request.GET.get("q", "")[:MAX_QUERY_CHARS])
    language = get_language() or "en"
    found = queries.suggestions(text, prefer=language)
    context = {"found": found, "interface_language": language}
    # Without the request: nothing in it depends on who asks.
    return HttpResponse(
        render_to_string("search/suggestions.html", context),
        headers={"X-Robots-Tag": "noindex"},
    )


# A browser's ping carries no token of ours. The key does: nobody else was shown it, and
# all it opens is one number in the statistics.
@csrf_exempt
@require_POST
def opened(request: HttpRequest) -> HttpResponse:
    """The browser says which hit was opened, or that somebody went on to ask."""
    key, place = request.GET.get("search", ""), request.GET.get("place", "")
    thing = request.GET.get("id", "")
    if not _log_key.fullmatch(key):
        raise Http404
    if place == "ask":
        actions.log_asked(key=key)
    elif _place.fullmatch(place) and _id.fullmatch(thing):
        actions.log_opened(key=key, place=int(place), thing=thing)
    else:
        raise Http404
    return HttpResponse(status=204)


@require_safe
@cache_control(public=True, max_age=86_400)
def description(request: HttpRequest) -> HttpResponse:
    """How browsers add this hall to their search boxes."""
    return render(
        request,
        "search/opensearch.xml",
        content_type="application/opensearchdescription+xml",
    )


def _number(request: HttpRequest) -> int:
    typed = request.GET.get("page", "") or "1"
    if not _page_number.fullmatch(typed) or int(typed) > queries.MAX_PAGES:
        raise Http404
    return int(typed)


def _kind(request: HttpRequest) -> str:
    kind = request.GET.get("type", "")
    return kind if kind in queries.KINDS else "all"


def _names_of_tags(found: Results, picked: str) -> dict[str, str]:
    shown = (tag for hit in (*found.pinned, *found.hits) for tag in hit.tags)
    counted = [slug for slug in (*found.counts.get("tag", ()), picked) if slug]
    names = registries.names_of_tags({*counted, *shown})
    return {slug: slug for slug in counted} | dict(names)


def _with_names(hit: Hit, names: Mapping[str, str]) -> Hit:
    """Articles know the addresses of their tags only."""
    return replace(hit, tags=[names.get(tag, tag) for tag in hit.tags])


def _tabs(found: Results) -> list[tuple[str, int]]:
    return [(kind, found.counts_by_kind[kind]) for kind in ("all", *queries.KINDS)]


def _log(request: HttpRequest, found: Results, language: str) -> str:
    """The key of the log's row; "" for what no person did."""
    if request.method != "GET" or "prefetch" in request.headers.get("Sec-Purpose", ""):
        return ""
    return actions.log_search(
        text=found.text,
        language=language,
        results=max(found.total, len(found.pinned)),
        is_relaxed=found.relaxed,
        address=client_address(request),
        agent=request.headers.get("User-Agent", ""),
        at=timezone.now(),
    )
