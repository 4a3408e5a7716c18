"""Work that comes due by itself."""

from datetime import datetime, timedelta

from common.outbox import handles
from common.timers import timer
from people.models import Person
from rewards import (  # noqa: F401  register their timers
    agent_tasks,
    badge_tasks,
    fairplay_tasks,
)
from rewards.actions import close_purse, expire_points, score_leaders, vest_points
from rewards.actions.delivering import deliver
from rewards.actions.earning import PAY_LATER, pay_later
from rewards.actions.hooks import DELIVER
from rewards.actions.leaving import CLOSE
from rewards.actions.noticing import forget_links, tell_of_expiry
from rewards.actions.previewing import PREVIEW, preview_later
from rewards.actions.queueing import SOLD_OUT, look_after_rooms, tell_waiting
from rewards.actions.redeeming import lapse_holds
from rewards.actions.scoring import last_help
from rewards.actions.summing import sum_days
from rewards.actions.watching import watch_budget
from rewards.models import Gift, LeaderRun


@timer("rewards.vest", every=timedelta(minutes=10))
def vest(at: datetime) -> str | None:
    released = vest_points(at=at)
    return f"{released} points released" if released else None


@timer("rewards.expire", every=timedelta(hours=1))
def expire(at: datetime) -> str | None:
    expired = expire_points(at=at)
    return f"{expired} points expired" if expired else None


@timer("rewards.score_leaders", every=timedelta(days=1))
def score(at: datetime) -> str | None:
    if last_help(at=at) < at and not LeaderRun.objects.exists():
        return None
    run = score_leaders(at=at)
    return f"{run.answer_count} answers scored"


@timer("rewards.lapse_holds", every=timedelta(seconds=30))
def lapse(at: datetime) -> str | None:
    lapsed = lapse_holds(at=at)
    return f"{lapsed} holds given back" if lapsed else None


@timer("rewards.waiting_rooms", every=timedelta(seconds=5))
def wait(at: datetime) -> str | None:
    given = look_after_rooms(at=at)
    return f"{given} turns given" if given else None


@timer("rewards.expiry_notices", every=timedelta(hours=1))
def warn(at: datetime) -> str | None:
    forget_links(at=at)
    told = tell_of_expiry(at=at)
    return f"{told} people told" if told else None


@handles(DELIVER)
def tell_hook(payloads: list[dict], at: datetime) -> None:
    for payload in payloads:
        deliver(delivery_id=payload["delivery"], at=at)


@handles(SOLD_OUT)
def tell_those_who_waited(payloads: list[dict], at: datetime) -> None:
    for payload in payloads:
        gift = Gift.objects.get(pk=payload["gift"])
        while tell_waiting(gift=gift, at=at):
            pass


@handles(CLOSE)
def close(payloads: list[dict], at: datetime) -> None:
    for payload in payloads:
        close_purse(person=Person.objects.get(pk=payload["person"]), at=at)


@timer("rewards.sum_days", every=timedelta(hours=1))
def sum_up(at: datetime) -> str | None:
    days = sum_days(at=at)
    return f"{days} days summed" if days else None


@timer("rewards.budget", every=timedelta(minutes=1))
def budget(at: datetime) -> str | None:
    return watch_budget(at=at)


@handles(PAY_LATER)
def pay(payloads: list[dict], at: datetime) -> None:
    for payload in payloads:
        pay_later(person_id=payload["person"], award_id=payload["award"], at=at)


handles(PREVIEW)(preview_later)
