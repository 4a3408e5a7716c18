"""How views take forms and answer them, with and without htmx."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.http import url_has_allowed_host_and_scheme

from common.errors import OnlyByForm

View = Callable[..., HttpResponse]
Answer = TypeVar("Answer", bound=HttpResponseBase)

API_PATH = "/api/"


def post_only(view: Callable[..., Answer]) -> Callable[..., Answer]:
    """Anything but a POST is refused with 405 and a page that says so."""

    @wraps(view)
    def by_form(request: HttpRequest, *args: Any, **kwargs: Any) -> Answer:
        if request.method != "POST":
            raise OnlyByForm
        return view(request, *args, **kwargs)

    return by_form


def is_htmx(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true"


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks: it gets JSON, whatever goes wrong."""
    return request.path_info.startswith(API_PATH)


def client_address(request: HttpRequest) -> str:
    """The visitor's address; only as many proxies are believed as are set up."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = request.headers.get("X-Forwarded-For", "").split(",")
    if proxies and len(passed) >= proxies:
        return passed[-proxies].strip()
    return str(request.META.get("REMOTE_ADDR", ""))


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
