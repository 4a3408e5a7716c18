"""Holds, drops and deliveries by hook: for managers, inside Wagtail."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import Refused
from common.paging import page_of
from people.requests import SignedInRequest
from rewards.actions import delivering
from rewards.models import DeliveryHook, HookDelivery
from rewards.queries import drops
from rewards.views.staff import furniture, require


@require_safe
def holds(request: SignedInRequest) -> HttpResponse:
    require(request, "rewards.manage_rewards")
    context = {
        "rooms": drops.rooms_now()[:20],
        "page": page_of(drops.holds_now(), request.GET.get("page", 1), per_page=50),
        **furniture(_("Holds and drops"), "time"),
    }
    return render(request, "rewards/admin/holds.html", context)


@require_safe
def deliveries(request: SignedInRequest) -> HttpResponse:
    require(request, "rewards.manage_rewards")
    return _deliveries(request)


@require_POST
def repeat_delivery(request: SignedInRequest, pk: int) -> HttpResponse:
    require(request, "rewards.manage_rewards")
    delivery = get_object_or_404(HookDelivery, pk=pk)
    try:
        delivering.repeat_delivery(
            delivery=delivery, by=request.user, at=timezone.now()
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("It is sent again in a moment."))
    return redirect("rewards_deliveries")


@require_POST
def hook_key(request: SignedInRequest, pk: int) -> HttpResponse:
    """Shown in the answer and nowhere again, so the page is not one to come back to."""
    require(request, "rewards.manage_rewards")
    hook = get_object_or_404(DeliveryHook, pk=pk)
    key = delivering.change_key(hook=hook, by=request.user)
    return _deliveries(request, new_key=key)


def _deliveries(request: SignedInRequest, new_key: str = "") -> HttpResponse:
    page = page_of(drops.deliveries(), request.GET.get("page", 1), per_page=50)
    context = {
        "page": page,
        "hooks": DeliveryHook.objects.order_by("name", "pk"),
        "new_key": new_key,
        **furniture(_("Deliveries by hook"), "link"),
    }
    return render(request, "rewards/admin/deliveries.html", context)
