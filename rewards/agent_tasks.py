"""What comes due by itself in the agents' programme."""

from datetime import datetime, timedelta

from common.outbox import handles
from common.timers import timer
from rewards.actions import (
    ask_for_new_terms,
    find_candidates,
    lapse_agents,
    remind_of_certificates,
    tell_agents,
)
from rewards.actions.bench import TELL_AGENTS
from rewards.models import Notice


@timer("rewards.find_candidates", every=timedelta(hours=1))
def find(at: datetime) -> str:
    """Often, so that it follows the scores soon; without a new run it does nothing."""
    return str(find_candidates(at=at))


@timer("rewards.agents", every=timedelta(hours=1))
def agents(at: datetime) -> str | None:
    asked, stopped = ask_for_new_terms(at=at), lapse_agents(at=at)
    remind_of_certificates(at=at)
    return f"terms asked: {asked}, lapsed: {stopped}" if asked or stopped else None


@handles(TELL_AGENTS)
def tell(payloads: list[dict], at: datetime) -> None:
    for payload in payloads:
        notice = Notice.objects.filter(pk=payload["notice"]).first()
        if notice is not None:
            tell_agents(notice=notice, at=at)
