"""Every address of the site. Pages stand under their language; the rest does not."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from answerhall import discovery, errors, media, share, sitemaps, views

urlpatterns = [
    path("", views.to_a_language, name="root"),
    path("language/", views.choose_language, name="choose_language"),
    path("theme.css", views.theme, name="theme"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("robots.txt", discovery.robots, name="robots"),
    path("llms.txt", discovery.llms),
    re_path(r"^(?P<key>[A-Za-z0-9-]{8,128})\.txt$", discovery.indexnow_key),
    re_path(share.PATTERN, share.picture),
    path("sitemap.xml", sitemaps.index, name="sitemap"),
    re_path(sitemaps.FILE_PATTERN, sitemaps.sitemap_file, name="sitemap_file"),
    path("feeds/<str:language>/", include("answerhall.feed_urls")),
    path("api/v1/", include("answerhall.api")),
    # Before Wagtail's admin: its own sign-in and reset must never be reached.
    path("", include("people.root_urls")),
    path("", include("search.root_urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("media/<path:name>", media.serve, name="media"),
]
if settings.SHOW_SENT_MAIL:
    urlpatterns += [path("dev/mail/", include("answerhall.sent_mail"))]

urlpatterns += i18n_patterns(
    path("", include("search.urls")),
    path("", include("people.urls")),
    path("", include("community.urls")),
    path("", include("rewards.urls")),
    path("", include("desk.urls")),
    path("", include("kb.urls")),
    path("", include(wagtail_urls)),
)

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler429 = "people.views.too_many_requests"  # django-allauth asks for it
handler500 = errors.server_error
