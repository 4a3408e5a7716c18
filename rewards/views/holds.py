"""Gifts kept for somebody until they confirm, and links that lead to a gift."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.errors import Refused
from common.http import post_only
from people.requests import SignedInRequest
from rewards import queries
from rewards.actions import noticing, redeeming
from rewards.errors import FormWithoutKey
from rewards.models import Redemption
from rewards.views.catalogue import COST, find_gift, gift_page
from rewards.views.pages import KEY, private


@post_only
@private
def hold(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep one for whoever wants to think about it; its page counts the minutes."""
    found = find_gift(slug)
    if not request.user.is_authenticated:
        return redirect_to_login(found.get_absolute_url())
    key = request.POST.get("key", "")
    seen = request.POST.get("seen_cost", "")
    try:
        if not KEY.fullmatch(key):
            raise FormWithoutKey
        order = redeeming.hold(
            person=request.user,
            gift=found,
            key=key,
            agreed_cost=int(seen) if COST.fullmatch(seen) else None,
            at=timezone.now(),
        )
    except Refused as refusal:
        return gift_page(request, find_gift(slug), refusal=refusal)
    return redirect(order)


@post_only
@private
@login_required
def confirm(request: SignedInRequest, pk: int) -> HttpResponse:
    held = get_object_or_404(queries.orders_of(request.user), pk=pk)
    try:
        order = redeeming.confirm(
            redemption=held, person=request.user, at=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(held)
    if order.state == Redemption.State.ORDERED:
        messages.success(
            request, _("It is yours. We will tell you when it is delivered.")
        )
    else:
        messages.success(request, _("It is yours. Your code is on this page."))
    return redirect(order)


@post_only
@private
@login_required
def let_go(request: SignedInRequest, pk: int) -> HttpResponse:
    held = get_object_or_404(queries.orders_of(request.user), pk=pk)
    try:
        redeeming.let_go(redemption=held, person=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("You let it go. Your points are back."))
    return redirect(held)


@require_safe
@private
@login_required
def link(request: SignedInRequest, token: str) -> HttpResponse:
    """From a mail to the gift it spoke of. Only its reader, signed in, uses it up."""
    found, is_fresh = noticing.use_link(
        token=token, person=request.user, at=timezone.now()
    )
    if found is None:
        messages.info(request, _("This link leads nowhere any more. Here is it all."))
        return redirect("rewards:home")
    if not is_fresh:
        messages.info(
            request,
            _("This link was used before, or is too old. Here is what it led to."),
        )
    if found.gift is None or not found.gift.visible:
        return redirect("rewards:home")
    return redirect(found.gift)
