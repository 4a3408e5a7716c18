"""Asking another server: with a time limit, a size limit, and without redirects."""

from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

SECONDS = 10
MOST_BYTES = 65_536


class NoAnswer(Exception):
    """Nobody answered in time, or not in HTTP."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: bytes
    retry_after: str


def post(url: str, body: bytes, content_type: str) -> Reply:
    """Send it to exactly this address. Raises NoAnswer; a redirect is an answer."""
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    headers = {"Content-Type": content_type, "User-Agent": "Answerhall"}
    try:
        connection.request("POST", path, body, headers)
        response = connection.getresponse()
        retry_after = response.headers.get("Retry-After", "")
        return Reply(response.status, response.read(MOST_BYTES), retry_after)
    except (OSError, HTTPException) as error:
        raise NoAnswer(f"{parts.hostname}: {error}") from error
    finally:
        connection.close()
