"""The waiting room of a drop, as its members see it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from common.errors import Refused
from common.http import is_htmx, post_only
from people.requests import SignedInRequest
from rewards.actions import queueing
from rewards.models import Place, Redemption
from rewards.queries import drops
from rewards.views.catalogue import find_gift, gift_page
from rewards.views.pages import private

KEPT = (
    Redemption.State.HELD,
    Redemption.State.ORDERED,
    Redemption.State.FULFILLED,
)


@post_only
@private
def enter(request: HttpRequest, slug: str) -> HttpResponse:
    gift = find_gift(slug)
    if not request.user.is_authenticated:
        return redirect_to_login(gift.get_absolute_url())
    try:
        queueing.enter_room(person=request.user, gift=gift, at=timezone.now())
    except Refused as refusal:
        return gift_page(request, gift, refusal=refusal)
    return redirect("rewards:waiting", gift.slug)


@post_only
@private
@login_required
def leave(request: SignedInRequest, slug: str) -> HttpResponse:
    gift = find_gift(slug)
    queueing.leave_room(person=request.user, gift=gift)
    messages.success(request, _("You left the waiting room."))
    return redirect(gift)


@require_safe
@private
@login_required
def waiting(request: SignedInRequest, slug: str) -> HttpResponse:
    """The place, the same on every device; a turn that came leads to what is held.

    In a handful of queries, none of which counts.
    """
    gift = find_gift(slug)
    place = drops.place_of(request.user, gift)
    if place is None or place.state == Place.State.LEFT:
        return redirect(gift)
    order = place.order
    if order is not None and order.state in KEPT:
        return _lead_to(request, order.get_absolute_url())
    context = {
        "gift": gift,
        "queue": drops.queue_of(place, gift, at=timezone.now()),
        "nav_current": "rewards",
    }
    return render(request, "rewards/waiting.html", context)


def _lead_to(request: HttpRequest, url: str) -> HttpResponse:
    """A page that asks by script must leave, too, not only its part be replaced."""
    return HttpResponseClientRedirect(url) if is_htmx(request) else redirect(url)
