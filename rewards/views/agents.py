"""A member's own way through the programme: asked, agreeing, on a break, leaving."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from common.http import post_only
from rewards import actions
from rewards.forms_agents import NoteForm
from rewards.models import Programme, ProgrammeTerms, State
from rewards.models.agents import JOINED
from rewards.views.agent_door import (
    AgentRequest,
    agent_page,
    as_html,
    posted_number,
    reader_language,
    standing,
)


@require_http_methods(["GET", "HEAD", "POST"])
@standing(State.INVITED)
def invitation(request: AgentRequest) -> HttpResponse:
    form = NoteForm(request.POST or None)
    if request.method == "POST":
        now = timezone.now()
        if "decline" in request.POST and form.is_valid():
            note = form.cleaned_data["note"]
            actions.decline_invitation(person=request.user, note=note, at=now)
            messages.success(request, _("Thank you for telling us. Nothing changes."))
            return redirect("people:me")
        if "accept" in request.POST:
            terms = get_object_or_404(
                ProgrammeTerms, pk=posted_number(request, "terms")
            )
            actions.accept_invitation(
                person=request.user, terms=terms, language=reader_language(), at=now
            )
            messages.success(request, _("Welcome! This is your bench."))
            return redirect("rewards:agent_bench")
    context = {"form": form, **_terms(), "figures": Programme.figures()}
    return agent_page(request, "invitation", context)


@require_http_methods(["GET", "HEAD", "POST"])
@standing(*JOINED)
def terms(request: AgentRequest) -> HttpResponse:
    """The version in force, and the form that agrees to it."""
    if request.method == "POST":
        chosen = get_object_or_404(ProgrammeTerms, pk=posted_number(request, "terms"))
        actions.agree_to_terms(
            person=request.user,
            terms=chosen,
            language=reader_language(),
            at=timezone.now(),
        )
        messages.success(request, _("Thank you. You agreed to the newest terms."))
        return redirect("rewards:agent_bench")
    return agent_page(request, "terms", _terms())


@post_only
@standing(*JOINED)
def change(request: AgentRequest) -> HttpResponse:
    """Take a break, come back, or leave."""
    person, now = request.user, timezone.now()
    note = NoteForm(request.POST)
    why = note.cleaned_data["note"] if note.is_valid() else ""
    if "leave" in request.POST:
        actions.end_agent(person=person, by=person, note=why, at=now)
        messages.success(
            request, _("You have left the programme. Thank you for all your help.")
        )
        return redirect("people:me")
    if "pause" in request.POST:
        actions.pause_agent(person=person, by=person, note=why, at=now)
        messages.success(request, _("Enjoy your break. Come back whenever you like."))
    elif "resume" in request.POST:
        actions.resume_agent(person=person, by=person, at=now)
        messages.success(request, _("Welcome back."))
    return redirect("rewards:agent_bench")


def _terms() -> dict[str, Any]:
    newest = ProgrammeTerms.newest()
    return {
        "terms": newest,
        "terms_html": as_html(newest.text) if newest else "",
    }
