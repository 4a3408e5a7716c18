"""Pages with a form, as they are and as they were refused."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from common.errors import Refused
from community.errors import SamePostAgain
from community.forms import HallForm, retry_headers

FORM_PAGE = "community/form.html"


def show_form(
    request: HttpRequest,
    form: HallForm,
    context: dict[str, Any],
    *,
    template: str = FORM_PAGE,
    refusal: Refused | None = None,
) -> HttpResponse:
    """The form with all that was typed, and the status of what went wrong."""
    twin = refusal.facts["post"] if isinstance(refusal, SamePostAgain) else None
    status = refusal.status if refusal else form.status
    response = render(
        request, template, {"form": form, "twin": twin, **context}, status=status
    )
    for name, value in retry_headers(refusal).items():
        response.headers[name] = value
    return response
