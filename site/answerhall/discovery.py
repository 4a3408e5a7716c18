"""What search engines ask for first."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from answerhall.context import hall_facts
from answerhall.languages import CODES
from common.freshness import alike_for_visitors, shows
from common.structured import absolute
from kb.freshness import ARTICLES
from kb.queries import topics

# Pages that merely must not be kept say so themselves: a blocked page is not read.
PRIVATE_PATHS = [
    "/accounts/",
    "/admin/",
    "/api/",
    "/dev/",
    "/documents/",
    "/language/",
]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS)]
    lines += ["", f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
@alike_for_visitors
def llms(request: HttpRequest) -> HttpResponse:
    """What is here, for programs that read before they crawl (llmstxt.org)."""
    shows(ARTICLES)
    lines: list[str] = []
    for language in CODES:
        with translation.override(language):
            hall = hall_facts(language)
            lines += [
                f"# {hall.name}" if not lines else f"## {hall.name}",
                "",
                f"> {hall.description}",
                "",
                _listed(_("Questions"), reverse("community:questions")),
                _listed(_("Newest questions"), reverse("feed", args=[language])),
                *(
                    _listed(topic.title, topic.get_absolute_url(), topic.summary)
                    for topic in topics(language)
                    if topic.article_count
                ),
                "",
            ]
    lines += [_listed("Sitemap", "/sitemap.xml"), _listed("API", "/api/v1/docs"), ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


def _listed(words: str, path: str, more: str = "") -> str:
    line = f"- [{words}]({absolute(path)})"
    return f"{line}: {more}" if more else line


@require_safe
def indexnow_key(request: HttpRequest, key: str) -> HttpResponse:
    """The proof that who sends our addresses to IndexNow speaks for this site."""
    if not constant_time_compare(key, settings.ANSWERHALL_INDEXNOW_KEY):
        raise Http404
    return HttpResponse(key, content_type="text/plain; charset=utf-8")
