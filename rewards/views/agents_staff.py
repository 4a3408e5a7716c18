"""The agents' programme for managers, inside Wagtail."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from common.errors import Refused
from common.text import clean_line
from people.models import Person
from people.requests import SignedInRequest
from rewards import actions, queries
from rewards.forms_agents import LineForm, MarksForm
from rewards.models import BonusBand, LineMessage, Scorecard
from rewards.models.agents import NOTE_MOST_CHARS
from rewards.months import month_bounds, months_later
from rewards.views.agent_report import month_asked
from rewards.views.staff import furniture, require

PERMISSION = "rewards.manage_agents"


@require_safe
def programme(request: SignedInRequest) -> HttpResponse:
    """Who stands at which step; candidates first."""
    require(request, PERMISSION)
    found = queries.programme_page(
        request.GET.get("state", ""), request.GET.get("page", 1)
    )
    return _page(request, "programme", _("Agents"), {"found": found})


@require_POST
def nominate(request: SignedInRequest) -> HttpResponse:
    require(request, PERMISSION)
    handle = request.POST.get("handle", "").strip().removeprefix("@")
    person = Person.objects.filter(handle=handle, erased_at=None).first()
    if person is None:
        messages.error(request, _("No member has this handle. Nothing was changed."))
        return redirect("rewards_agents")
    try:
        note = clean_line(request.POST.get("note", ""), NOTE_MOST_CHARS)
        actions.nominate(person=person, by=request.user, note=note, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("rewards_agents")
    messages.success(request, _("The member is on the list of candidates."))
    return redirect("rewards_agent", person.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def agent(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person's way through the programme, and the step that comes next."""
    require(request, PERMISSION)
    person = get_object_or_404(Person, pk=pk, erased_at=None)
    found = queries.agent_page(person, timezone.now())
    if not found.terms and request.method != "POST":
        raise Http404
    form = None
    if found.scorecard is not None:
        typed = request.POST if "evaluate" in request.POST else None
        form = MarksForm(typed, scorecard=found.scorecard)
    if request.method == "POST" and _acted(request, person, form):
        return redirect("rewards_agent", person.pk)
    return _page(request, "agent", person.name, {"found": found, "form": form})


def _acted(request: SignedInRequest, person: Person, form: MarksForm | None) -> bool:
    """Take the step a form asked for; False shows the marks again as they were."""
    by, now = request.user, timezone.now()
    try:
        if "evaluate" in request.POST:
            if form is None or not form.is_valid():
                messages.error(request, _("Some marks are missing. Nothing was saved."))
                return False
            note = form.cleaned_data["note"]
            actions.evaluate(person=person, marks=form.marks, by=by, note=note, at=now)
        else:
            note = clean_line(request.POST.get("note", ""), NOTE_MOST_CHARS)
            for name, act in STEPS.items():
                if name in request.POST:
                    act(person=person, by=by, note=note, at=now)
                    break
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))
    return True


STEPS: dict[str, Any] = {
    "invite": actions.invite,
    "pause": actions.pause_agent,
    "resume": actions.resume_agent,
    "end": actions.end_agent,
}


@require_safe
def bonuses(request: SignedInRequest) -> HttpResponse:
    """Serving agents and their bonus of a month; the last whole one at first."""
    require(request, PERMISSION)
    month = _month(request.GET.get("month", ""))
    start = month_bounds(month)[0]
    context = {
        "month": month,
        "page": queries.bonus_page(month, request.GET.get("page", 1)),
        "earlier": months_later(start, -1).date(),
        "later": _month(f"{months_later(start, 1):%Y-%m}"),
        "figures_sample": queries.sample_size(),
    }
    return _page(request, "bonuses", _("Monthly bonus"), context)


@require_http_methods(["GET", "HEAD", "POST"])
def sample(request: SignedInRequest, pk: int, month: str) -> HttpResponse:
    """Read the sample of an agent's month, mark it, then choose a band."""
    require(request, PERMISSION)
    person = get_object_or_404(Person, pk=pk)
    term = queries.term_of(person)
    if term is None or not term.is_serving:
        raise Http404
    first = _month(month)
    found = queries.sample_page(term, first, request.user)
    if request.method == "POST":
        _judge_or_give(request, person, first, found.scorecard)
        return redirect("rewards_sample", person.pk, f"{first:%Y-%m}")
    forms = [
        (answer, read, None if mine else _marks_form(found.scorecard, answer.pk))
        for answer, read, mine in found.answers
    ]
    context = {"found": found, "person": person, "forms": forms}
    return _page(request, "sample", person.name, context)


def _judge_or_give(
    request: SignedInRequest, person: Person, month: date, scorecard: Scorecard | None
) -> None:
    by, now = request.user, timezone.now()
    try:
        if "band" in request.POST:
            band = get_object_or_404(
                BonusBand, pk=_number(request, "band"), enabled=True
            )
            note = clean_line(request.POST.get("note", ""), NOTE_MOST_CHARS)
            actions.give_bonus(
                person=person, month=month, band=band, by=by, note=note, at=now
            )
        else:
            number = _number(request, "answer")
            answer = next(
                (a for a in actions.sample_of(person, month) if a.pk == number), None
            )
            if answer is None or scorecard is None:
                raise Http404
            form = MarksForm(request.POST, scorecard=scorecard, prefix=f"a{number}")
            if not form.is_valid():
                messages.error(request, _("Some marks are missing. Nothing was saved."))
                return
            actions.judge_answer(
                person=person,
                answer=answer,
                month=month,
                marks=form.marks,
                note=form.cleaned_data["note"],
                by=by,
                at=now,
            )
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Saved."))


@require_safe
def lines(request: SignedInRequest) -> HttpResponse:
    require(request, PERMISSION)
    page = queries.lines(request.GET.get("page", 1))
    return _page(request, "lines", _("Staff line"), {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def line(request: SignedInRequest, pk: int) -> HttpResponse:
    """Talk with one agent; hide what should not have been written."""
    require(request, PERMISSION)
    person = get_object_or_404(Person, pk=pk, erased_at=None)
    form = LineForm(request.POST if "body" in request.POST else None)
    now = timezone.now()
    if request.method == "POST":
        try:
            if "hide" in request.POST:
                message = get_object_or_404(
                    LineMessage, pk=_number(request, "hide"), agent=person
                )
                reason = request.POST.get("reason", "")
                actions.hide_line_message(
                    message=message, by=request.user, reason=reason, at=now
                )
                return redirect("rewards_line", person.pk)
            if "settle" in request.POST:
                actions.settle_line(agent=person, by=request.user, at=now)
                return redirect("rewards_lines")
            if form.is_valid():
                body = form.cleaned_data["body"]
                actions.write_on_line(agent=person, by=request.user, body=body, at=now)
                return redirect("rewards_line", person.pk)
        except Refused as refusal:
            messages.error(request, str(refusal))
    page = queries.line_of(person, request.GET.get("page", 1), for_staff=True)
    context = {
        "person": person,
        "page": page,
        "form": form,
        "waits": queries.waiting_on(person),
    }
    return _page(request, "line", person.name, context)


def _marks_form(scorecard: Scorecard | None, answer_id: int) -> MarksForm | None:
    return MarksForm(scorecard=scorecard, prefix=f"a{answer_id}") if scorecard else None


def _month(typed: str) -> date:
    """The month asked for; the last whole one where none is, or it is not over."""
    now = timezone.now()
    last_whole = months_later(month_bounds(month_asked("", now))[0], -1).date()
    return min(month_asked(typed, now), last_whole) if typed else last_whole


def _number(request: SignedInRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


def _page(
    request: SignedInRequest, name: str, title: str, context: dict[str, Any]
) -> HttpResponse:
    trail = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("rewards_agents"), "label": _("Agents")},
        {"url": "", "label": title},
    ]
    around = furniture(title, "group")
    if name != "programme":
        around["breadcrumbs_items"] = trail
    template = f"rewards/admin/agents/{name}.html"
    return render(request, template, {**around, **context})
