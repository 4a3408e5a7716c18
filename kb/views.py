"""Pages, found fast and served by Wagtail, and the one form about them."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods
from wagtail.url_routing import RouteResult
from wagtail.views import serve as wagtail_serve

from common.freshness import alike_for_visitors, named, says_since, shows
from common.http import is_htmx, see_other
from common.limits import spend
from kb import actions, queries
from kb.forms import FeedbackForm
from kb.freshness import ARTICLES
from kb.models import ArticlePage, ArticleTally
from kb.readers import client_address, reader_key


@alike_for_visitors
def serve(request: HttpRequest, path: str) -> HttpResponse:
    """Wagtail's own view with its hooks, told at once where the page is."""
    page = queries.page_at(translation.get_language(), path)
    if page is None:
        raise Http404
    shows(ARTICLES)
    if isinstance(page, ArticlePage):
        shows(named(ArticleTally, page.pk))
        says_since(page.last_published_at)
    request._wagtail_route_for_request = RouteResult(page)  # type: ignore[attr-defined]
    return wagtail_serve(request, path)


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: HttpRequest, article_id: int) -> HttpResponse:
    """Helpful or not, and why. A page of its own, or a part of the article by htmx.

    It holds a CSRF token, so it is never stored; the article around it may be.
    """
    # Not pk: that is a link to the page, which takes no number larger than a column.
    article: ArticlePage = get_object_or_404(ArticlePage.objects.live(), id=article_id)
    if request.method == "POST":
        return _take(request, article)
    said = request.GET.get("said", "")
    said = said if said in ("yes", "no", "why") else ""
    return _show(request, article, FeedbackForm(), said)


def _take(request: HttpRequest, article: ArticlePage) -> HttpResponse:
    form = FeedbackForm(request.POST)
    if not form.is_valid():
        return _show(request, article, form, "no", status=400)
    at = timezone.now()
    spend("kb.feedback", client_address(request), (20, 60), (200, 3600))
    given = actions.give_feedback(
        article=article,
        is_helpful=form.is_helpful,
        reason=form.cleaned_data["reason"],
        note=form.cleaned_data["note"],
        voter_key=reader_key(request, at),
        at=at,
    )
    said = "yes" if given.is_helpful else "why" if given.reason or given.note else "no"
    if is_htmx(request):
        return _show(request, article, FeedbackForm(), said)
    address = reverse("kb:feedback", args=[article.pk])
    return see_other(request, f"{address}?said={said}")


def _show(
    request: HttpRequest,
    article: ArticlePage,
    form: FeedbackForm,
    said: str,
    status: int = 200,
) -> HttpResponse:
    context = {
        "article": article,
        "form": form,
        "said": said,
        "tally": queries.tally(article),
        "nav_current": "kb",
    }
    part = "kb/parts/feedback_form.html" if is_htmx(request) else "kb/feedback.html"
    response = render(request, part, context, status=status)
    patch_cache_control(response, private=True, no_store=True)
    return response
