"""For managers: what points cost, and awards by hand. Inside Wagtail."""

import re
from collections.abc import Iterator, Sequence
from secrets import token_urlsafe

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from common.errors import Refused
from common.paging import page_of
from common.spreadsheets import as_file
from community.models import Answer
from people.models import Person
from people.requests import SignedInRequest
from rewards import actions, numbers
from rewards.chart import chart_of
from rewards.errors import AwardOutOfBounds, FormWithoutKey, NoSuchAnswer, NoSuchMember
from rewards.models import ManualAward, PointsTerms
from rewards.money import in_money, money
from rewards.queries.giving import (
    awards_by_hand,
    awards_to_decide,
    charities_with_sums,
)
from rewards.queries.report import Report, report
from rewards.views.staff import furniture
from rewards.wording import reason_name

MANAGE, COMMEND = "rewards.manage_rewards", "rewards.commend_answers"
POINTS = re.compile(r"[0-9]{1,7}", re.ASCII)
KEY = re.compile(r"[\w-]{1,80}", re.ASCII)
# The address of an answer ends so; its number alone does as well.
ANSWER = re.compile(r"(?:.*#answer-)?([0-9]{1,18})", re.ASCII)


@require_safe
def points_report(request: SignedInRequest) -> HttpResponse:
    _require(request, MANAGE)
    now = timezone.now()
    found = report(at=now, months=numbers.REPORT_MONTHS)
    if request.GET.get("export") == "csv":
        return _as_csv(found)
    terms = found.terms
    context = {
        "report": found,
        "worth": money(found.owed_in_all, terms),
        "chart": chart_of(found.as_months),
        "months": [
            (month, money(month.owed, terms)) for month in reversed(found.months)
        ],
        "by_rule": [
            (
                reason_name(reason),
                [month.by_reason.get(reason, 0) for month in found.months],
            )
            for reason in found.reasons
        ],
        "charities": charities_with_sums(),
        **furniture(_("Points: owed, given, gone"), "calendar"),
    }
    return render(request, "rewards/admin/report.html", context)


@require_safe
def awards(request: SignedInRequest) -> HttpResponse:
    """What waits for a second manager, what was given, and forms for both kinds.

    Who may only commend sees what they gave themselves.
    """
    return _awards_page(request)


@require_POST
def propose(request: SignedInRequest) -> HttpResponse:
    _require(request, MANAGE)
    handle = request.POST.get("member", "").strip().removeprefix("@")
    key = request.POST.get("key", "")
    try:
        if not KEY.fullmatch(key):
            raise FormWithoutKey
        person = Person.objects.filter(handle=handle).first()
        if person is None:
            raise NoSuchMember
        award = actions.propose_award(
            person=person,
            points=_points(request),
            reason=request.POST.get("reason", ""),
            by=request.user,
            key=key,
            at=timezone.now(),
        )
    except Refused as refusal:
        return _awards_page(request, refusal=refusal)
    if award.state == ManualAward.State.PENDING:
        messages.success(request, _("Saved. Another manager has to agree."))
    else:
        messages.success(request, _("Given, and the member was told."))
    return redirect("rewards_awards")


@require_POST
def commend(request: SignedInRequest) -> HttpResponse:
    _require(request, COMMEND)
    try:
        actions.commend(
            answer=_answer(request.POST.get("answer", "")),
            points=_points(request),
            reason=request.POST.get("reason", ""),
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        return _awards_page(request, refusal=refusal)
    messages.success(request, _("Given, and the member was told."))
    return redirect("rewards_awards")


@require_POST
def decide(request: SignedInRequest, pk: int) -> HttpResponse:
    _require(request, MANAGE)
    award = get_object_or_404(ManualAward, pk=pk)
    by, now = request.user, timezone.now()
    reason = request.POST.get("reason", "")
    try:
        if request.POST.get("approve"):
            actions.approve_award(award=award, by=by, at=now)
        elif request.POST.get("refuse"):
            actions.refuse_award(award=award, by=by, reason=reason, at=now)
        else:
            actions.revoke_award(award=award, by=by, reason=reason, at=now)
    except Refused as refusal:
        return _awards_page(request, refusal=refusal)
    messages.success(request, _("Saved."))
    return redirect("rewards_awards")


def _awards_page(
    request: SignedInRequest, *, refusal: Refused | None = None
) -> HttpResponse:
    _require(request, COMMEND)
    manages = request.user.has_perm(MANAGE)
    found = awards_by_hand()
    if not manages:
        found = found.filter(asked_by=request.user)
    context = {
        "page": page_of(found, request.GET.get("page"), per_page=50),
        "pending": awards_to_decide()[:50] if manages else [],
        "manages": manages,
        "terms": PointsTerms.current(),
        "key": token_urlsafe(24),
        "refusal": refusal,
        "typed": request.POST,
        **furniture(_("Awards by hand"), "pick"),
    }
    status = refusal.status if refusal else 200
    return render(request, "rewards/admin/awards.html", context, status=status)


def _answer(typed: str) -> Answer:
    number = ANSWER.fullmatch(typed.strip())
    answers = Answer.objects.select_related("question", "author")
    found = answers.filter(pk=int(number[1])).first() if number else None
    if found is None:
        raise NoSuchAnswer
    return found


def _points(request: SignedInRequest) -> int:
    typed = request.POST.get("points", "").strip()
    if not POINTS.fullmatch(typed):
        raise AwardOutOfBounds(least=1, most=actions.granting.MOST_POINTS)
    return int(typed)


def _as_csv(found: Report) -> HttpResponse:
    name = f"points-{found.months[-1].starts_at:%Y-%m}.csv"
    return as_file(name, _csv_lines(found))


def _csv_lines(found: Report) -> Iterator[Sequence[object]]:
    """A line a month and flow, given points by rule; money as the terms say today."""
    terms = found.terms
    yield _("Month"), _("What"), _("Rule"), _("Points"), terms.currency
    for month in found.months:
        name = f"{month.starts_at:%Y-%m}"
        for flow, points in sorted(month.flows.items()):
            if flow != "issued":
                yield name, flow, "", points, in_money(points, terms)
        for reason, points in sorted(month.by_reason.items()):
            yield name, "issued", reason, points, in_money(points, terms)
        yield name, "owed", "", month.owed, in_money(month.owed, terms)


def _require(request: SignedInRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied
