"""What search does in the background."""

from datetime import datetime, timedelta

from common.outbox import handles
from common.timers import timer
from search import actions


@handles(actions.OUTBOX_KIND, batch=200)
def index_touched(payloads: list[dict], at: datetime) -> None:
    actions.index_touched(payloads, at)


@timer("search_log_pruning", every=timedelta(days=1))
def prune_log(at: datetime) -> str:
    return f"{actions.prune_log(at)} old searches removed"
