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
# Each part keeps its colour wherever it is drawn: classes of the stylesheet.
PART_COLOURS = {name: f"p{place}" for place, name in enumerate(PART_NAMES, start=1)}
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
        (PART_NAMES[name], round(weight * 100), PART_MEANINGS[name], PART_COLOURS[name])
        for name, weight in board.model.weights.items()
    ]
    drawn = {name for row in board.rows for name in row.parts}
    context = {
        "board": board,
        "rows": rows,
        "widest": widest,
        "weights": weights,
        "key": [
            (PART_NAMES[name], PART_COLOURS[name])
            for name in PART_NAMES
            if name in drawn
        ],
        "nav_current": "leaders",
    }
    return render(request, "rewards/leaders.html", context)


def segments(row: LeaderScore, widest: float) -> list[Segment]:
    found, x = [], 0.0
    for name, points in queries.parts_in_order(row):
        width = 100 * points / widest
        if points > 0:
            found.append(
                Segment(
                    name=str(PART_NAMES[name]),
                    css=PART_COLOURS[name],
                    x=round(x, 2),
                    width=round(max(width - 0.4, 0.2), 2),
                    middle=round(x + width / 2, 2),
                    points=round(points),
                    has_number=width >= NUMBER_FITS_PERCENT,
                )
            )
        x += width
    return found
