"""What the house itself looks after."""

from datetime import datetime, timedelta

from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from common import limits, outbox
from common.timers import timer

STUCK_AFTER = timedelta(hours=1)
KEEP_TASKS_DAYS = 7


class WorkerLost(Exception):
    """The task's worker was killed: no result came in the time any task may take."""


@timer("outbox", every=timedelta(seconds=10))
def drain_outbox(at: datetime) -> str:
    return f"{outbox.drain(at)} done"


@timer("outbox_pruning", every=timedelta(days=1))
def prune_outbox(at: datetime) -> str:
    return f"{outbox.prune(at)} old rows removed"


@timer("limits_pruning", every=timedelta(hours=1))
def prune_limits(at: datetime) -> str:
    return f"{limits.prune(at)} windows removed"


@timer("scheduled_articles", every=timedelta(minutes=1))
def publish_scheduled(_at: datetime) -> None:
    call_command("publish_scheduled", verbosity=0)


@timer("lost_tasks", every=timedelta(minutes=5))
def fail_lost_tasks(at: datetime) -> str:
    """A killed worker leaves its task running for ever; its rows wait in the outbox."""
    lost = list(DBTaskResult.objects.running().filter(started_at__lt=at - STUCK_AFTER))
    for result in lost:
        result.set_failed(WorkerLost(f"Running since {result.started_at}"))
    return f"{len(lost)} given up"


@timer("task_pruning", every=timedelta(days=1))
def prune_tasks(_at: datetime) -> None:
    call_command(
        "prune_db_task_results",
        queue_name="*",
        min_age_days=KEEP_TASKS_DAYS,
        verbosity=0,
    )
