"""Several people, each in a thread and with a connection of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

from django.db import connection

from common.errors import Refused

CROWD = 50


def all_at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Let all act in the same moment; refusals are returned, not raised."""
    barrier = Barrier(len(acts))

    def one(act: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


def each_at_once(act: Callable[[int], Any], size: int = CROWD) -> list[Any]:
    """Let fifty do the same in the same moment, each with a number from 0."""
    return all_at_once([partial(act, number) for number in range(size)])
