"""The leaderboard, and how its numbers come about."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common.freshness import alike_for_visitors, shows
from community.models import Tag
from rewards.freshness import LEADERS
from rewards.models import LeaderScore
from rewards.queries import leaders as queries

PART_NAMES = {
    "help": _("Helping"),
    "response": _("Speed"),
    "reach": _("Reach"),
    "authority": _("Trust"),
    "votes": _("Votes"),
    "overall": _("Other topics"),
}
PART_MEANINGS = {
    "help": _(
        "Answers that were accepted or found helpful. "
        "Help for the same person counts less each time."
    ),
    "response": _("First answers, and questions rescued after 24 hours of silence."),
    "reach": _("How many different people you helped."),
    "authority": _("Whether people who help others trust your answers."),
    "votes": _("Votes from members; newer ones weigh more."),
}
# Bars narrower than this have no room for their number.
NUMBER_FITS_PERCENT = 3


@dataclass
class Segment:
    """A piece of a score bar, in percent of the widest score on the page."""

    name: str
    css: str
    x: float
    width: float
    middle: float
    points: int
    has_number: bool


@require_safe
@alike_for_visitors
def leaders(request: HttpRequest) -> HttpResponse:
    slug = request.GET.get("topic", "")
    tag = get_object_or_404(Tag, slug=slug) if slug else None
    board = queries.leaderboard(tag)
    shows(LEADERS, *(row.person for row in board.rows))
    widest = max((row.score for row in board.rows), default=0) or 1
    rows = [(row, segments(row, widest)) for row in board.rows]
    weights = [
        (PART_NAMES[name], round(weight * 100), PART_MEANINGS[name], f"p{place}")
        for place, (name, weight) in enumerate(board.model.weights.items(), start=1)
    ]
    context = {
        "board": board,
        "rows": rows,
        "weights": weights,
        "nav_current": "leaders",
    }
    return render(request, "rewards/leaders.html", context)


def segments(row: LeaderScore, widest: float) -> list[Segment]:
    found, x = [], 0.0
    for place, (name, points) in enumerate(queries.parts_in_order(row), start=1):
        width = 100 * points / widest
        if points > 0:
            found.append(
                Segment(
                    name=str(PART_NAMES[name]),
                    css=f"p{min(place, 5)}",
                    x=round(x, 2),
                    width=round(max(width - 0.4, 0.2), 2),
                    middle=round(x + width / 2, 2),
                    points=round(points),
                    has_number=width >= NUMBER_FITS_PERCENT,
                )
            )
        x += width
    return found
