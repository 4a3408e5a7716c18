"""A member's own points: what there is, line by line and over time."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from common.errors import Refused
from common.http import post_only
from people.models import Person
from people.requests import SignedInRequest
from rewards import actions, numbers, queries
from rewards.chart import balance_chart, chart_of
from rewards.queries.balances import balance_over_time
from rewards.queries.carrying import points_to_carry
from rewards.views.pages import private, rewards_page
from rewards.wording import why


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
    return rewards_page(request, "history", context | purse_of(request.user))


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
