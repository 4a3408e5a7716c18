"""What another score model would do to the ranks: shown before anybody applies it.

Nothing of a preview is stored with the scores. Where there is little to read it is
made while the manager waits, else by a worker; the cache keeps it for an hour.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache

from common.outbox import put
from rewards.actions.scoring import current_model, recent_help
from rewards.queries.leaders import newest_run
from rewards.scoring.compared import Comparison, Move, compared
from rewards.scoring.model import Model

PREVIEW = "rewards.preview_scores"
# About a second's work; more is a worker's.
AT_ONCE_ANSWERS = 100_000
KEPT = timedelta(hours=1)


def preview(*, model: Model, at: datetime) -> Comparison | None:
    """Old and new ranks by the latest history, or None while a worker compares them."""
    key = _key(model)
    if kept := cache.get(key):
        return _read(kept)
    run = newest_run()
    if run is None or run.answer_count <= AT_ONCE_ANSWERS:
        comparison = compare(model=model, at=at)
        cache.set(key, asdict(comparison), KEPT.total_seconds())
        return comparison
    put(PREVIEW, key, {"config": model.as_dict()}, at=at)
    return None


def preview_later(payloads: list[dict[str, Any]], at: datetime) -> None:
    for payload in payloads:
        model = Model.from_dict(payload["config"])
        comparison = compare(model=model, at=at)
        cache.set(_key(model), asdict(comparison), KEPT.total_seconds())


def compare(*, model: Model, at: datetime) -> Comparison:
    """Score the latest history by the current model and by this one."""
    old = recent_help(model=current_model(), at=at).scored(current_model())
    recent = recent_help(model=model, at=at)
    return compared(old, recent.scored(model), answers=len(recent.history))


def _key(model: Model) -> str:
    """The same preview once for the same pair of models, until either changes."""
    both = json.dumps([current_model().as_dict(), model.as_dict()], sort_keys=True)
    run = newest_run()
    name = hashlib.sha256(both.encode()).hexdigest()[:40]
    return f"score-preview:{run.pk if run else 0}:{name}"


def _read(kept: dict[str, Any]) -> Comparison:
    return Comparison(**(kept | {"moves": [Move(**row) for row in kept["moves"]]}))
