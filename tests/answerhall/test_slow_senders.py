"""Somebody whose form arrives byte by byte keeps nobody else waiting."""

import io
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock, current_thread

import pytest
from django.http import StreamingHttpResponse

from answerhall.taking_in import MOST_BYTES, TakesInFirst


class Line:
    """A connection on which the rest comes when `sent` is set."""

    def __init__(self, first: bytes, rest: bytes, sent: Event) -> None:
        self.parts, self.sent = [first, rest], sent

    def read(self, _size: int) -> bytes:
        if len(self.parts) == 1:
            assert self.sent.wait(20)
        return self.parts.pop(0) if self.parts else b""


class Site:
    """Reads the form, answers with it, and remembers how many it had at once."""

    def __init__(self) -> None:
        self.lock, self.inside, self.most, self.seen = Lock(), 0, 0, []

    def __call__(self, environ, start_response):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        form = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        with self.lock:
            self.inside -= 1
            self.seen.append(form)
        start_response("200 OK", [])
        return [form]


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def front(site: Site) -> TakesInFirst:
    return TakesInFirst(site, at_once=2)


def post(front: TakesInFirst, stream, length: object) -> tuple[str, bytes]:
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "CONTENT_LENGTH": str(length),
        "wsgi.input": stream,
    }
    answer = front(environ, lambda status, _headers: said.append(status))
    return said[0], b"".join(answer)


def test_forty_slow_senders_keep_nobody_waiting(front, site):
    sent = Event()
    with ThreadPoolExecutor(40) as people:
        slow = [
            people.submit(post, front, Line(b"a", b"b", sent), 2) for _ in range(40)
        ]

        quick = post(front, io.BytesIO(b"quick"), 5)

        assert quick == ("200 OK", b"quick")
        assert site.seen == [b"quick"]
        sent.set()
        assert [each.result() for each in slow] == [("200 OK", b"ab")] * 40
    assert site.most <= 2


def test_a_form_that_breaks_off_changes_nothing(front, site):
    assert post(front, io.BytesIO(b"half"), 8)[0].startswith("400")
    assert site.seen == []


def test_more_than_anything_the_site_takes_is_not_even_read(front, site):
    line = io.BytesIO(b"x")

    assert post(front, line, MOST_BYTES + 1)[0].startswith("413")
    assert line.tell() == 0
    assert site.seen == []


def test_a_large_upload_arrives_whole(front):
    picture = bytes(range(256)) * 12_000

    assert post(front, io.BytesIO(picture), len(picture))[1] == picture


def test_what_is_made_while_it_is_read_is_made_in_one_thread():
    """Its words and its database connection belong to the thread that began it."""

    def application(environ, start_response):
        began = current_thread().name.encode()

        def lines():
            yield began
            yield current_thread().name.encode()

        start_response("200 OK", [])
        return StreamingHttpResponse(lines())

    answer = TakesInFirst(application, at_once=1)(
        {"wsgi.input": io.BytesIO()}, lambda *_: None
    )

    first, second = answer
    assert first == second
    assert first.startswith(b"django")
