"""What search engines and feed readers ask for: robots and the Atom feed."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.contrib.syndication.views import Feed
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerhall.context import hall_facts
from answerhall.languages import CODES
from common.freshness import alike_for_visitors, shows
from community.freshness import questions_in
from community.models import Question

ENTRIES_PER_FEED = 30

PRIVATE_PATHS = ["/admin/", "/accounts/", "/language/", "/documents/", "/dev/"]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS)]
    lines += ["", f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


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
