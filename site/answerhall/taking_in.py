"""What visitors send is taken in before anything of the site waits for it.

A WSGI layer: a form that arrives byte by byte holds one of the web server's many
threads, which cost next to nothing, and none of Django's few, which hold a database
connection each. Forty people on bad lines, or one on purpose, stop nobody else.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from tempfile import SpooledTemporaryFile
from typing import Any

from answerhall.page_cache import Application, StartResponse

# Larger than anything the site takes: pictures have 4 MB, editors' files a few more.
MOST_BYTES = 64 * 1024**2
IN_MEMORY_BYTES = 1024**2
CHUNK_BYTES = 64 * 1024


class TooLarge(Exception):
    pass


class NeverCame(Exception):
    """The sender went away in the middle."""


class TakesInFirst:
    def __init__(self, application: Application, *, at_once: int) -> None:
        self.application = application
        self._django = ThreadPoolExecutor(at_once, thread_name_prefix="django")

    def __call__(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        try:
            environ["wsgi.input"] = _whole_body(environ)
        except TooLarge:
            return _refuse(start_response, "413 Content Too Large")
        except NeverCame:
            return _refuse(start_response, "400 Bad Request")
        return self._django.submit(self._answer, environ, start_response).result()

    def _answer(
        self, environ: dict[str, Any], start_response: StartResponse
    ) -> Iterable[bytes]:
        answer = self.application(environ, start_response)
        if not getattr(answer, "streaming", False) or _is_file(answer):
            return answer
        # Made while it is read, in the language and with the connection of this thread.
        try:
            return list(answer)
        finally:
            answer.close()  # type: ignore[attr-defined]


def _is_file(answer: Any) -> bool:
    return getattr(answer, "file_to_stream", None) is not None


def _whole_body(environ: dict[str, Any]) -> Any:
    stream = environ["wsgi.input"]
    try:
        left = int(environ.get("CONTENT_LENGTH") or 0)
    except ValueError:
        left = 0
    if left <= 0:
        return stream
    if left > MOST_BYTES:
        raise TooLarge
    body = SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  closed with the request
    while left:
        chunk = stream.read(min(left, CHUNK_BYTES))
        if not chunk:
            raise NeverCame
        body.write(chunk)
        left -= len(chunk)
    body.seek(0)
    return body


def _refuse(start_response: StartResponse, status: str) -> Iterable[bytes]:
    start_response(status, [("Content-Type", "text/plain"), ("Connection", "close")])
    return [status.encode()]
