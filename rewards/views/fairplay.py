"""What somebody in a fair-play case sees of it, and how they answer."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from common.errors import Refused
from common.http import post_only
from people.requests import SignedInRequest
from rewards.actions import deciding
from rewards.models import Case
from rewards.queries import fairplay
from rewards.wording import earned_for


@require_safe
@login_required
@never_cache
def review(request: SignedInRequest, pk: int) -> HttpResponse:
    return _page(request, _own_case(request, pk))


@post_only
@login_required
def appeal(request: SignedInRequest, pk: int) -> HttpResponse:
    case = _own_case(request, pk)
    text = request.POST.get("text", "")
    try:
        deciding.appeal(case=case, person=request.user, text=text, at=timezone.now())
    except Refused as refusal:
        return _page(request, case, text=text, refusal=refusal)
    messages.success(
        request, _("Your appeal is with somebody who did not decide. We tell you.")
    )
    return redirect("rewards:review", case.pk)


def _own_case(request: SignedInRequest, pk: int) -> Case:
    """Who is not in it cannot even know that it exists."""
    cases = Case.objects.with_person(request.user.pk).select_related("rules")
    return get_object_or_404(cases, pk=pk)


def _page(
    request: SignedInRequest,
    case: Case,
    *,
    text: str = "",
    refusal: Refused | None = None,
) -> HttpResponse:
    found = fairplay.own_review(case, request.user)
    context = {
        "review": found,
        "awards": [
            (award, earned_for(award.reason), url)
            for award, url in fairplay.addresses_of(found.awards)
        ],
        "may_appeal": deciding.appealable(case, request.user) is not None,
        "text": text,
        "refusal": refusal,
    }
    status = 200 if refusal is None else refusal.status
    return render(request, "rewards/review.html", context, status=status)
