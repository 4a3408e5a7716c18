"""Leaderboards by period, and whether somebody wants a place on them."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from common.freshness import alike_for_visitors, shows
from community.models import Circle, Tag
from community.queries import find_circle, open_circles
from people.requests import SignedInRequest
from rewards import numbers
from rewards.actions.hiding import choose_hidden
from rewards.freshness import BADGES, LEADERS
from rewards.models import LeaderBoard
from rewards.queries import boards as queries
from rewards.queries.badges import best_badges
from rewards.queries.leaders import topic_at
from rewards.views import leaders as scores

Period = LeaderBoard.Period
LANGUAGES = dict(settings.LANGUAGES)


@dataclass(frozen=True)
class Link:
    word: str
    url: str
    is_here: bool


@dataclass(frozen=True)
class _Asked:
    """Which board an address means. A topic and a circle are never asked together."""

    period: str
    language: str = ""
    circle: Circle | None = None
    tag: Tag | None = None

    @property
    def period_word(self) -> str:
        return str(Period(self.period).label)

    def url(self, **other: Any) -> str:
        """The address of this board, or of one that differs in something."""
        parts = self.__dict__ | other
        if "circle" in other and other["circle"]:
            parts["tag"] = None
        if "tag" in other and other["tag"]:
            parts["circle"] = None
        words = {
            "period": parts["period"],
            "topic": parts["tag"].slug if parts["tag"] else "",
            "circle": parts["circle"].slug if parts["circle"] else "",
            "language": parts["language"],
        }
        query = urlencode({name: word for name, word in words.items() if word})
        return f"{reverse('rewards:leaders')}?{query}"


@require_safe
@alike_for_visitors
def leaders(request: HttpRequest) -> HttpResponse:
    """The score, or with a period, a circle or a language: who helped most in it."""
    if not {"period", "circle", "language"} & request.GET.keys():
        return scores.leaders(request)
    asked = _asked(request)
    found = queries.period_board(
        asked.period, language=asked.language, circle=asked.circle, tag=asked.tag
    )
    people = [row.person for row in found.rows]
    shows(LEADERS, BADGES, *people)
    medals = best_badges(people)
    mine = None
    if request.user.is_authenticated and found.board is not None:
        mine = queries.my_place(found.board, request.user)
    context = {
        "asked": asked,
        "board": found.board,
        "rows": [(row, medals.get(row.person_id, [])) for row in found.rows],
        "badges": BADGES,
        "leaders": LEADERS,
        "mine": mine,
        "is_listed": any(row.person_id == request.user.pk for row in found.rows),
        "heading": _heading(asked),
        "languages": _languages(asked),
        # Asked for by what is kept, so only when that is made anew.
        "circles": lambda: _circles(asked),
        "topics": lambda: _topics(asked),
        "worths": (
            numbers.WORTH_OF_ACCEPTED,
            numbers.WORTH_OF_VOTE,
            numbers.WORTH_OF_ANSWER,
        ),
        "canonical": settings.BASE_URL + asked.url(),
        "nav_current": "leaders",
    }
    return render(request, "rewards/boards.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: SignedInRequest) -> HttpResponse:
    """Whether I have a place on boards, a public score and a name in badge lists."""
    if request.method == "POST":
        hide = request.POST.get("hide") == "yes"
        choose_hidden(person=request.user, is_hidden=hide, at=timezone.now())
        words = (
            _("You stand on no leaderboard any more.")
            if hide
            else _("You can stand on leaderboards again, from their next making on.")
        )
        messages.success(request, words)
        return redirect("rewards:my_place")
    context = {
        "is_hidden": queries.is_hidden(request.user),
        "nav_current": "leaders",
    }
    return render(request, "rewards/my_place.html", context)


def _asked(request: HttpRequest) -> _Asked:
    """Raises Http404 for what there is not."""
    given = request.GET
    period = given.get("period", Period.MONTH)
    language = given.get("language", "")
    circle, topic = given.get("circle", ""), given.get("topic", "")
    if period not in Period.values or (language and language not in LANGUAGES):
        raise Http404
    if circle and topic:
        raise Http404
    try:
        return _Asked(
            period=period,
            language=language,
            circle=find_circle(circle) if circle else None,
            tag=topic_at(topic) if topic else None,
        )
    except (Circle.DoesNotExist, Tag.DoesNotExist) as nothing:
        raise Http404 from nothing


def _heading(asked: _Asked) -> str:
    place = asked.tag or asked.circle
    if place is None:
        return _("Who helped most")
    return _("Who helped most: %(place)s") % {"place": place.name}


def _languages(asked: _Asked) -> list[Link]:
    words = {"": _("All languages"), "en": _("English"), "zh-hans": _("Chinese")}
    return [
        Link(words[code], asked.url(language=code), asked.language == code)
        for code in queries.ALL_LANGUAGES
    ]


def _circles(asked: _Asked) -> list[Link]:
    everywhere = Link(
        _("All circles"), asked.url(circle=None, tag=None), asked.circle is None
    )
    return [
        everywhere,
        *(
            Link(one.name, asked.url(circle=one), asked.circle == one)
            for one in open_circles()
        ),
    ]


def _topics(asked: _Asked) -> list[Link]:
    return [
        Link(tag.name, asked.url(tag=tag), asked.tag == tag)
        for tag in queries.topics_on_boards(asked.period, asked.language)
    ]
