"""The member's side of rewards: purse, gifts, orders, history."""

import re
from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_safe

from common.errors import Refused
from common.http import post_only
from people.models import Person
from people.requests import SignedInRequest
from rewards import actions, numbers, queries
from rewards.errors import (
    FormWithoutKey,
    LevelNeeded,
    LimitReached,
    NotEnoughPoints,
    SoldOut,
)
from rewards.models import EarnRule, Gift, Place, Redemption
from rewards.queries import drops
from rewards.queries.budget import budget_now
from rewards.queries.campaigns import campaigns_now, earns_now
from rewards.views.pages import KEY, private, rewards_page
from rewards.views.purse import purse_of
from rewards.wording import HOW_TO_EARN, why

COST = re.compile(r"[0-9]{1,9}", re.ASCII)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    campaigns = campaigns_now(now)
    context: dict[str, Any] = {
        "gifts": list(queries.gifts_on_offer(at=now)),
        "plenty": numbers.PLENTY,
        "campaigns": [
            (one, [HOW_TO_EARN[what] for what in one.events if what in HOW_TO_EARN])
            for one in campaigns
        ],
        "budget": budget_now(now),
        "how_to_earn": [
            (
                HOW_TO_EARN[EarnRule.Event(rule.event)],
                rule.points,
                earns_now(rule, campaigns),
            )
            for rule in queries.rules_in_force()
            if rule.event in HOW_TO_EARN
        ],
    }
    if request.user.is_authenticated:
        context |= purse_of(request.user)
        page = queries.history_page(request.user, 1, numbers.ROWS_AT_HOME)
        has = context["balance"].spendable
        for gift in context["gifts"]:
            gift.missing = max(0, gift.cost - has)
        context |= {
            "orders": queries.orders_of(request.user)[: numbers.ORDERS_AT_HOME],
            "rows": [(row, why(row)) for row in page.object_list],
        }
    return rewards_page(request, "home", context)


@require_safe
def gift(request: HttpRequest, slug: str) -> HttpResponse:
    """One gift and, for members, the form that orders it: its key is used once."""
    return gift_page(request, find_gift(slug))


@post_only
@private
def redeem(request: HttpRequest, slug: str) -> HttpResponse:
    found = find_gift(slug)
    if not request.user.is_authenticated:
        return redirect_to_login(found.get_absolute_url())
    key = request.POST.get("key", "")
    seen = request.POST.get("seen_cost", "")
    try:
        if not KEY.fullmatch(key):
            raise FormWithoutKey
        order = actions.redeem(
            person=request.user,
            gift=found,
            key=key,
            agreed_cost=int(seen) if COST.fullmatch(seen) else None,
            at=timezone.now(),
        )
    except Refused as refusal:
        return gift_page(request, find_gift(slug), refusal=refusal)
    if order.state == Redemption.State.ORDERED:
        messages.success(
            request, _("It is yours. We will tell you when it is delivered.")
        )
    else:
        messages.success(request, _("It is yours. Your code is on this page."))
    return redirect(order)


@require_safe
@private
@login_required
def redemption(request: SignedInRequest, pk: int) -> HttpResponse:
    """Somebody's own order; anybody else's does not exist."""
    order = get_object_or_404(queries.orders_of(request.user), pk=pk)
    left = order.seconds_left(at=timezone.now())
    context = {
        "order": order,
        "code": queries.code_of(order),
        "is_held": left > 0,
        "seconds_left": left,
    }
    return rewards_page(request, "redemption", context)


def find_gift(slug: str) -> Gift:
    return get_object_or_404(Gift, slug=slug, visible=True)


def gift_page(
    request: HttpRequest, found: Gift, *, refusal: Refused | None = None
) -> HttpResponse:
    """What to order, or why not: as a notice after a try, else on the button."""
    context: dict[str, Any] = {
        "gift": found,
        "refusal": refusal,
        "plenty": numbers.PLENTY,
    }
    if request.user.is_authenticated:
        now = timezone.now()
        has = queries.balance_of(request.user, at=now).spendable
        stop = queries.obstacle(found, request.user, spendable=has, at=now)
        if found.is_drop:
            context |= _room(found, request.user, has, now)
            stop = context["stop"]
        context |= {
            "spendable": has,
            "left": has - found.cost,
            "stop": stop,
            "stop_word": _stop_word(stop),
            "missing": isinstance(stop, NotEnoughPoints),
            "key": token_urlsafe(24),
        }
    status = refusal.status if refusal else 200
    return rewards_page(request, "gift", context, status)


def _room(gift: Gift, person: Person, has: int, now: datetime) -> dict[str, Any]:
    """Whether the waiting room may be entered, was, or when it can be."""
    place = drops.place_of(person, gift)
    is_in = place is not None and place.state == Place.State.WAITING
    stop = drops.obstacle_to_room(gift, person, spendable=has, at=now)
    return {
        "stop": None if is_in else stop,
        "is_in_room": is_in,
        "room_opens_at": gift.room_opens_at,
        "room_is_open": now >= gift.room_opens_at,
    }


def _stop_word(stop: Refused | None) -> str:
    """What the button says that can't be pressed."""
    if isinstance(stop, NotEnoughPoints):
        missing = stop.facts["missing"]
        words = ngettext(
            "%(missing)s more point to go", "%(missing)s more points to go", missing
        )
        return words % {"missing": f"{missing:,}"}
    if isinstance(stop, SoldOut):
        return _("Sold out")
    if isinstance(stop, LimitReached):
        return _("You have had yours")
    if isinstance(stop, LevelNeeded):
        return _("From the level “%(level)s” on") % stop.facts
    return _("Not on offer now")
