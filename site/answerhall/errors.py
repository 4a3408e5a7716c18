"""Pages for what went wrong, in the reader's language and the house's look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import get_template

from common.api.errors import NothingHere, OurFault
from common.api.problems import problem
from common.errors import NotAllowed
from common.http import is_api
from common.middleware import DamagedRequest


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(DamagedRequest())
    return render(request, "400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(NotAllowed())
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if is_api(request):
        return problem(NothingHere())
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Stands alone: the database or the templates' tags may be what broke."""
    if is_api(request):
        return problem(OurFault())
    html = get_template("500.html").render()
    return HttpResponse(html, status=500, headers={"Cache-Control": "no-store"})
