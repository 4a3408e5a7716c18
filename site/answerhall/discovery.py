"""What search engines ask for first."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.http import require_safe

PRIVATE_PATHS = ["/admin/", "/accounts/", "/language/", "/documents/", "/dev/"]


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in PRIVATE_PATHS)]
    lines += ["", f"Sitemap: {settings.BASE_URL}/sitemap.xml", ""]
    return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@require_safe
def indexnow_key(request: HttpRequest, key: str) -> HttpResponse:
    """The proof that who sends our addresses to IndexNow speaks for this site."""
    if not constant_time_compare(key, settings.ANSWERHALL_INDEXNOW_KEY):
        raise Http404
    return HttpResponse(key, content_type="text/plain; charset=utf-8")
