"""Orders to deliver: for managers, inside Wagtail."""

import re

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import Refused
from common.paging import page_of
from people.requests import SignedInRequest
from rewards import actions, queries
from rewards.models import Redemption

# As the member's page shows it, or only its digits.
ORDER_NUMBER = re.compile(r"(?:R-)?([0-9]{1,18})", re.ASCII | re.IGNORECASE)


@require_safe
def orders(request: SignedInRequest) -> HttpResponse:
    require(request, "rewards.manage_rewards")
    page = page_of(queries.orders_waiting(), request.GET.get("page", 1), per_page=50)
    asked = request.GET.get("order", "").strip()
    number = ORDER_NUMBER.fullmatch(asked)
    context = {
        "page": page,
        "asked": asked,
        "found": queries.order_numbered(int(number[1])) if number else None,
        **furniture(_("Orders to deliver"), "form"),
    }
    return render(request, "rewards/admin/orders.html", context)


@require_POST
def settle(request: SignedInRequest, pk: int) -> HttpResponse:
    require(request, "rewards.manage_rewards")
    order = get_object_or_404(Redemption, pk=pk)
    by, now = request.user, timezone.now()
    try:
        if request.POST.get("void"):
            reason = request.POST.get("reason", "")
            actions.void_code(redemption=order, by=by, reason=reason, at=now)
        elif request.POST.get("cancel"):
            actions.cancel(redemption=order, by=by, at=now)
        else:
            actions.fulfil(redemption=order, by=by, at=now)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved, and the member was told."))
    return redirect("rewards_orders")


def furniture(title: str, icon: str) -> dict[str, object]:
    trail = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": "", "label": title},
    ]
    return {
        "breadcrumbs_items": trail,
        "header_title": title,
        "page_title": title,
        "header_icon": icon,
    }


def require(request: SignedInRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
