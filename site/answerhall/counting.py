"""How many pages search engines may keep, day by day, and the report of it."""

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from answerhall.languages import CODES
from answerhall.models import IndexablePages
from answerhall.sitemaps import KINDS
from common.site_day import site_day
from common.timers import timer


@timer("indexable_pages", every=timedelta(hours=6))
def count_indexable_pages(at: datetime) -> str:
    """The site's day as it is by now; the last count of a day stays."""
    rows = [
        IndexablePages(
            on=site_day(at),
            kind=name,
            language=language,
            count=sum(file.addresses for file in kind.files(language)),
        )
        for name, kind in KINDS.items()
        for language in CODES
    ]
    IndexablePages.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["on", "kind", "language"],
        update_fields=["count"],
    )
    return f"{sum(row.count for row in rows)} pages"


class Filters(WagtailFilterSet):
    class Meta:
        model = IndexablePages
        fields = ["kind", "language", "on"]


class IndexablePagesReport(ReportView):
    """As many as the sitemaps list, newest day first."""

    model = IndexablePages
    page_title = _("Pages search engines may keep")
    header_icon = "globe"
    index_url_name = "indexable_pages_report"
    index_results_url_name = "indexable_pages_report_results"
    filterset_class = Filters
    permission_policy = ModelPermissionPolicy(IndexablePages)
    any_permission_required = ["view"]
    columns = [
        Column("on", label=_("Day")),
        Column("kind", label=_("Kind"), accessor="get_kind_display"),
        Column("language", label=_("Language"), accessor="get_language_display"),
        Column("count", label=_("Pages")),
    ]
    list_export = ["on", "get_kind_display", "get_language_display", "count"]
    export_headings = {
        "on": _("Day"),
        "get_kind_display": _("Kind"),
        "get_language_display": _("Language"),
        "count": _("Pages"),
    }

    def get_queryset(self) -> QuerySet[IndexablePages]:
        return IndexablePages.objects.order_by("-on", "kind", "language")
