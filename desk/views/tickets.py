"""Where customers see what becomes of their trouble, and add to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Refused
from common.http import post_only, see_other
from community.models import Question
from desk import actions, permissions, queries
from desk.forms import MessageForm, PrivateTicketForm
from desk.models import Ticket
from people.requests import SignedInRequest


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For signed-in people, and stored by nobody on the way."""
    return cache_control(private=True, no_store=True)(login_required(view))


@require_safe
@private
def my_tickets(request: SignedInRequest) -> HttpResponse:
    page = queries.my_tickets(request.user, timezone.now(), request.GET.get("page"))
    context = {"page": page, "nav_current": "tickets"}
    return render(request, "desk/my_tickets.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private
def new(request: SignedInRequest) -> HttpResponse:
    form = PrivateTicketForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        ticket, status = _try(form, actions.open_private_ticket, request.user)
        if ticket is not None:
            messages.success(request, _("Our team has your message."))
            return see_other(request, ticket.get_absolute_url())
    context = {"form": form, "nav_current": "tickets"}
    return render(request, "desk/new_ticket.html", context, status=status)


@require_safe
@private
def ticket(request: SignedInRequest, reference: str) -> HttpResponse:
    return _ticket_page(request, _find(request, reference), MessageForm())


@post_only
@private
def reply(request: SignedInRequest, reference: str) -> HttpResponse:
    found = _find(request, reference)
    form = MessageForm(request.POST)

    def write(*, person: Any, **words: Any) -> Any:
        return actions.write_to_us(ticket=found, by=person, **words)

    written, status = _try(form, write, request.user)
    if written is None:
        return _ticket_page(request, found, form, status)
    messages.success(request, _("Our team has your message."))
    return see_other(request, found.get_absolute_url())


@post_only
@private
def solved(request: SignedInRequest, reference: str) -> HttpResponse:
    found = _find(request, reference)
    actions.say_it_is_solved(ticket=found, by=request.user, at=timezone.now())
    messages.success(request, _("Thank you. The ticket is closed as solved."))
    return see_other(request, found.get_absolute_url())


@post_only
@private
def reopen(request: SignedInRequest, reference: str) -> HttpResponse:
    found = _find(request, reference)
    actions.reopen(ticket=found, by=request.user, at=timezone.now())
    messages.success(request, _("The ticket is open again; our team has it."))
    return see_other(request, found.get_absolute_url())


@post_only
@private
def ask_our_team(request: SignedInRequest, pk: int) -> HttpResponse:
    """Hand a thread to our team. Askers see their ticket, agents the thread."""
    question = get_object_or_404(Question.objects.visible_to(request.user), pk=pk)
    opened = actions.request_escalation(
        person=request.user, question=question, at=timezone.now()
    )
    messages.success(request, _("Our team has this question now."))
    theirs = permissions.is_requester(request.user, opened)
    place = opened if theirs else question
    return see_other(request, place.get_absolute_url())


def _find(request: SignedInRequest, reference: str) -> Ticket:
    try:
        return queries.find_ticket(reference, request.user)
    except Ticket.DoesNotExist:
        raise Http404 from None


def _ticket_page(
    request: SignedInRequest, found: Ticket, form: Form, status: int = 200
) -> HttpResponse:
    context = {
        "page": queries.ticket_page(found, request.user, timezone.now()),
        "form": form,
        "is_staff_view": not permissions.is_requester(request.user, found),
        "nav_current": "tickets",
    }
    return render(request, "desk/ticket.html", context, status=status)


def _try(form: Form, act: Callable[..., Any], person: Any) -> tuple[Any, int]:
    """Act on a valid form. A refusal stands in the form, beside what was typed."""
    if not form.is_valid():
        return None, 400
    try:
        return act(person=person, at=timezone.now(), **form.cleaned_data), 200
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None, refusal.status
