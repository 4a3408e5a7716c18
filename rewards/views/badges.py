"""All badges, one badge with who has it, and the ladder of levels."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from common.freshness import alike_for_visitors, shows
from rewards import badge_wording
from rewards.freshness import BADGES
from rewards.models import Badge, Level
from rewards.queries import badges as badge_queries
from rewards.queries.levels import progress_of


@require_safe
@alike_for_visitors
def badges(request: HttpRequest) -> HttpResponse:
    shows(BADGES)
    rows = [
        (badge, badge_wording.criteria(badge), badge_wording.conditions(badge))
        for badge in badge_queries.public_badges()
    ]
    context = {
        "rows": rows,
        "canonical": settings.BASE_URL + request.path,
        "nav_current": "leaders",
    }
    return render(request, "rewards/badges.html", context)


@require_safe
@alike_for_visitors
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """Who has it, piece by piece; a yearly one year by year, the newest first."""
    found = Badge.objects.public().select_related("tag", "circle")
    one = get_object_or_404(found, slug=slug)
    years = badge_queries.series_of(one)
    year = request.GET.get("year", years[0] if years else "")
    if year and year not in years:
        raise Http404
    after = request.GET.get("after", "")
    try:
        holders = badge_queries.holders_of(one, series=year, after=after)
    except ValueError as nonsense:
        raise Http404 from nonsense
    reasons = (
        badge_queries.reasons_for(one, holders.rows) if one.is_given_by_staff else {}
    )
    shows(BADGES)
    own = {"year": year} if year and year != years[0] else {}
    address = f"?{urlencode(own)}" if own else ""
    context = {
        "badge": one,
        "criteria": badge_wording.criteria(one),
        "conditions": badge_wording.conditions(one),
        "rows": [(row, reasons.get(row.person_id, "")) for row in holders.rows],
        "years": years,
        "year": year,
        "name": one.name_of(year),
        "next": urlencode(own | {"after": holders.next}) if holders.next else "",
        "is_first": not after,
        "is_indexable": not after and not own,
        "canonical": settings.BASE_URL + request.path + address,
        "nav_current": "leaders",
    }
    return render(request, "rewards/badge.html", context)


@require_safe
@alike_for_visitors
def levels(request: HttpRequest) -> HttpResponse:
    """The ladder for everybody; members see how far they are as well."""
    shows(BADGES)
    ladder = list(Level.objects.order_by("step"))
    mine = None
    if request.user.is_authenticated:
        mine = progress_of(request.user, at=timezone.now())
    context = {
        "rows": [(level, badge_wording.level_words(level)) for level in ladder],
        "mine": mine,
        "canonical": settings.BASE_URL + request.path,
        "nav_current": "leaders",
    }
    return render(request, "rewards/levels.html", context)
