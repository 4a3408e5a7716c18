"""What search does in the background."""

from datetime import datetime, timedelta

from common.outbox import handles
from common.timers import timer
from search import actions, similar


@handles(actions.OUTBOX_KIND, batch=200)
def index_touched(payloads: list[dict], at: datetime) -> None:
    actions.index_touched(payloads, at)


@handles(similar.OUTBOX_KIND, batch=20)
def find_similar(payloads: list[dict], at: datetime) -> None:
    similar.find_similar([payload["id"] for payload in payloads], at)


@timer("similar_things", every=timedelta(minutes=2))
def find_similar_due(at: datetime) -> str:
    return f"{similar.find_what_is_due(at)} looked up"


@timer("search_log_pruning", every=timedelta(days=1))
def prune_log(at: datetime) -> str:
    return f"{actions.prune_log(at)} old searches removed"
