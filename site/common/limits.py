"""How often something may be done.

Counted in Redis where there is one, else in the database; and in the database too when
Redis is gone, so that a limit never falls away with a cache. Keys are hashed: nobody
reads addresses out of the counters.
"""

import hashlib
import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache
from django.db import connection, transaction
from django.utils import timezone

from common.errors import TooMany
from common.models import LimitWindow

logger = logging.getLogger(__name__)

# After a failure Redis is left alone for this long: each try may cost a timeout.
REDIS_PAUSE_SECONDS = 30

_redis_rests_until = 0.0


def spend(
    action: str, key: str, *limits: tuple[int, int], at: datetime | None = None
) -> None:
    """Count one try; raise TooMany at more than n in s seconds for any (n, s).

    A window begins with the first try and ends s seconds later. Give short windows
    first: a try that one of them refuses is not counted in the longer ones. Call it
    before the action's transaction, which would undo the count if it fails.
    """
    at = at or timezone.now()
    windows = [
        (_hashed(action, key, seconds), allowed, seconds) for allowed, seconds in limits
    ]
    refused = _in_redis(windows)
    if refused is None:
        refused = _in_database(windows, at)
    if refused:
        raise TooMany(retry_after=refused)


def prune(at: datetime) -> int:
    """Remove windows that have ended; return how many."""
    return LimitWindow.objects.filter(ends_at__lt=at).delete()[0]


def _hashed(action: str, key: str, seconds: int) -> str:
    words = f"{action}\x1f{key}\x1f{seconds}".encode("utf-8", "backslashreplace")
    return hashlib.sha256(words).hexdigest()


def _in_database(windows: Iterable[tuple[str, int, int]], at: datetime) -> int:
    """Seconds to wait, or 0."""
    table = connection.ops.quote_name(LimitWindow._meta.db_table)
    # One statement, so that tries at the same moment are all counted.
    count_one = (
        f"INSERT INTO {table} AS kept (key, count, ends_at) VALUES (%s, 1, %s)"  # noqa: S608
        " ON CONFLICT (key) DO UPDATE SET"
        " count = CASE WHEN kept.ends_at <= %s THEN 1 ELSE kept.count + 1 END,"
        " ends_at = CASE WHEN kept.ends_at <= %s THEN excluded.ends_at"
        " ELSE kept.ends_at END"
        " RETURNING count, ends_at"
    )
    ends_at_field = LimitWindow._meta.get_field("ends_at")
    with transaction.atomic(), connection.cursor() as cursor:
        for key, allowed, seconds in windows:
            ends_at = at + timedelta(seconds=seconds)
            now, end = (
                ends_at_field.get_db_prep_value(moment, connection)
                for moment in (at, ends_at)
            )
            cursor.execute(count_one, [key, end, now, now])
            count, _end = cursor.fetchone()
            if count > allowed:
                window = LimitWindow.objects.get(pk=key)
                return max(1, round((window.ends_at - at).total_seconds()))
    return 0


def _in_redis(windows: Iterable[tuple[str, int, int]]) -> int | None:
    """Seconds to wait, or 0; None if there is no Redis to ask."""
    global _redis_rests_until
    cache = caches["default"]
    if not isinstance(cache, RedisCache) or time.monotonic() < _redis_rests_until:
        return None
    try:
        for key, allowed, seconds in windows:
            count, wait = _count_in(cache, f"limit:{key}", seconds)
            if count > allowed:
                return wait
    except Exception:  # noqa: BLE001  redis-py is optional, so its errors have no name here
        _redis_rests_until = time.monotonic() + REDIS_PAUSE_SECONDS
        logger.exception("Redis does not answer: limits are counted in the database")
        return None
    return 0


def _count_in(cache: RedisCache, key: str, seconds: int) -> tuple[int, int]:
    client = cache._cache.get_client(write=True)
    name = cache.make_and_validate_key(key)
    pipe = client.pipeline(transaction=True)
    pipe.set(name, 0, ex=seconds, nx=True)
    pipe.incr(name)
    pipe.ttl(name)
    _set, count, wait = pipe.execute()
    return count, max(1, wait)
