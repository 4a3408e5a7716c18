"""The house's own look inside Wagtail's admin, and its parts of pages."""

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse_lazy
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from answerhall import slots  # noqa: F401  registers what it fills
from answerhall.counting import IndexablePagesReport


@hooks.register("insert_global_admin_css")
def house_colours() -> SafeString:
    return format_html(
        '<link rel="stylesheet" href="{}">', static("answerhall/admin.css")
    )


@hooks.register("register_admin_urls")
def report_addresses() -> list[URLPattern]:
    report = IndexablePagesReport
    return [
        path("reports/indexable/", report.as_view(), name="indexable_pages_report"),
        path(
            "reports/indexable/results/",
            report.as_view(results_only=True),
            name="indexable_pages_report_results",
        ),
    ]


class IndexableMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("answerhall.view_indexablepages")


@hooks.register("register_reports_menu_item")
def indexable_in_reports() -> MenuItem:
    return IndexableMenuItem(
        _("Pages search engines may keep"),
        reverse_lazy("indexable_pages_report"),
        name="indexable-pages",
        icon_name="globe",
        order=110,
    )
