"""A month of a member's points, on a page and as a table."""

import csv
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.site_day import site_day
from people.models import Person
from people.requests import SignedInRequest
from rewards.queries.statement import (
    Statement,
    statement_of,
    statement_page,
    statement_rows,
)
from rewards.views.pages import private, rewards_page
from rewards.wording import why

# A spreadsheet would run what begins so.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@require_safe
@private
@login_required
def this_month(request: SignedInRequest) -> HttpResponse:
    today = site_day(timezone.now())
    return redirect("rewards:statement", today.year, today.month)


@require_safe
@private
@login_required
def statement(request: SignedInRequest, year: int, month: int) -> HttpResponse:
    found = _statement(request.user, year, month)
    page = statement_page(request.user, found, request.GET.get("page"))
    context = {
        "statement": found,
        "page": page,
        "rows": [(row, why(row)) for row in page.object_list],
    }
    return rewards_page(request, "statement", context)


@require_safe
@private
@login_required
def statement_file(request: SignedInRequest, year: int, month: int) -> HttpResponse:
    """The same as a table: one line a posting, between what there was and is."""
    found = _statement(request.user, year, month)
    name = f"points-{year}-{month:02}.csv"
    response = HttpResponse(
        # Without the mark spreadsheets read Chinese as if it were Latin.
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    table = csv.writer(response)
    heads = (_("When"), _("Why"), _("About"), _("Address"))
    table.writerow([*heads, _("Points"), _("Held"), _("Left")])
    opening, closing = found.opening, found.closing
    table.writerow(
        [
            _moment(found.starts_at),
            _("At the start"),
            "",
            "",
            "",
            opening.held,
            opening.spendable,
        ]
    )
    for row in statement_rows(request.user, found):
        link = row.link
        table.writerow(
            [
                _moment(row.transfer.at),
                why(row),
                _harmless(link.title) if link else "",
                request.build_absolute_uri(link.url) if link else "",
                row.change,
                row.change_held,
                row.balance,
            ]
        )
    end = _moment(found.ends_at)
    table.writerow([end, _("At the end"), "", "", "", closing.held, closing.spendable])
    return response


def _statement(person: Person, year: int, month: int) -> Statement:
    if not (1970 <= year <= 9998 and 1 <= month <= 12):
        raise Http404
    try:
        return statement_of(person, year, month, at=timezone.now())
    except ValueError as error:
        raise Http404 from error


def _moment(moment: datetime) -> str:
    zone = ZoneInfo(settings.ANSWERHALL_TIME_ZONE)
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text
