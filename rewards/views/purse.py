"""A member's own points: line by line, by month, over time; and giving them away."""

import csv
import re
from collections.abc import Callable
from datetime import datetime
from secrets import token_urlsafe
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from common.errors import Refused
from common.http import post_only
from common.site_day import site_day
from people.models import Person
from people.requests import SignedInRequest
from rewards import actions, numbers, queries
from rewards.chart import balance_chart, chart_of
from rewards.errors import FormWithoutKey, NoSuchMember, PointsMissing
from rewards.models import Charity, PointsTerms
from rewards.queries.balances import balance_over_time
from rewards.queries.carrying import points_to_carry
from rewards.queries.giving import charities_with_sums, received_by_month
from rewards.queries.statement import (
    Statement,
    statement_of,
    statement_page,
    statement_rows,
)
from rewards.wording import why

KEY = re.compile(r"[\w.:~-]{1,80}", re.ASCII)
POINTS = re.compile(r"[0-9]{1,9}", re.ASCII)
# A spreadsheet would run what begins so.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")

private = cache_control(private=True, no_store=True)


def purse_of(person: Person) -> dict[str, Any]:
    """What the box with somebody's figures and the picture below it show."""
    now = timezone.now()
    months = queries.months_of(person, at=now)
    balance = queries.balance_of(person, at=now)
    return {
        "balance": balance,
        "to_carry": points_to_carry(person, at=now) if balance.expiring else 0,
        "this_month": months[-1],
        "chart": chart_of(months),
    }


@require_safe
@private
@login_required
def history(request: SignedInRequest) -> HttpResponse:
    asked = request.GET.get("days", "")
    periods = {str(days): days for days in numbers.CHART_DAYS}
    days = periods.get(asked, numbers.CHART_DAYS[1])
    ends = balance_over_time(request.user, days=days, at=timezone.now())
    page = queries.history_page(request.user, request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(row, why(row)) for row in page.object_list],
        "days": days,
        "periods": numbers.CHART_DAYS,
        "over_time": balance_chart(ends),
    }
    return _page(request, "history", context | purse_of(request.user))


@post_only
@private
@login_required
def carry_over(request: SignedInRequest) -> HttpResponse:
    try:
        carried = actions.carry_over(person=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("rewards:history")
    words = ngettext(
        "%(points)s point lives %(months)s months longer.",
        "%(points)s points live %(months)s months longer.",
        carried.data["points"],
    )
    messages.success(request, words % carried.data)
    return redirect("rewards:history")


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
    return _page(request, "statement", context)


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


@require_safe
def charities(request: HttpRequest) -> HttpResponse:
    """Good causes and what each received: to be seen by everybody."""
    return _page(request, "charities", {"charities": charities_with_sums()})


@require_safe
def charity(request: HttpRequest, slug: str) -> HttpResponse:
    return _charity_page(request, _charity(slug))


@post_only
@private
@login_required
def donate(request: SignedInRequest, slug: str) -> HttpResponse:
    found = _charity(slug)

    def give(points: int, key: str) -> None:
        actions.donate(
            person=request.user,
            charity=found,
            points=points,
            key=key,
            at=timezone.now(),
        )

    try:
        given = _give(request, give)
    except Refused as refusal:
        return _charity_page(request, found, refusal=refusal)
    words = ngettext(
        "Thank you: %(points)s point for “%(charity)s”.",
        "Thank you: %(points)s points for “%(charity)s”.",
        given,
    )
    thanks = words % {"points": f"{given:,}", "charity": found.title}
    messages.success(request, thanks)
    return redirect(found)


@require_safe
@private
@login_required
def pass_on(request: SignedInRequest) -> HttpResponse:
    return _pass_on_page(request)


@post_only
@private
@login_required
def pass_them_on(request: SignedInRequest) -> HttpResponse:
    handle = request.POST.get("member", "").strip().removeprefix("@")

    def give(points: int, _key: str) -> None:
        to = Person.objects.filter(handle=handle, is_active=True).first()
        if to is None:
            raise NoSuchMember
        actions.pass_on(person=request.user, to=to, points=points, at=timezone.now())

    try:
        given = _give(request, give)
    except Refused as refusal:
        return _pass_on_page(request, refusal=refusal)
    words = ngettext(
        "%(points)s point is %(member)s’s now.",
        "%(points)s points are %(member)s’s now.",
        given,
    )
    messages.success(request, words % {"points": f"{given:,}", "member": handle})
    return redirect("rewards:history")


def _give(request: SignedInRequest, give: Callable[[int, str], None]) -> int:
    key, typed = request.POST.get("key", ""), request.POST.get("points", "").strip()
    if not KEY.fullmatch(key):
        raise FormWithoutKey
    if not POINTS.fullmatch(typed):
        raise PointsMissing(has=_has(request.user))
    give(int(typed), key)
    return int(typed)


def _has(person: Person) -> int:
    return queries.balance_of(person, at=timezone.now()).spendable


def _charity(slug: str) -> Charity:
    return get_object_or_404(Charity, slug=slug, listed=True)


def _charity_page(
    request: HttpRequest, found: Charity, *, refusal: Refused | None = None
) -> HttpResponse:
    months = received_by_month(found)
    context: dict[str, Any] = {
        "charity": found,
        "months": months,
        "total": sum(points for _month, points in months),
        "least": PointsTerms.current().donate_least,
    }
    return _form_page(request, "charity", context, refusal)


def _pass_on_page(
    request: HttpRequest, *, refusal: Refused | None = None
) -> HttpResponse:
    context = {"most": PointsTerms.current().pass_on_most}
    return _form_page(request, "pass_on", context, refusal)


def _form_page(
    request: HttpRequest, name: str, context: dict[str, Any], refusal: Refused | None
) -> HttpResponse:
    """A form with what was typed, and a key that is used once."""
    context |= {"refusal": refusal, "typed": request.POST}
    if request.user.is_authenticated:
        context |= {"spendable": _has(request.user), "key": token_urlsafe(24)}
    status = refusal.status if refusal else 200
    return _page(request, name, context, status)


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


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context["nav_current"] = "rewards"
    return render(request, f"rewards/{name}.html", context, status=status)
