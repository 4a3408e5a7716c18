"""Points given away: to a good cause, or passed on to another member."""

import re
from collections.abc import Callable
from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from common.errors import Refused
from common.http import post_only
from common.text import clean_line
from people.models import Person
from people.queries import person_at
from people.requests import SignedInRequest
from rewards import actions, queries
from rewards.errors import FormWithoutKey, NoSuchMember, PointsMissing
from rewards.models import Charity, PointsTerms
from rewards.queries.giving import charities_with_sums, received_by_month
from rewards.views.pages import KEY, private, rewards_page

POINTS = re.compile(r"[0-9]{1,9}", re.ASCII)
MOST_CHARS = 60


@require_safe
def charities(request: HttpRequest) -> HttpResponse:
    """Good causes and what each received: to be seen by everybody."""
    return rewards_page(request, "charities", {"charities": charities_with_sums()})


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
    def give(points: int, _key: str) -> None:
        to = person_at(handle)
        if to is None or not to.is_active:
            raise NoSuchMember
        actions.pass_on(person=request.user, to=to, points=points, at=timezone.now())

    try:
        handle = _as_typed(request, "member").removeprefix("@")
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
    key, typed = request.POST.get("key", ""), _as_typed(request, "points")
    if not KEY.fullmatch(key):
        raise FormWithoutKey
    if not POINTS.fullmatch(typed):
        raise PointsMissing(has=_has(request.user))
    give(int(typed), key)
    return int(typed)


def _as_typed(request: HttpRequest, name: str) -> str:
    """A keyboard for Chinese types ５００ and ＠mei as easily as 500 and @mei."""
    return clean_line(request.POST.get(name, ""), MOST_CHARS, nfkc=True)


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
    return rewards_page(request, name, context, status)
