"""Rules send what nobody solved in time to our team."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from desk import queries
from desk.actions.opening import escalate
from desk.models import EscalationRule

logger = logging.getLogger(__name__)


@dataclass
class Run:
    """What one run did: `passed_by` were done by somebody else in the meantime."""

    opened: int = 0
    passed_by: int = 0
    failed: int = 0

    def __str__(self) -> str:
        return (
            f"tickets opened: {self.opened}, passed by: {self.passed_by}, "
            f"failed: {self.failed}"
        )


def run_escalations(
    *, at: datetime, progress: Callable[[int], object] = lambda _count: None
) -> Run:
    """Send every thread that is due at this moment to our team, each exactly once.

    Looks for everything due, not for the last minute, so a runner that was off for
    days catches up. Each thread is a transaction of its own: any number of runners,
    an interruption or a crash change nothing about the outcome.
    """
    run = Run()
    for rule in EscalationRule.objects.enabled().automatic():
        # Ids only: after a long outage there may be many.
        for question_id in list(queries.due(rule, at).values_list("pk", flat=True)):
            _escalate_one(rule, question_id, at, run)
            progress(1)
    return run


def _escalate_one(
    rule: EscalationRule, question_id: int, at: datetime, run: Run
) -> None:
    try:
        ticket = escalate(rule=rule, question_id=question_id, at=at)
    except Exception:  # one bad thread must not hold up the others
        logger.exception("Question %d could not be escalated", question_id)
        run.failed += 1
        return
    if ticket is None:
        run.passed_by += 1
    else:
        run.opened += 1
