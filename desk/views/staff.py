"""The desk in the admin: the queues, a ticket, and what our team does with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.errors import Refused
from common.http import post_only
from desk import actions, permissions, queries
from desk.forms import AssignForm, CloseForm, FilterForm, RouteForm, WriteForm
from desk.models import Ticket
from people.requests import SignedInRequest

View = Callable[..., HttpResponse]


def for_our_team(view: View) -> View:
    """To staff who do not work at the desk, it is not there: no ticket is."""

    @wraps(view)
    def checked(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not permissions.may_work(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return checked


@require_safe
@for_our_team
def inbox(request: SignedInRequest) -> HttpResponse:
    form = FilterForm(request.GET)
    found = queries.queue_page(
        request.user, form.filters(), timezone.now(), request.GET.get("page")
    )
    context = _furniture(_("Tickets")) | {"found": found, "form": form}
    return render(request, "desk/admin/inbox.html", context)


@require_safe
@for_our_team
def ticket(request: SignedInRequest, reference: str) -> HttpResponse:
    return _ticket_page(request, _find(request, reference))


@post_only
@for_our_team
def write(request: SignedInRequest, reference: str) -> HttpResponse:
    """The composer: an official answer, a private reply or a note."""
    found = _find(request, reference)
    form = WriteForm(request.POST)
    if not form.is_valid():
        return _ticket_page(request, found, form, 400)
    try:
        said = _write(request, found, **form.cleaned_data)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _ticket_page(request, found, form, refusal.status)
    messages.success(request, said)
    return redirect(found.get_desk_url())


@post_only
@for_our_team
def take(request: SignedInRequest, reference: str) -> HttpResponse:
    return _change(request, reference, actions.take, _("You have this ticket now."))


@post_only
@for_our_team
def assign(request: SignedInRequest, reference: str) -> HttpResponse:
    form = AssignForm(request.POST)
    return _change(request, reference, actions.assign, _("Handed over."), form)


@post_only
@for_our_team
def route(request: SignedInRequest, reference: str) -> HttpResponse:
    form = RouteForm(request.POST)
    return _change(request, reference, actions.route, _("Moved."), form)


@post_only
@for_our_team
def close(request: SignedInRequest, reference: str) -> HttpResponse:
    form = CloseForm(request.POST)
    return _change(request, reference, actions.close, _("The ticket is closed."), form)


@post_only
@for_our_team
def reopen(request: SignedInRequest, reference: str) -> HttpResponse:
    return _change(request, reference, actions.reopen, _("The ticket is open again."))


def _write(
    request: SignedInRequest, found: Ticket, *, to: str, body: str, after: str
) -> str:
    words: dict[str, Any] = {
        "ticket": found,
        "by": request.user,
        "body": body,
        "at": timezone.now(),
    }
    resolve = after == WriteForm.RESOLVE
    if to == WriteForm.NOTE:
        actions.add_internal_note(**words)
        return _("Your note is there for colleagues.")
    if to == WriteForm.CUSTOMER:
        ask_back = after == WriteForm.ASK_BACK
        actions.reply_to_asker(**words, ask_back=ask_back, resolve=resolve)
        return _("Sent to the customer.")
    actions.post_reply_to_thread(**words, resolve=resolve)
    return _("The official answer is in the thread.")


def _change(
    request: SignedInRequest,
    reference: str,
    change: Callable[..., Any],
    done: str,
    form: Form | None = None,
) -> HttpResponse:
    """Do one thing to a ticket and go back to it, with what came of it."""
    found = _find(request, reference)
    if form is not None and not form.is_valid():
        messages.error(request, _("Please choose again; nothing was changed."))
        return redirect(found.get_desk_url())
    values = form.cleaned_data if form is not None else {}
    try:
        change(ticket=found, by=request.user, at=timezone.now(), **values)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(found.get_desk_url())


def _find(request: SignedInRequest, reference: str) -> Ticket:
    try:
        return queries.find_ticket(reference, request.user)
    except Ticket.DoesNotExist:
        raise Http404 from None


def _ticket_page(
    request: SignedInRequest, found: Ticket, form: Form | None = None, status: int = 200
) -> HttpResponse:
    page = queries.staff_ticket_page(found, request.user, timezone.now())
    question = found.question
    is_public = question is not None and question.is_visible
    to = WriteForm.OFFICIAL if is_public else WriteForm.CUSTOMER
    context = _furniture(
        _("Ticket %(reference)s") % {"reference": found.reference},
        {"url": reverse("desk_admin:inbox"), "label": _("Tickets")},
    ) | {
        "found": page,
        "ticket": found,
        "may_answer_officially": is_public,
        "write_form": form or WriteForm(initial={"to": to}),
        "assign_form": AssignForm(held_by=found.assignee),
        "route_form": RouteForm(
            initial={"queue": found.queue_id, "priority": found.priority}
        ),
        "close_form": CloseForm(),
    }
    return render(request, "desk/admin/ticket.html", context, status=status)


def _furniture(title: str, *way: dict[str, str]) -> dict[str, Any]:
    """What Wagtail's page frame asks for."""
    home = {"url": reverse("wagtailadmin_home"), "label": _("Home")}
    return {
        "header_title": title,
        "header_icon": "mail",
        "breadcrumbs_items": [home, *way, {"url": "", "label": title}],
    }
