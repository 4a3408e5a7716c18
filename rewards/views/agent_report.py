"""An agent's month in numbers, for themselves."""

import re
from datetime import date, datetime

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from common.site_day import site_day
from rewards import queries
from rewards.months import month_bounds, months_later
from rewards.views.agent_chart import answers_chart
from rewards.views.agent_door import AgentRequest, agent_page, serving

MONTH = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])", re.ASCII)


@require_safe
@serving
def report(request: AgentRequest) -> HttpResponse:
    month = month_asked(request.GET.get("month", ""), timezone.now())
    reports = queries.reports_of(request.user, month=month)
    start = month_bounds(month)[0]
    after = months_later(start, 1).date()
    context = {
        "report": reports[-1],
        "before": reports[-2],
        "reports": reports,
        "chart": answers_chart(reports),
        "earlier": months_later(start, -1).date(),
        "later": after if after <= site_day(timezone.now()) else None,
    }
    return agent_page(request, "report", context)


def month_asked(typed: str, now: datetime) -> date:
    """The first day of the month in an address; this month where it says none."""
    found = MONTH.fullmatch(typed)
    this_month = site_day(now).replace(day=1)
    if found is None:
        return this_month
    return min(date(int(found[1]), int(found[2]), 1), this_month)
