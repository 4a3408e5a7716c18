"""Reports of searches in the admin, on the screen and as a table for a spreadsheet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy, pgettext_lazy
from wagtail.admin.menu import MenuItem

from common.errors import NotAllowed
from common.paging import page_of
from common.site_day import site_day
from common.spreadsheets import as_file
from search import reports
from search.reports import Line

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

PERMISSION = "search.view_querylog"
DAYS = (7, 30, 90)
LINES_PER_PAGE = 50


@dataclass(frozen=True)
class Column:
    label: "_StrOrPromise"
    value: Callable[[Line], Any]
    is_percent: bool = False


def _times(label: "_StrOrPromise", name: str) -> Column:
    return Column(label, lambda line: getattr(line, name))


SEARCHES = _times(gettext_lazy("Searches"), "searches")
OPENED = Column(
    gettext_lazy("Opened something"), lambda line: line.opened_percent, is_percent=True
)


@dataclass(frozen=True)
class Report:
    """`about` says in words what the numbers mean."""

    name: str
    label: "_StrOrPromise"
    about: "_StrOrPromise"
    choose: Callable[[Sequence[Line]], list[Line]]
    columns: Sequence[Column]
    needs_votes: bool = False


REPORTS = {
    report.name: report
    for report in (
        Report(
            "in-vain",
            gettext_lazy("Nothing found"),
            gettext_lazy(
                "Words nothing was found for. An article, a synonym or a "
                "recommendation helps the next one who looks for them."
            ),
            reports.in_vain,
            [
                _times(gettext_lazy("Times nothing was found"), "in_vain"),
                SEARCHES,
                _times(gettext_lazy("Went on to ask"), "asked"),
                _times(gettext_lazy("Last on"), "last_on"),
            ],
        ),
        Report(
            "opened",
            gettext_lazy("What is opened"),
            gettext_lazy(
                "How many searches led to opening a result, and which place it had in "
                "the list, on average; 1 is the first. A page much opened from far "
                "down deserves a recommendation."
            ),
            reports.opened,
            [
                SEARCHES,
                OPENED,
                Column(gettext_lazy("Mean place"), lambda line: line.mean_place),
                _times(gettext_lazy("Nothing found"), "in_vain"),
            ],
        ),
        Report(
            "satisfaction",
            gettext_lazy("Satisfaction"),
            gettext_lazy(
                "A search served when something was opened and nobody went on to ask. "
                "It failed when somebody went on to ask, or opened nothing and found "
                "nothing or looked for something else later that day. Of the others "
                "nobody knows: the answer may have stood in the list. Words with fewer "
                "than three known searches are left out. Helpful: what all readers "
                "said of the articles opened."
            ),
            reports.by_satisfaction,
            [
                Column(
                    gettext_lazy("Served"),
                    lambda line: line.served_percent,
                    is_percent=True,
                ),
                _times(gettext_lazy("Known"), "judged"),
                SEARCHES,
                OPENED,
                _times(gettext_lazy("Searched again"), "again"),
                _times(gettext_lazy("Went on to ask"), "asked"),
                Column(
                    pgettext_lazy("a share of votes", "Helpful"),
                    lambda line: line.helpful_percent,
                    is_percent=True,
                ),
            ],
            needs_votes=True,
        ),
    )
}


@dataclass(frozen=True)
class Cell:
    label: str
    said: str


@dataclass(frozen=True)
class Row:
    text: str
    language: str
    cells: list[Cell]


class SearchesMenuItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm(PERMISSION)


def searches(request: HttpRequest) -> HttpResponse:
    """One of the reports, or all its lines as a table."""
    if not request.user.has_perm(PERMISSION):
        raise NotAllowed
    report = REPORTS.get(request.GET.get("show", ""), REPORTS["in-vain"])
    days = next((d for d in DAYS if str(d) == request.GET.get("days")), 30)
    today = site_day(timezone.now())
    found = reports.searched_since(today - timedelta(days=days - 1))
    lines = report.choose(found)
    if request.GET.get("export") == "csv":
        return _table(report, lines, f"searches-{report.name}-{today:%Y-%m-%d}.csv")
    page = page_of(lines, request.GET.get("page"), LINES_PER_PAGE)
    context = {
        "report": report,
        "reports": REPORTS.values(),
        "days": days,
        "periods": DAYS,
        "total": sum(line.searches for line in found),
        "most": reports.MOST_SEARCHES,
        "page": page,
        "rows": _rows(report, list(page)),
        "breadcrumbs_items": [
            {"url": reverse("wagtailadmin_home"), "label": _("Home")},
            {"url": "", "label": _("Searches")},
        ],
        "header_title": _("Searches"),
        "header_icon": "search",
    }
    return render(request, "search/admin/report.html", context)


def _rows(report: Report, lines: Sequence[Line]) -> list[Row]:
    if report.needs_votes:
        reports.add_votes(lines)
    return [
        Row(
            line.text,
            line.language,
            [
                Cell(str(column.label), _said(column.value(line), column.is_percent))
                for column in report.columns
            ],
        )
        for line in lines
    ]


def _said(value: Any, is_percent: bool) -> str:
    if value is None:
        return "–"
    return f"{value} %" if is_percent else str(value)


def _table(report: Report, lines: Sequence[Line], name: str) -> HttpResponse:
    if report.needs_votes:
        reports.add_votes(lines)
    labels = [f"{c.label} %" if c.is_percent else str(c.label) for c in report.columns]
    heads = [_("Search"), _("Language"), *labels]
    cells = [
        [line.text, line.language, *(column.value(line) for column in report.columns)]
        for line in lines
    ]
    return as_file(name, [heads, *cells])
