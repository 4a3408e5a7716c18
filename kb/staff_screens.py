"""What editors see in the admin besides Wagtail's own screens."""

from typing import Any

import django_filters  # type: ignore[import-untyped]
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.admin.views.mixins import SpreadsheetExportMixin
from wagtail.admin.views.reports import ReportView
from wagtail.permission_policies import ModelPermissionPolicy

from common.spreadsheets import harmless
from kb import queries
from kb.models import ArticleFeedback


def open_articles(_request: HttpRequest, language: str) -> HttpResponse:
    """The explorer at that language's topics; Wagtail asks who may see what there."""
    index = queries.topic_index(language)
    if index is None:
        raise Http404
    return redirect("wagtailadmin_explore", index.pk)


class FeedbackFilters(WagtailFilterSet):
    reason = django_filters.ChoiceFilter(
        label=_("Reason"), choices=ArticleFeedback.Reason.choices
    )

    class Meta:
        model = ArticleFeedback
        fields = ["is_helpful", "reason", "at"]


class FeedbackReport(ReportView):
    """What readers said was wrong, newest first."""

    model = ArticleFeedback
    page_title = _("Article feedback")
    header_icon = "comment"
    index_url_name = "kb_feedback_report"
    index_results_url_name = "kb_feedback_report_results"
    filterset_class = FeedbackFilters
    permission_policy = ModelPermissionPolicy(ArticleFeedback)
    any_permission_required = ["view"]
    columns = [
        Column("article", label=_("Article"), accessor="article.title"),
        BooleanColumn("is_helpful", label=_("Helpful")),
        Column("reason", label=_("Reason"), accessor="get_reason_display"),
        Column("note", label=_("Note")),
        DateColumn("at", label=_("When")),
    ]
    list_export = ["article.title", "is_helpful", "get_reason_display", "note", "at"]
    export_headings = {
        "article.title": _("Article"),
        "is_helpful": _("Helpful"),
        "get_reason_display": _("Reason"),
        "note": _("Note"),
        "at": _("When"),
    }

    def get_queryset(self) -> QuerySet[ArticleFeedback]:
        return ArticleFeedback.objects.select_related("article").order_by("-at", "-pk")


def as_text(value: Any) -> str:
    """What people wrote, so that a spreadsheet does not run it."""
    return harmless(str(value))


def write_words_as_text() -> None:
    """In every list the admin exports, Wagtail's own reports too."""
    SpreadsheetExportMixin.custom_value_preprocess[(str, Promise, Model)] = (
        dict.fromkeys(SpreadsheetExportMixin.FORMATS, as_text)
    )
