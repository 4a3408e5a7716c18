"""Refusals become pages, and requests that cannot be read are refused at the door."""

from collections.abc import Callable
from urllib.parse import unquote_to_bytes

from django.core.exceptions import (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from common.api.problems import problem
from common.errors import Refused
from common.http import is_api, is_htmx

GetResponse = Callable[[HttpRequest], HttpResponse]

FORM = "application/x-www-form-urlencoded"
# Fields people write sentences in, by the names all forms give them.
KEPT = ("title", "subject", "body", "bio", "note")
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
TORN = (UnreadablePostError, MultiPartParserError)


class DamagedRequest(Refused):
    sentence = _(
        "Something in the address or the form was damaged on its way: it holds"
        " characters that cannot be read. Nothing was changed. Type that part again"
        " and send it once more."
    )


class RequestTooLarge(Refused):
    status = 413
    title = _("This is too much at once")
    sentence = _(
        "What you sent is too large. Nothing was changed. Go back in your browser,"
        " where your text still is, shorten it and send it again."
    )


def readable_cookies(get_response: GetResponse) -> GetResponse:
    """Forget cookies that hold a NUL (quoted, as \\000): no database can read it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        for name in [name for name, value in request.COOKIES.items() if "\0" in value]:
            del request.COOKIES[name]
        return get_response(request)

    return middleware


class refusals:  # noqa: N801  named like the functions it stands beside
    """Turn an uncaught Refused into a page, or for htmx into a notice on the page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        refusal = _unreadable(request)
        return refused(request, refusal) if refusal else self.get_response(request)

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refused(request, exception)
        return None


def refused(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """The page that says what happened, and keeps what was typed."""
    if is_api(request):
        return problem(refusal)
    context = {
        "title": refusal.title,
        "sentence": str(refusal),
        "kept": _typed(request),
        "back": _page_before(request),
    }
    headers = {"Cache-Control": "private, no-store", **refusal.headers}
    if refusal.retry_after:
        headers["Retry-After"] = str(refusal.retry_after)
    template = "refused.html"
    if is_htmx(request):
        template = "refused_toast.html"
        headers |= {"HX-Retarget": "#toasts", "HX-Reswap": "beforeend"}
    response = render(request, template, context, status=refusal.status)
    for name, value in headers.items():
        response.headers[name] = value
    return response


def _typed(request: HttpRequest) -> str:
    """The text of the form, to be copied from the page that refuses it."""
    if request.method != "POST":
        return ""
    try:
        typed = [request.POST.get(name, "") for name in KEPT]
    except (*TOO_LARGE, *TORN):
        return ""
    text = "\n\n".join(part for part in typed if part.strip())
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _page_before(request: HttpRequest) -> str:
    referer = request.headers.get("Referer", "")
    host = request.get_host()
    return referer if url_has_allowed_host_and_scheme(referer, {host}) else ""


def _unreadable(request: HttpRequest) -> Refused | None:
    """Why nobody below should see this request: PostgreSQL cannot even store a NUL."""
    if "\0" in request.path_info or _is_damaged(request.META.get("QUERY_STRING", "")):
        return DamagedRequest()
    # Programs send no forms: what they do send is read once, by the API.
    if request.method != "POST" or is_api(request):
        return None
    try:
        values = [value for values in request.POST.lists() for value in values[1]]
    except TOO_LARGE:
        return RequestTooLarge()
    except TORN:
        return DamagedRequest()
    if any("\0" in value for value in values):
        return DamagedRequest()
    if request.content_type == FORM and _is_damaged(request.body):
        return DamagedRequest()
    return None


def _is_damaged(encoded: str | bytes) -> bool:
    """Whether percent-encoded text holds a NUL or is not UTF-8 (lone surrogates too).

    Django would put a replacement character where such bytes were, silently.
    """
    if isinstance(encoded, str):
        # WSGI hands the query string over as Latin-1.
        encoded = encoded.encode("latin-1", "replace")
    raw = unquote_to_bytes(encoded)
    try:
        raw.decode()
    except UnicodeDecodeError:
        return True
    return b"\0" in raw
