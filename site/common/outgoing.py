"""Asking another server: with a time limit, a size limit, and without redirects."""

import ipaddress
import socket
import ssl
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Event, Timer
from urllib.parse import SplitResult, urlsplit

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
    return _sent(connection, parts, body, {"Content-Type": content_type})


def post_outside(
    url: str, body: bytes, headers: Mapping[str, str], *, inside: Collection[str] = ()
) -> Reply:
    """Send it to an address somebody typed in: over HTTPS, to the public net alone.

    The name is looked up once, and what was looked at is what is called. A host (or
    host:port) named in `inside` may lie in one's own network and speak HTTP. Raises
    NoAnswer, also when the address is not allowed.
    """
    parts, is_inside = check_outside(url, inside=inside)
    host, port = parts.hostname or "", parts.port
    connection: HTTPConnection
    if is_inside:
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        connection = kind(host, port, timeout=SECONDS)
    else:
        connection = _Pinned(host, port, public_address(host, port or 443))
    return _sent(connection, parts, body, headers)


def check_outside(url: str, *, inside: Collection[str]) -> tuple[SplitResult, bool]:
    """The parts of an address post_outside may call, and whether it lies inside.

    Raises NoAnswer for any other. A name is not looked up yet, an address is.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError as error:
        raise NoAnswer("that is no address") from error
    is_inside = bool({host, f"{host}:{port}"} & set(inside))
    schemes = ("http", "https") if is_inside else ("https",)
    if not host or parts.scheme not in schemes or parts.username is not None:
        raise NoAnswer("only https:// addresses are called")
    if not is_inside and _is_address(host) and not _is_public(host):
        raise NoAnswer(f"{host} is not in the public net")
    return parts, is_inside


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def public_address(host: str, port: int) -> str:
    """Where the name leads. Raises NoAnswer if any of its addresses is not public."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NoAnswer(f"{host}: {error}") from error
    addresses = [str(one[4][0]) for one in found]
    if not addresses or not all(map(_is_public, addresses)):
        raise NoAnswer(f"{host} is not in the public net")
    return addresses[0]


def _is_public(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        embedded = ip.ipv4_mapped or ip.sixtofour or (ip.teredo or (None, None))[1]
        if embedded is not None or ip in _NAT64:
            return False
    return ip.is_global and not ip.is_multicast


_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class _Pinned(HTTPSConnection):
    """HTTPS to an address that was looked at; the name still proves who answers."""

    def __init__(self, host: str, port: int | None, address: str) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self._address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self._address, self.port), SECONDS)
        context = ssl.create_default_context()
        self.sock = context.wrap_socket(self.sock, server_hostname=self.host)


def _sent(
    connection: HTTPConnection,
    parts: SplitResult,
    body: bytes,
    headers: Mapping[str, str],
) -> Reply:
    path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    try:
        with _cut_off_in_time(connection):
            connection.request(
                "POST", path, body, {"User-Agent": "Answerhall"} | dict(headers)
            )
            response = connection.getresponse()
            retry_after = response.headers.get("Retry-After", "")
            return Reply(response.status, response.read(MOST_BYTES), retry_after)
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(f"{parts.hostname}: {error}") from error
    finally:
        connection.close()


@contextmanager
def _cut_off_in_time(connection: HTTPConnection) -> Iterator[None]:
    """End the exchange after SECONDS in all, however busily the other side drips.

    A socket's own timeout begins anew with every byte. Raises TimeoutError.
    """
    connected, is_over = Event(), Event()

    def cut() -> None:
        is_over.set()
        # While it connects and shakes hands, the connection knows its socket.
        open_one = sock if connected.is_set() else connection.sock
        if open_one is not None:
            with suppress(OSError):
                open_one.shutdown(socket.SHUT_RDWR)

    sock: socket.socket | None = None
    timer = Timer(SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        connection.connect()
        # The response takes it over, and the connection forgets it.
        sock = connection.sock
        connected.set()
        _refuse_if(is_over)
        yield
    finally:
        timer.cancel()
    _refuse_if(is_over)


def _refuse_if(is_over: Event) -> None:
    if is_over.is_set():
        raise TimeoutError(f"no whole answer within {SECONDS} seconds")
