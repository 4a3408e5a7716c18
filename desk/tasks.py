"""What the desk looks after by itself."""

from datetime import datetime, timedelta

from common.timers import timer
from desk.actions import run_escalations


@timer("escalations", every=timedelta(minutes=1))
def escalate_what_is_due(at: datetime) -> str:
    return str(run_escalations(at=at))
