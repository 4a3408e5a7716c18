"""The review queue, a case, and who answers whom: for staff, inside Wagtail."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import Refused
from common.paging import page_of
from people.requests import SignedInRequest
from rewards.actions import deciding
from rewards.fairplay_words import words_of
from rewards.models import Appeal, Case
from rewards.network import Arc, Picture, picture_around
from rewards.queries import fairplay as queries
from rewards.views.staff import furniture, require

REVIEW = "rewards.review_fair_play"
ANSWER = "rewards.answer_appeals"
# More dots than this make a ring nobody can read; the table has them all.
DOTS_DRAWN = 24


@require_safe
def queue(request: SignedInRequest) -> HttpResponse:
    require(request, REVIEW)
    closed = request.GET.get("state") == "closed"
    cases = queries.cases_closed() if closed else queries.cases_to_decide()
    may_answer = request.user.has_perm(ANSWER)
    now = timezone.now()
    page = page_of(cases, request.GET.get("page", 1), per_page=50)
    context = {
        "page": page,
        "rows": [(case, case.is_overdue(now)) for case in page.object_list],
        "closed": closed,
        "appeals": queries.appeals_to_answer()[:50] if may_answer else (),
        **furniture(_("Fair play"), "glasses"),
    }
    return render(request, "rewards/admin/fairplay.html", context)


@require_safe
def case(request: SignedInRequest, pk: int) -> HttpResponse:
    require(request, REVIEW)
    found = get_object_or_404(Case.objects.select_related("rules", "centre"), pk=pk)
    return _case(request, found)


@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    require(request, REVIEW)
    found = get_object_or_404(Case.objects.select_related("rules", "centre"), pk=pk)
    reason, by, at = request.POST.get("reason", ""), request.user, timezone.now()
    try:
        match request.POST.get("decision"):
            case "hold":
                deciding.hold(case=found, by=by, reason=reason, at=at)
            case "release":
                deciding.release(case=found, by=by, reason=reason, at=at)
            case "take_back":
                chosen = request.POST.getlist("person")
                deciding.take_points_back(
                    case=found,
                    people_ids=[int(one) for one in chosen if one.isdecimal()],
                    by=by,
                    reason=reason,
                    at=at,
                )
            case _:
                return redirect("rewards_case", pk)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return _case(request, found, reason=reason, status=refusal.status)
    messages.success(request, _("Decided, and those concerned were told."))
    return redirect("rewards_case", pk)


@require_POST
def answer(request: SignedInRequest, pk: int) -> HttpResponse:
    require(request, ANSWER)
    appeals = Appeal.objects.select_related("step__case", "person")
    found = get_object_or_404(appeals, pk=pk)
    try:
        deciding.answer_appeal(
            appeal=found,
            grant=request.POST.get("answer") == "grant",
            by=request.user,
            reason=request.POST.get("reason", ""),
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Answered, and the member was told."))
    return redirect("rewards_case", found.step.case_id)


def _case(
    request: SignedInRequest, found: Case, *, reason: str = "", status: int = 200
) -> HttpResponse:
    page = queries.case_page(found)
    everybody = {member.person.pk for member in page.members}
    context = {
        "view": page,
        "case": found,
        "is_overdue": found.is_overdue(timezone.now()),
        "since": queries.since(found),
        "sentences": [words_of(sight) for sight in page.sights],
        "picture": picture_of_case(page),
        "may_decide": found.is_live and request.user.pk not in everybody,
        "is_mine": request.user.pk in everybody,
        "appeals": [
            (appeal, appeal.is_open and set(queries.who_may_answer(appeal)))
            for appeal in page.appeals
        ],
        "reason": reason,
        **furniture(_("Case %(name)s") % {"name": found}, "glasses"),
    }
    return render(request, "rewards/admin/fairplay_case.html", context, status=status)


def picture_of_case(page: queries.CasePage) -> Picture:
    """The person in the middle and those who gave most around them."""
    centre = page.case.centre_id
    given: dict[int, int] = {}
    for edge in page.edges:
        for one in (edge.by.pk, edge.of.pk):
            given[one] = given.get(one, 0) + edge.accepted + edge.votes
    names = {member.person.pk: member.person.name for member in page.members}
    nearest = sorted(
        (pk for pk in names if pk != centre), key=lambda pk: -given.get(pk, 0)
    )
    drawn = {centre, *sorted(nearest[:DOTS_DRAWN])}
    arcs = [
        Arc(
            edge.by.pk,
            edge.of.pk,
            edge.accepted + edge.votes,
            f"{edge.accepted}✓ {edge.votes}▲",
        )
        for edge in page.edges
        if edge.by.pk in drawn and edge.of.pk in drawn
    ]
    return picture_around(
        centre, {pk: name for pk, name in names.items() if pk in drawn}, arcs
    )
