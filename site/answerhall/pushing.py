"""Telling search engines what is new, changed or gone: IndexNow and Baidu.

Off until a key or token is configured. What to tell is a row of the outbox, written
with the fact; a worker sends them in batches. An engine that does not answer, or whose
quota for the day is used up, is left alone for a while, and the rows wait.
"""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache

from answerhall.languages import CODES
from common import outbox
from common.outbox import NotNow
from common.outgoing import NoAnswer, Reply, post
from community import indexing
from kb.queries import visible_articles

logger = logging.getLogger(__name__)

INDEXNOW, BAIDU = "push.indexnow", "push.baidu"
INDEXNOW_URL = "https://api.indexnow.org/indexnow"
BAIDU_URL = "http://data.zz.baidu.com/urls"
# IndexNow takes 10,000 addresses a call, Baidu 2,000.
ADDRESSES_PER_CALL = 1_000
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)
# What waited longer than this the engines have long found by the sitemap.
STALE_AFTER = timedelta(days=7)
A_DAY = timedelta(days=1)
BEIJING = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class Page:
    """Something with an address: a question or an article."""

    kind: str
    pk: int
    path: str


def push(page: Page, *, is_there: bool, at: datetime) -> None:
    """Have the engines told, inside the transaction of the fact."""
    payload = {
        "kind": page.kind,
        "pk": page.pk,
        "url": settings.BASE_URL + page.path,
        "at": at.isoformat(),
    }
    key = f"{page.kind}:{page.pk}"
    if settings.ANSWERHALL_INDEXNOW_KEY:
        outbox.put(INDEXNOW, key, payload, at=at)
    # Baidu takes no word of what is gone, and counts each against the day's quota.
    if settings.ANSWERHALL_BAIDU_TOKEN and is_there:
        outbox.put(BAIDU, key, payload, at=at)


def tell_indexnow(payloads: list[dict[str, Any]], at: datetime) -> None:
    """Added, changed and deleted alike: the engine comes and sees."""
    key = settings.ANSWERHALL_INDEXNOW_KEY
    urls = [one["url"] for one in payloads if key and not _is_stale(one, at)]
    if not urls:
        return
    told = {
        "host": urlsplit(settings.BASE_URL).netloc,
        "key": key,
        "keyLocation": f"{settings.BASE_URL}/{key}.txt",
        "urlList": urls,
    }
    body = json.dumps(told).encode()
    reply = _asked(
        INDEXNOW,
        at,
        lambda: post(INDEXNOW_URL, body, "application/json; charset=utf-8"),
    )
    if reply.status not in (200, 202):
        raise _pause(INDEXNOW, f"IndexNow answered {reply.status}", at, reply)
    _went_well(INDEXNOW)


def tell_baidu(payloads: list[dict[str, Any]], at: datetime) -> None:
    """In the order they came, as many as the day's quota has room for."""
    if not settings.ANSWERHALL_BAIDU_TOKEN:
        return
    there = _still_there([one for one in payloads if not _is_stale(one, at)])
    for done, payload in enumerate(payloads):
        # What needs no call is done; the first that does takes the rest with it.
        if payload["url"] in there:
            _spend_quota(payloads[done:], there, done, at)
            return


def _spend_quota(
    payloads: list[dict[str, Any]], there: set[str], before: int, at: datetime
) -> None:
    """Send what the quota has room for; its size is learnt from the first call."""
    sent = 0
    while sent < len(payloads):
        room = _room_today(at)
        if room == 0:
            raise NotNow("Baidu: over quota", until=_tomorrow(at), done=before + sent)
        step = payloads[sent : sent + (1 if room is None else room)]
        urls = [one["url"] for one in step if one["url"] in there]
        if urls:
            _send_to_baidu(urls, before + sent, at)
        sent += len(step)


def _send_to_baidu(urls: list[str], done: int, at: datetime) -> None:
    query = urlencode(
        {"site": settings.BASE_URL, "token": settings.ANSWERHALL_BAIDU_TOKEN}
    )
    reply = _asked(
        BAIDU,
        at,
        lambda: post(f"{BAIDU_URL}?{query}", "\n".join(urls).encode(), "text/plain"),
        done,
    )
    told = _json(reply)
    if reply.status == 200 and "remain" in told:
        _keep_room(int(told["remain"]), at)
        _went_well(BAIDU)
        return
    if "over quota" in str(told.get("message", "")):
        _keep_room(0, at)
        raise NotNow("Baidu: over quota", until=_tomorrow(at), done=done)
    words = f"Baidu answered {reply.status} {told.get('message', '')}".strip()
    raise _pause(BAIDU, words, at, reply, done)


def _still_there(payloads: list[dict[str, Any]]) -> set[str]:
    """The addresses of those that are worth an engine's visit now."""
    pks = {
        kind: [one["pk"] for one in payloads if one["kind"] == kind]
        for kind in ("question", "article")
    }
    threads: set[int] = set()
    for language in CODES:
        rows = indexing.indexable_threads(language).filter(pk__in=pks["question"])
        threads.update(rows.values_list("pk", flat=True))
    alive = {"question": threads, "article": visible_articles(pks["article"])}
    return {one["url"] for one in payloads if one["pk"] in alive[one["kind"]]}


def _asked(kind: str, at: datetime, ask: Callable[[], Reply], done: int = 0) -> Reply:
    try:
        return ask()
    except NoAnswer as error:
        raise _pause(kind, str(error), at, None, done) from error


def _pause(
    kind: str, words: str, at: datetime, reply: Reply | None, done: int = 0
) -> NotNow:
    """Longer each time, or as long as the engine asks for; told once a pause."""
    failures = cache.get(f"{kind}:failures", 0)
    cache.set(f"{kind}:failures", failures + 1, STALE_AFTER.total_seconds())
    pause = min(FIRST_PAUSE * 2 ** min(failures, 20), LONGEST_PAUSE)
    if reply is not None and reply.retry_after.isdecimal():
        asked = timedelta(seconds=min(int(reply.retry_after), 86_400))
        pause = max(pause, asked)
    logger.warning("%s; trying again in %s", words, pause)
    return NotNow(words, until=at + pause, done=done)


def _went_well(kind: str) -> None:
    cache.delete(f"{kind}:failures")


def _is_stale(payload: dict[str, Any], at: datetime) -> bool:
    return at - datetime.fromisoformat(payload["at"]) > STALE_AFTER


def _room_today(at: datetime) -> int | None:
    """What Baidu said remains of the day's quota; None while it has said nothing."""
    return cache.get(_quota_key(at))


def _keep_room(remain: int, at: datetime) -> None:
    cache.set(_quota_key(at), max(0, remain), A_DAY.total_seconds())


def _quota_key(at: datetime) -> str:
    return f"{BAIDU}:room:{at.astimezone(BEIJING):%Y-%m-%d}"


def _tomorrow(at: datetime) -> datetime:
    """The quota is per day of Baidu's clock and is not saved up."""
    midnight = at.astimezone(BEIJING).replace(hour=0, minute=5, second=0, microsecond=0)
    return midnight + A_DAY


def _json(reply: Reply) -> dict[str, Any]:
    try:
        told = json.loads(reply.body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
