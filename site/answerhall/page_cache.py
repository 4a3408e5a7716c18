"""Finished pages for visitors, kept in front of Django.

A WSGI layer: a visitor's page that was made before, and of which nothing has changed
since, is answered from memory without waking Django. Which pages may be kept, and what
they show, the page itself says (common.freshness); what must not be kept anyway is
decided here: anything for somebody with a session, anything that sets a cookie.

A page is made anew when something on it changes, and after SECONDS at the latest,
for what changes by itself, such as "2 minutes ago".
"""

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl

from django.conf import settings
from django.utils.http import parse_http_date_safe

from answerhall.languages import language_in_path
from common.freshness import ChangeMarks, Shown, places

Headers = list[tuple[str, str]]
StartResponse = Callable[..., Any]
Application = Callable[[dict[str, Any], StartResponse], Iterable[bytes]]

# Where Django leaves word of what it made: a Shown.
SHOWN = "answerhall.shown"
# Others make endless variants of one page: such pages are made, not kept.
KEPT_PARAMETERS = frozenset({"page", "sort", "topic", "period", "circle", "p"})
BIGGEST_PAGE_BYTES = 2_000_000
# A header of ours that says where the page came from (RFC 9211).
STATUS = "Cache-Status"
HIT, MISS = "answerhall; hit", "answerhall; fwd=miss; stored"
# A 304 repeats these and nothing that describes a body.
NOT_IN_304 = frozenset({"content-length", "content-encoding", "content-type"})


@dataclass(frozen=True, slots=True)
class Page:
    status: str
    headers: Headers
    body: bytes
    etag: str
    words_at: int | None
    shows: tuple[int, ...]
    clock: int
    until: float
    viewed: int | None

    @property
    def size(self) -> int:
        return len(self.body) + 2_000


class PageCache:
    """`viewed` is called with a thread's id whenever somebody gets its page."""

    def __init__(
        self,
        application: Application,
        *,
        marks: ChangeMarks,
        seconds: float,
        most_bytes: int,
        viewed: Callable[[int, dict[str, Any]], None],
    ) -> None:
        self.application = application
        self.marks = marks
        self.seconds = seconds
        self.most_bytes = most_bytes
        self.viewed = viewed
        self._pages: OrderedDict[tuple, Page] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def __call__(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        if environ["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return self.application(environ, start_response)
        key = self._key(environ)
        if key is not None and (page := self._fresh(key)) is not None:
            return self._answer(page, HIT, environ, start_response)
        return self._ask(key, environ, start_response)

    def _key(self, environ: dict[str, Any]) -> tuple | None:
        """What visitors' pages may differ by; None if this one is not kept."""
        if f"{settings.SESSION_COOKIE_NAME}=" in environ.get("HTTP_COOKIE", ""):
            return None
        if "HTTP_HX_REQUEST" in environ:
            return None
        query, path = environ.get("QUERY_STRING", ""), environ["PATH_INFO"]
        if query and not _is_kept(query):
            return None
        return (
            environ.get("HTTP_HOST"),
            environ.get("wsgi.url_scheme"),
            environ.get("HTTP_X_FORWARDED_PROTO"),
            path,
            query,
            "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""),
            # The prefix decides the language; without one, the browser does.
            None if language_in_path(path) else environ.get("HTTP_ACCEPT_LANGUAGE"),
        )

    def _fresh(self, key: tuple) -> Page | None:
        page = self._pages.get(key)
        if page is None:
            return None
        if monotonic() < page.until and self.marks.unchanged(page.shows, page.clock):
            with self._lock:
                if key in self._pages:
                    self._pages.move_to_end(key)
            return page
        self._drop(key)
        return None

    def _answer(
        self,
        page: Page,
        origin: str,
        environ: dict[str, Any],
        start_response: StartResponse,
    ) -> list[bytes]:
        if page.viewed is not None:
            self._count(page.viewed, environ)
        headers = [*page.headers, (STATUS, origin)]
        if _has_it(page, environ):
            headers = [pair for pair in headers if pair[0].lower() not in NOT_IN_304]
            start_response("304 Not Modified", headers)
            return [b""]
        start_response(page.status, headers)
        return [page.body if environ["REQUEST_METHOD"] == "GET" else b""]

    def _count(self, viewed: int, environ: dict[str, Any]) -> None:
        if environ["REQUEST_METHOD"] == "GET":
            self.viewed(viewed, environ)

    def _ask(
        self, key: tuple | None, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        # Read before the page is made: a change in between makes it stale.
        clock = self.marks.clock()
        said: list[tuple[str, Headers]] = []

        def listening(status: str, headers: Headers, *rest: Any) -> Any:
            if key is not None and _may_keep(environ, status, headers):
                # Answered below, when the page is complete.
                said.append((status, headers))
                return _no_writing
            return start_response(status, headers, *rest)

        response = self.application(environ, listening)
        shown: Shown | None = environ.get(SHOWN)
        if key is None or not said or shown is None:
            if shown is not None and shown.viewed is not None:
                self._count(shown.viewed, environ)
            return response
        try:
            body = b"".join(response)
        finally:
            if close := getattr(response, "close", None):
                close()
        (status, headers) = said[-1]
        page = Page(
            status=status,
            headers=headers,
            body=body,
            etag=_header(headers, "etag"),
            words_at=parse_http_date_safe(_header(headers, "last-modified")),
            shows=places(shown.names),
            clock=clock,
            until=monotonic() + self.seconds,
            viewed=shown.viewed,
        )
        if self.seconds and len(body) <= BIGGEST_PAGE_BYTES:
            self._keep(key, page)
        return self._answer(page, MISS, environ, start_response)

    def _keep(self, key: tuple, page: Page) -> None:
        with self._lock:
            if (old := self._pages.pop(key, None)) is not None:
                self._bytes -= old.size
            self._pages[key] = page
            self._bytes += page.size
            while self._bytes > self.most_bytes:
                _oldest, gone = self._pages.popitem(last=False)
                self._bytes -= gone.size

    def _drop(self, key: tuple) -> None:
        with self._lock:
            if (gone := self._pages.pop(key, None)) is not None:
                self._bytes -= gone.size


def _is_kept(query: str) -> bool:
    names = {name for name, _value in parse_qsl(query, keep_blank_values=True)}
    return names <= KEPT_PARAMETERS


def _no_writing(_data: bytes) -> None:
    raise NotImplementedError("Django returns its pages, it never writes them.")


def _may_keep(environ: dict[str, Any], status: str, headers: Headers) -> bool:
    shown: Shown | None = environ.get(SHOWN)
    if shown is None or not shown.is_alike_for_visitors:
        return False
    # What a HEAD is answered with has no body to keep.
    if environ["REQUEST_METHOD"] != "GET" or not status.startswith("200 "):
        return False
    if any(name.lower() == "set-cookie" for name, _value in headers):
        return False
    return "private" not in _header(headers, "cache-control")


def _header(headers: Headers, wanted: str) -> str:
    return next((value for name, value in headers if name.lower() == wanted), "")


def _has_it(page: Page, environ: dict[str, Any]) -> bool:
    """Whether the reader has the page. Who can name it is not asked for a date."""
    if wanted := environ.get("HTTP_IF_NONE_MATCH", ""):
        return bool(page.etag) and _names(page.etag, wanted)
    since = parse_http_date_safe(environ.get("HTTP_IF_MODIFIED_SINCE", ""))
    return page.words_at is not None and since is not None and page.words_at <= since


def _names(etag: str, wanted: str) -> bool:
    """Whether If-None-Match names this page; weak comparison, as for every GET."""
    bare = etag.removeprefix("W/")
    return wanted.strip() == "*" or bare in [
        one.strip().removeprefix("W/") for one in wanted.split(",")
    ]
