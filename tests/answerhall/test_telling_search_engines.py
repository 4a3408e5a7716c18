"""Search engines are told of what is new, changed or gone, if somebody wants that."""

import io
import json
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.checks import run_checks
from django.core.management import call_command
from django.test import Client

from answerhall import pushing
from common import outgoing
from common.models import OutboxRow
from common.outbox import drain
from community import actions
from community.models import Circle
from kb.actions import add_topic, create_draft_article

KEY, TOKEN = "0123456789abcdef-KEY", "tOkEn"
BASE = "http://127.0.0.1:8000"
HELP = "Take the photo of your card again in daylight, that is what was wrong."
KINDS = [pushing.INDEXNOW, pushing.BAIDU]


class Engine:
    """A search engine on this machine: notes what it is told, answers as arranged."""

    def __init__(self):
        self.heard = []
        self.answers = []
        engine = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                engine.heard.append((self.path, dict(self.headers), body))
                status, words, headers = engine.answer()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(words)))
                self.end_headers()
                self.wfile.write(words)

            def log_message(self, *_words):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self):
        status, told, headers = self.answers.pop(0) if self.answers else (200, "", {})
        words = told if isinstance(told, str) else json.dumps(told)
        return status, words.encode(), headers

    def will_say(self, status=200, told="", headers=None):
        self.answers.append((status, told, headers or {}))

    @property
    def addresses(self):
        """What it was told of, call by call."""
        calls = []
        for _path, headers, body in self.heard:
            is_json = headers["Content-Type"].startswith("application/json")
            text = body.decode()
            calls.append(json.loads(text)["urlList"] if is_json else text.split("\n"))
        return calls


@pytest.fixture
def engine(monkeypatch):
    double = Engine()
    monkeypatch.setattr(pushing, "INDEXNOW_URL", f"{double.url}/indexnow")
    monkeypatch.setattr(pushing, "BAIDU_URL", f"{double.url}/urls")
    yield double
    double.server.shutdown()
    double.server.server_close()


@pytest.fixture(autouse=True)
def _forgetful_cache(settings):
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def indexnow(settings):
    settings.ANSWERHALL_INDEXNOW_KEY = KEY


@pytest.fixture
def baidu(settings):
    settings.ANSWERHALL_BAIDU_TOKEN = TOKEN


@pytest.fixture
def ask(site, asker, clock):
    def ask(title="Why is my port-in stuck in review?"):
        return actions.ask(
            person=asker,
            title=title,
            body=f"It has said in review for three days now. {title}",
            circle=Circle.objects.first(),
            tags=[],
            at=clock.now,
        )

    return ask


@pytest.fixture
def help_with(helper, clock):
    def help_with(question):
        answer = actions.answer(
            person=helper,
            question=question,
            body=f"{HELP} ({question.pk})",
            at=clock.move(minutes=1),
        )
        question.refresh_from_db()
        return answer

    return help_with


@pytest.fixture
def thread(ask, help_with):
    question = ask()
    help_with(question)
    return question


def url_of(thread):
    return BASE + thread.get_absolute_url()


def test_nothing_is_told_until_it_is_configured(thread, engine, clock):
    assert not OutboxRow.objects.filter(kind__in=KINDS).exists()

    drain(at=clock.now)
    assert engine.heard == []


# IndexNow


def test_indexnow_hears_of_additions_changes_and_deletions(
    indexnow, engine, ask, help_with, moderator, asker, clock
):
    question = ask()
    drain(at=clock.now, kinds=KINDS)
    assert engine.heard == []

    help_with(question)
    drain(at=clock.now, kinds=KINDS)
    path, headers, body = engine.heard[0]
    assert path == "/indexnow"
    assert headers["Content-Type"] == "application/json; charset=utf-8"
    assert json.loads(body) == {
        "host": "127.0.0.1:8000",
        "key": KEY,
        "keyLocation": f"{BASE}/{KEY}.txt",
        "urlList": [url_of(question)],
    }

    actions.comment(
        person=asker,
        post=question,
        body="It moved this morning.",
        at=clock.move(minutes=1),
    )
    drain(at=clock.now, kinds=KINDS)
    actions.delete(person=moderator, post=question, at=clock.move(minutes=1))
    drain(at=clock.now, kinds=KINDS)
    assert engine.addresses == [[url_of(question)]] * 3


def test_a_vote_is_no_news(indexnow, engine, thread, stranger, clock):
    drain(at=clock.now, kinds=KINDS)
    answer = thread.answers.get()

    actions.vote(person=stranger, post=answer, value=1, at=clock.move(minutes=1))
    drain(at=clock.now, kinds=KINDS)

    assert len(engine.heard) == 1


def test_several_are_told_in_one_call(indexnow, engine, ask, help_with, clock):
    threads = [ask(f"Why is number {name} not moving?") for name in ("one", "two")]
    for one in threads:
        help_with(one)

    assert drain(at=clock.now, kinds=KINDS) == 2
    assert engine.addresses == [[url_of(one) for one in threads]]


def test_articles_are_told_when_they_come_and_go(indexnow, engine, editor, clock):
    topic = add_topic(language="en", title="Bills", slug="bills", tags=[])
    article = create_draft_article(
        title="Read your bill",
        summary="What each line means.",
        body_markdown="The first line is the plan.",
        language="en",
        topic=topic,
        by=editor,
        at=clock.now,
    )
    drain(at=clock.move(minutes=1), kinds=KINDS)
    assert engine.heard == []

    article.get_latest_revision().publish()
    drain(at=clock.move(minutes=1), kinds=KINDS)
    article.refresh_from_db()
    article.unpublish()
    drain(at=clock.move(minutes=1), kinds=KINDS)

    assert engine.addresses == [[f"{BASE}/en/kb/bills/read-your-bill/"]] * 2


def test_imported_history_is_no_news(indexnow, baidu, engine, site, db, clock):
    call_command(
        "import_stackexchange",
        str(Path(__file__).parent.parent / "data" / "stackexchange"),
        language="en",
        quiet=True,
        stdout=io.StringIO(),
    )

    assert not OutboxRow.objects.filter(kind__in=KINDS).exists()


def test_the_key_file_is_there_for_the_key_alone(indexnow, site):
    there = Client().get(f"/{KEY}.txt")

    assert there.status_code == 200
    assert there.content.decode() == KEY
    assert there["Content-Type"] == "text/plain; charset=utf-8"
    assert Client().get("/0123456789abcdef-KEX.txt").status_code == 404


def test_without_a_key_there_is_no_key_file(site):
    assert Client().get("/0123456789abcdef-KEY.txt").status_code == 404


@pytest.mark.parametrize(
    "key", ["short", "with space in it", "x" * 129, "a_line_below"]
)
def test_a_key_engines_refuse_is_found_before_the_start(settings, key):
    settings.ANSWERHALL_INDEXNOW_KEY = key
    assert "answerhall.E002" in [one.id for one in run_checks()]

    settings.ANSWERHALL_INDEXNOW_KEY = KEY
    assert "answerhall.E002" not in [one.id for one in run_checks()]


@pytest.mark.parametrize("status", [302, 403, 422, 429, 500])
def test_an_engine_that_refuses_is_left_alone_longer_each_time(
    indexnow, engine, thread, ask, help_with, clock, status
):
    help_with(ask("Why is number two not moving?"))
    for _time in range(3):
        engine.will_say(status, headers={"Location": f"{engine.url}/elsewhere"})

    assert drain(at=clock.now, kinds=KINDS) == 0
    assert drain(at=clock.move(seconds=59), kinds=KINDS) == 0
    assert len(engine.heard) == 1
    drain(at=clock.move(seconds=2), kinds=KINDS)
    drain(at=clock.move(seconds=119), kinds=KINDS)
    assert len(engine.heard) == 2
    drain(at=clock.move(seconds=2), kinds=KINDS)
    assert len(engine.heard) == 3

    assert drain(at=clock.move(minutes=5), kinds=KINDS) == 2
    assert [path for path, *_rest in engine.heard] == ["/indexnow"] * 4


def test_who_says_when_to_come_back_is_obeyed(indexnow, engine, thread, clock):
    engine.will_say(429, headers={"Retry-After": "7200"})

    drain(at=clock.now, kinds=KINDS)
    drain(at=clock.move(minutes=119), kinds=KINDS)
    assert len(engine.heard) == 1
    assert drain(at=clock.move(minutes=2), kinds=KINDS) == 1


def test_an_engine_that_is_away_costs_nobody_anything(
    indexnow, engine, thread, clock, monkeypatch
):
    monkeypatch.setattr(pushing, "INDEXNOW_URL", "http://127.0.0.1:1/indexnow")
    for _hour in range(24 * 6):
        drain(at=clock.move(hours=1), kinds=KINDS)
    row = OutboxRow.objects.get(kind=pushing.INDEXNOW)
    assert (row.attempts, row.done_at) == (0, None)

    # After a week the sitemap has told it.
    for _hour in range(24 * 2):
        drain(at=clock.move(hours=1), kinds=KINDS)
    assert OutboxRow.objects.get(kind=pushing.INDEXNOW).done_at is not None
    assert engine.heard == []


# Baidu


def test_baidu_hears_of_what_is_there_one_address_a_line(
    baidu, engine, ask, help_with, clock
):
    threads = [ask(f"Why is number {n} not moving?") for n in ("one", "two", "six")]
    for one in threads:
        help_with(one)
    engine.will_say(told={"success": 1, "remain": 9})
    engine.will_say(told={"success": 2, "remain": 7})

    assert drain(at=clock.now, kinds=KINDS) == 3

    # The first call is small: it learns how much the day has room for.
    urls = [url_of(one) for one in threads]
    assert engine.addresses == [urls[:1], urls[1:]]
    path, headers, _body = engine.heard[0]
    assert urlsplit(path).path == "/urls"
    assert parse_qs(urlsplit(path).query) == {"site": [BASE], "token": [TOKEN]}
    assert headers["Content-Type"] == "text/plain"


def test_what_is_gone_is_not_sent_to_baidu(
    baidu, engine, thread, ask, help_with, moderator, clock
):
    stays = ask("Why is number two not moving?")
    help_with(stays)
    actions.delete(person=moderator, post=thread, at=clock.now)
    engine.will_say(told={"success": 1, "remain": 9})

    assert drain(at=clock.now, kinds=KINDS) == 2
    assert engine.addresses == [[url_of(stays)]]


def test_baidu_is_left_alone_when_the_days_quota_is_used_up(
    baidu, engine, ask, help_with, clock
):
    clock.move(hours=0)
    threads = [ask(f"Why is number {n} not moving?") for n in ("one", "two", "six")]
    for one in threads:
        help_with(one)
    engine.will_say(told={"success": 1, "remain": 1})
    engine.will_say(told={"success": 1, "remain": 0})

    assert drain(at=clock.now, kinds=KINDS) == 2
    assert drain(at=clock.now, kinds=KINDS) == 0
    assert len(engine.heard) == 2

    # A new thread on the same day waits with the others, without a call.
    help_with(ask("Why is number nine not moving?"))
    assert drain(at=clock.now, kinds=KINDS) == 0
    assert len(engine.heard) == 2

    engine.will_say(told={"success": 1, "remain": 100})
    engine.will_say(told={"success": 1, "remain": 99})
    tomorrow = pushing._tomorrow(clock.now)
    assert drain(at=tomorrow, kinds=KINDS) == 2
    assert len(engine.heard) == 4


def test_over_quota_stops_for_the_day_by_baidus_clock(baidu, engine, thread, clock):
    engine.will_say(400, {"error": 400, "message": "over quota"})

    assert drain(at=clock.now, kinds=KINDS) == 0

    row = OutboxRow.objects.get(kind=pushing.BAIDU)
    assert row.attempts == 0
    assert row.last_error == "Baidu: over quota"
    assert row.next_at == pushing._tomorrow(clock.now)


def test_baidus_day_begins_at_midnight_in_beijing():
    evening = datetime(2026, 11, 22, 15, 59, tzinfo=UTC)

    assert pushing._tomorrow(evening) == datetime(2026, 11, 22, 16, 5, tzinfo=UTC)
    later = evening + timedelta(minutes=10)
    assert pushing._tomorrow(later) == datetime(2026, 11, 23, 16, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (401, {"error": 401, "message": "token is not valid"}),
        (400, {"error": 400, "message": "site error"}),
        (200, "<html>Sign in to this network</html>"),
        (302, ""),
    ],
)
def test_a_refusal_of_baidu_is_tried_again_later(
    baidu, engine, thread, clock, status, told
):
    engine.will_say(status, told)
    assert drain(at=clock.now, kinds=KINDS) == 0

    engine.will_say(told={"success": 1, "remain": 9})
    assert drain(at=clock.move(minutes=2), kinds=KINDS) == 1


# Outgoing requests


def test_a_redirect_is_not_followed(engine):
    engine.will_say(307, headers={"Location": f"{engine.url}/elsewhere"})

    reply = outgoing.post(f"{engine.url}/here", b"x", "text/plain")

    assert reply.status == 307
    assert [path for path, *_rest in engine.heard] == ["/here"]


def test_who_does_not_answer_in_time_is_not_waited_for(monkeypatch):
    import socket

    monkeypatch.setattr(outgoing, "SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/"
        with pytest.raises(outgoing.NoAnswer):
            outgoing.post(url, b"x", "text/plain")
