"""The leaderboard, and how its numbers come about."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from common.freshness import alike_for_visitors, shows
from community.models import Tag
from people.queries import person_at
from rewards.freshness import LEADERS
from rewards.models import LeaderScore
from rewards.movement import PLACES, bumps_of
from rewards.queries import leaders as queries
from rewards.queries.boards import is_hidden
from rewards.queries.movement import movement

PART_NAMES = {
    "help": _("Helping"),
    "accepted": _("Accepted"),
    "response": _("Speed"),
    "reach": _("Reach"),
    "votes": _("Votes"),
    "overall": _("Other topics"),
}
PART_MEANINGS = {
    "help": _(
        "Answers to others of the last days that members didn't vote down. "
        "Help for the same person counts less each time."
    ),
    "accepted": _("Answers that askers accepted."),
    "response": _("First answers, the sooner the more; and questions rescued late."),
    "reach": _("How many different people you helped."),
    "votes": _("Votes from members; newer ones weigh more."),
    "overall": _("Half of your score overall, where a topic alone says little."),
}
# Each part keeps its colour wherever it is drawn: classes of the stylesheet.
PART_COLOURS = {name: f"p{place}" for place, name in enumerate(PART_NAMES, start=1)}
# Bars narrower than this have no room for their number.
NUMBER_FITS_PERCENT = 6


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
    first = [row.person for row in board.rows[:PLACES]]
    context = {
        "bumps": bumps_of(movement(first, tag)),
        "board": board,
        "rows": rows,
        "widest": widest,
        "weights": weights,
        "trust_percent": round(100 * board.model.trust_of_others),
        "key": [
            (PART_NAMES[name], PART_COLOURS[name])
            for name in PART_NAMES
            if name in drawn
        ],
        "nav_current": "leaders",
    }
    return render(request, "rewards/leaders.html", context)


@require_safe
@alike_for_visitors
def why(request: HttpRequest, handle: str) -> HttpResponse:
    """Where somebody's score comes from, down to the answers behind it."""
    person = person_at(handle)
    if person is None or person.erased_at is not None:
        raise Http404
    shows(LEADERS, person)
    if is_hidden(person) and request.user != person:
        raise Http404
    slug = request.GET.get("topic", "")
    tag = get_object_or_404(Tag, slug=slug) if slug else None
    found = queries.explained_score(person, tag)
    if found is None:
        raise Http404
    posts = [post for part in found.parts for post in part.posts if post.answer]
    shows(*(post.answer.question for post in posts if post.answer))
    context = {
        "person": person,
        "tag": tag,
        "found": found,
        "parts": [
            (PART_NAMES[part.name], PART_MEANINGS[part.name], PART_COLOURS[part.name])
            + (part,)
            for part in found.parts
        ],
        "bar": segments(found.row, found.row.score or 1),
        "bumps": bumps_of(movement([person], tag)),
        "nav_current": "leaders",
    }
    return render(request, "rewards/leader.html", context)


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
                    points=points,
                    has_number=width >= NUMBER_FITS_PERCENT,
                )
            )
        x += width
    return found
