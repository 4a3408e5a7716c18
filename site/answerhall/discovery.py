"""What search engines and feed readers ask for: robots, sitemaps, the Atom feed."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views as sitemap_views
from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerhall.context import hall_facts
from answerhall.languages import CODES
from common.freshness import alike_for_visitors, shows
from community.freshness import questions_in
from community.models import Question
from kb.freshness import ARTICLES
from kb.models import ArticlePage, TopicPage

# Baidu takes at most 50,000 addresses and 10 MB a file; ours stay far below.
ADDRESSES_PER_FILE = 10_000
ENTRIES_PER_FEED = 30

PRIVATE_PATHS = ["/admin/", "/accounts/", "/language/", "/documents/", "/dev/"]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS)]
    lines += ["", f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


class HallSitemap(Sitemap[Any]):
    """Addresses are absolute under the configured base, whatever Host was sent."""

    limit = ADDRESSES_PER_FILE
    protocol = urlsplit(settings.BASE_URL).scheme

    def get_domain(self, site: Any = None) -> str:  # noqa: ARG002  Django's
        return urlsplit(settings.BASE_URL).netloc


class Questions(HallSitemap):
    def items(self) -> QuerySet[Question]:
        return (
            Question.objects.visible()
            .filter(is_indexable=True)
            .order_by("pk")
            .only("pk", "slug", "language", "created_at", "words_changed_at", "title")
        )

    def lastmod(self, question: Question) -> datetime:
        return question.said_at

    def location(self, question: Question) -> str:
        return question.get_absolute_url()


class Pages(HallSitemap):
    """Halls, topics and articles: everything live that editors wrote."""

    def items(self) -> list:
        articles = ArticlePage.objects.live().public().order_by("pk")
        topics = TopicPage.objects.live().public().order_by("pk")
        return [*topics, *articles.defer_streamfields()]

    def lastmod(self, page: Any) -> datetime:
        return page.last_published_at or page.latest_revision_created_at

    def location(self, page: Any) -> str:
        return page.get_absolute_url()


SECTIONS: dict[str, type[HallSitemap]] = {
    "pages": Pages,
    "questions": Questions,
}


@require_safe
@alike_for_visitors
def sitemap_index(request: HttpRequest) -> HttpResponse:
    shows(ARTICLES, *map(questions_in, CODES))
    files = [
        {"location": f"{settings.BASE_URL}/sitemap-{section}.xml{_page_query(number)}"}
        for section, made in SECTIONS.items()
        for number in made().paginator.page_range
    ]
    return render(
        request,
        "sitemap_index.xml",
        {"sitemaps": files},
        content_type="application/xml; charset=utf-8",
    )


def _page_query(number: int) -> str:
    return f"?p={number}" if number > 1 else ""


@require_safe
@alike_for_visitors
def sitemap(request: HttpRequest, section: str) -> HttpResponse:
    shows(ARTICLES, *map(questions_in, CODES))
    response = sitemap_views.sitemap(request, {**SECTIONS}, section=section)
    # The framework adds noindex, which would hide nothing and confuse some readers.
    del response.headers["X-Robots-Tag"]
    return response


class QuestionsFeed(Feed):
    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, language: str) -> str:
        if language not in CODES:
            raise Http404
        translation.activate(language)
        return language

    def title(self, language: str) -> str:
        return _("Newest questions") + " · " + hall_facts(language).name

    def link(self, language: str) -> str:
        return f"{settings.BASE_URL}/{language}/questions/"

    def feed_url(self, language: str) -> str:
        return f"{settings.BASE_URL}/feeds/{language}/questions.atom"

    def items(self, language: str) -> Iterable[Question]:
        return (
            Question.objects.visible()
            .filter(language=language)
            .select_related("author")
            .order_by("-created_at", "-pk")[:ENTRIES_PER_FEED]
        )

    def item_title(self, question: Question) -> str:
        return question.title

    def item_description(self, question: Question) -> str:
        return question.body_html

    def item_link(self, question: Question) -> str:
        return settings.BASE_URL + question.get_absolute_url()

    def item_author_name(self, question: Question) -> str:
        return question.author.name

    def item_pubdate(self, question: Question) -> datetime:
        return question.created_at

    def item_updateddate(self, question: Question) -> datetime:
        return question.edited_at or question.created_at


@require_safe
@alike_for_visitors
def questions_feed(request: HttpRequest, language: str) -> HttpResponse:
    shows(questions_in(language))
    return QuestionsFeed()(request, language=language)
