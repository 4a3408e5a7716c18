"""How views take forms and answer them, with and without htmx."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme

from common.errors import OnlyByForm

View = Callable[..., HttpResponse]


def post_only(view: View) -> View:
    """Anything but a POST is refused with 405 and a page that says so."""

    @wraps(view)
    def by_form(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            raise OnlyByForm
        return view(request, *args, **kwargs)

    return by_form


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def see_other(request: HttpRequest, url: str) -> HttpResponse:
    """Send the browser on after a POST; htmx then loads the whole page anew."""
    if is_htmx(request):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


def safe_next(request: HttpRequest, default: str) -> str:
    """The address in `next` if it is a path of this site, else the default."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    if target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts=None
    ):
        return target
    return default
