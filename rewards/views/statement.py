"""A month of a member's points, on a page and as a table."""

from collections.abc import Iterator, Sequence
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
from common.spreadsheets import as_file
from people.models import Person
from people.requests import SignedInRequest
from rewards.models import Transfer
from rewards.queries.points import Row
from rewards.queries.statement import (
    Statement,
    statement_of,
    statement_page,
    statement_rows,
)
from rewards.views.pages import private, rewards_page
from rewards.wording import why


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
    return as_file(name, _lines(request, found))


def _lines(request: SignedInRequest, found: Statement) -> Iterator[Sequence[object]]:
    heads = (_("When"), _("Why"), _("About"), _("Address"))
    yield (*heads, _("Points"), _("Held"), _("Left"))
    opening, closing = found.opening, found.closing
    start, end = _moment(found.starts_at), _moment(found.ends_at)
    yield start, _("At the start"), "", "", "", opening.held, opening.spendable
    for row in statement_rows(request.user, found):
        link = row.link
        yield (
            _moment(row.transfer.at),
            _why_in_full(row),
            link.title if link else "",
            request.build_absolute_uri(link.url) if link else "",
            row.change,
            row.change_held,
            row.balance,
        )
    yield end, _("At the end"), "", "", "", closing.held, closing.spendable


def _why_in_full(row: Row) -> str:
    """With the sentences staff gave for it."""
    if row.manual is None:
        return why(row)
    is_undone = row.transfer.kind == Transfer.Kind.REVERSAL
    reasons = [row.manual.reason, row.manual.decision if is_undone else ""]
    return " · ".join(filter(None, [why(row), *reasons]))


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
