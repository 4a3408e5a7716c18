"""Badges for managers: a look before they are enabled, given by hand, retired."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import Refused
from common.paging import page_of
from people.models import Person
from people.requests import SignedInRequest
from rewards import badge_wording
from rewards.actions import badges as actions
from rewards.models import Badge, BadgeHolding
from rewards.models.badges import Tier
from rewards.queries import badges as queries
from rewards.views.staff import require

PERMISSION = "rewards.manage_rewards"


@require_safe
def overview(request: SignedInRequest) -> HttpResponse:
    require(request, PERMISSION)
    badges = Badge.objects.select_related("tag", "circle").order_by("-pk")
    page = page_of(badges, request.GET.get("page"), per_page=50)
    held = {badge.pk: badge.holders for badge in queries.public_badges()}  # type: ignore[attr-defined]
    rows = [
        (badge, badge_wording.criteria(badge), held.get(badge.pk, 0))
        for badge in page.object_list
    ]
    context = {"page": page, "rows": rows, **_furniture(_("Badges"))}
    return render(request, "rewards/admin/badges.html", context)


@require_safe
def badge(request: SignedInRequest, pk: int) -> HttpResponse:
    """One badge; a draft with whom it would be given to, when that was asked for."""
    require(request, PERMISSION)
    one = get_object_or_404(Badge.objects.select_related("tag", "circle"), pk=pk)
    asked = "preview" in request.GET and not one.is_given_by_staff
    held = BadgeHolding.objects.filter(badge=one, tier__isnull=False)
    context = {
        "badge": one,
        "criteria": badge_wording.criteria(one),
        "conditions": badge_wording.conditions(one),
        "preview": queries.preview(one, at=timezone.now()) if asked else None,
        "page": page_of(
            held.select_related("person", "badge").order_by("-since", "-pk"),
            request.GET.get("page"),
            per_page=50,
        ),
        "tiers": Tier.choices,
        **_furniture(one.name),
    }
    return render(request, "rewards/admin/badge.html", context)


@require_POST
def enable(request: SignedInRequest, pk: int) -> HttpResponse:
    require(request, PERMISSION)
    one = get_object_or_404(Badge, pk=pk)
    try:
        actions.enable(badge=one, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        words = _("In force. Who has earned it already gets it within a few minutes.")
        messages.success(request, words)
    return redirect("rewards_badge", pk)


@require_POST
def retire(request: SignedInRequest, pk: int) -> HttpResponse:
    require(request, PERMISSION)
    one = get_object_or_404(Badge, pk=pk)
    try:
        actions.retire(badge=one, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Retired. Who has it keeps it."))
    return redirect("rewards_badge", pk)


@require_POST
def give(request: SignedInRequest, pk: int) -> HttpResponse:
    require(request, PERMISSION)
    one = get_object_or_404(Badge, pk=pk)
    handle = request.POST.get("handle", "").strip().removeprefix("@")[:60]
    person = Person.objects.known_as(handle).first() if handle else None
    tier = request.POST.get("tier", "")
    if person is None:
        messages.error(request, _("Nobody has this name. Nothing was changed."))
        return redirect("rewards_badge", pk)
    try:
        actions.give(
            badge=one,
            person=person,
            tier=int(tier) if tier in map(str, Tier.values) else Tier.BRONZE,
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Given, and the member was told."))
    return redirect("rewards_badge", pk)


@require_POST
def take(request: SignedInRequest, pk: int) -> HttpResponse:
    require(request, PERMISSION)
    holding = get_object_or_404(BadgeHolding.objects.select_related("badge"), pk=pk)
    reason = request.POST.get("reason", "")
    try:
        actions.take(holding=holding, reason=reason, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Taken back."))
    return redirect("rewards_badge", holding.badge_id)


def _furniture(title: str) -> dict[str, object]:
    trail = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("rewards_badges"), "label": _("Badges")},
        {"url": "", "label": title},
    ]
    return {
        "breadcrumbs_items": trail,
        "header_title": title,
        "page_title": title,
        "header_icon": "medal",
    }
