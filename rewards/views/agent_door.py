"""Who may enter the agents' pages, and what all of these pages share."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control

from common.markdown import render as rendered
from people.requests import SignedInRequest
from rewards import queries
from rewards.models import AgentTerm
from rewards.models.agents import SERVING

View = Callable[..., HttpResponse]


class AgentRequest(SignedInRequest):
    """A signed-in request of somebody who stands in the programme."""

    term: AgentTerm


def standing(*states: str) -> Callable[[View], View]:
    """Only for who stands there now, asked of the database each time; else a 404.

    Nothing behind it is kept by browsers or proxies, so leaving works at once.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def seen(request: AgentRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            term = queries.term_of(request.user)
            if term is None or term.state not in states:
                raise Http404
            term.person = request.user
            request.term = term
            return view(request, *args, **kwargs)

        return login_required(cache_control(private=True, no_store=True)(seen))

    return decorate


serving = standing(*SERVING)


def as_html(source: str) -> SafeString:
    return mark_safe(rendered(source).html)  # noqa: S308  cleaned by the renderer


def reader_language() -> str:
    return "zh-hans" if (get_language() or "").startswith("zh") else "en"


def posted_number(request: AgentRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return int(typed) if re.fullmatch(r"[0-9]{1,18}", typed, re.ASCII) else 0


def agent_page(
    request: AgentRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"term": request.term, "nav_current": "agents"} | context
    template = f"rewards/agents/{name}.html"
    return render(request, template, context, status=status)
