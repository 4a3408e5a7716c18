"""The member's side of rewards: purse, gifts, orders, history."""

from datetime import timedelta
from secrets import token_urlsafe

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from common.errors import Refused
from common.paging import page_of
from rewards import actions, queries
from rewards.models import EarnRule, Gift, Redemption
from rewards.numbers import HISTORY_ROWS
from rewards.queries.points import earned_by_day
from rewards.wording import chart_of, with_sentences

KEY_MOST_CHARS = 64
CHART_DAYS = 90


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {"gifts": list(queries.gifts_on_offer(at=now)), "balance": None}
    if request.user.is_authenticated:
        context |= {
            "balance": queries.balance_of(request.user, at=now),
            "orders": queries.orders_of(request.user)[:5],
        }
    rules = EarnRule.objects.filter(enabled=True)
    return render(request, "rewards/home.html", context | {"rules": rules})


@require_safe
def gift(request: HttpRequest, slug: str) -> HttpResponse:
    """One gift and, for members, the form that orders it: its key is used once."""
    found = get_object_or_404(Gift, slug=slug, visible=True)
    return _gift_page(request, found)


@require_POST
@login_required
def redeem(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Gift, slug=slug, visible=True)
    key = request.POST.get("key", "")[:KEY_MOST_CHARS]
    if not key:
        return _gift_page(request, found, status=400)
    try:
        order = actions.redeem(
            person=request.user, gift=found, key=key, at=timezone.now()
        )
    except Refused as refusal:
        return _gift_page(request, found, refusal=refusal, status=refusal.status)
    messages.success(request, _("It is yours. We will tell you when it is delivered."))
    return redirect(order)


def _gift_page(
    request: HttpRequest,
    found: Gift,
    *,
    refusal: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"gift": found, "refusal": refusal}
    if request.user.is_authenticated:
        has = queries.spendable(request.user)
        context |= {
            "has": has,
            "missing": max(0, found.cost - has),
            "left": has - found.cost,
            "key": token_urlsafe(24),
        }
    return render(request, "rewards/gift.html", context, status=status)


@require_safe
@login_required
@never_cache
def redemption(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody's own order; anybody else's does not exist."""
    mine = Redemption.objects.select_related("gift").filter(person=request.user)
    return render(
        request, "rewards/redemption.html", {"order": get_object_or_404(mine, pk=pk)}
    )


@require_safe
@login_required
@never_cache
def history(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    page = page_of(
        queries.history(request.user), request.GET.get("page", 1), per_page=HISTORY_ROWS
    )
    context = {
        "page": page,
        "rows": with_sentences(list(page.object_list)),
        "balance": queries.balance_of(request.user, at=now),
        "chart": chart_of(
            earned_by_day(request.user, since=now - timedelta(days=CHART_DAYS)),
            today=timezone.localdate(now),
            days=CHART_DAYS,
        ),
    }
    return render(request, "rewards/history.html", context)
