"""The leaderboard, and how its numbers come about."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from common.freshness import alike_for_visitors, shows
from community.models import Tag
from people.models import Person
from people.queries import person_at
from rewards.freshness import LEADERS
from rewards.movement import PLACES, Bumps, bumps_of
from rewards.queries import leaders as queries
from rewards.queries.boards import is_hidden
from rewards.queries.movement import movement
from rewards.score_bar import PART_COLOURS, PART_MEANINGS, PART_NAMES


@require_safe
@alike_for_visitors
def leaders(request: HttpRequest) -> HttpResponse:
    tag = _topic(request)
    board = queries.leaderboard(tag)
    shows(LEADERS, *(row.person for row in board.rows))
    widest = max((row.score for row in board.rows), default=1)
    weights = [
        (PART_NAMES[name], round(weight * 100), PART_MEANINGS[name], PART_COLOURS[name])
        for name, weight in board.model.weights.items()
    ]
    drawn = {name for row in board.rows for name in row.parts}
    first = [row.person for row in board.rows[:PLACES]]
    context = {
        "bumps": lambda: _bumps(first, tag),
        "board": board,
        "rows": board.rows,
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


def _topic(request: HttpRequest) -> Tag | None:
    slug = request.GET.get("topic", "")
    try:
        return queries.topic_at(slug) if slug else None
    except Tag.DoesNotExist as nothing:
        raise Http404 from nothing


def _bumps(people: list[Person], tag: Tag | None) -> Bumps | None:
    shows(LEADERS, *people)
    return bumps_of(movement(people, tag))


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
    tag = _topic(request)
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
        "bumps": lambda: _bumps([person], tag),
        "nav_current": "leaders",
    }
    return render(request, "rewards/leader.html", context)
