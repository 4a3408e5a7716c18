"""Agents and staff talk on a line of their own; who waits there is not forgotten."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse

from common.limits import spend
from common.text import clean_body, clean_line
from people import actions as people
from people.models import Person
from rewards.actions.agents import require_agent
from rewards.actions.stepping import BENCH, require_manager
from rewards.errors import NothingWritten
from rewards.models.bench import LINE_MOST_CHARS, LineMessage, Notice
from rewards.queries.staff import in_charge

LINE_LIMITS = ((10, 60), (100, 86_400))


@transaction.atomic
def write_on_line(
    *,
    agent: Person,
    by: Person,
    body: str,
    at: datetime,
    notice: Notice | None = None,
) -> LineMessage:
    """Say something on an agent's line to staff: the agent, or staff to the agent.

    Staff hear once that somebody waits, however much is written until they answer.
    """
    if by.pk == agent.pk:
        require_agent(by)
        spend("agent_line", str(by.pk), *LINE_LIMITS)
    else:
        require_manager(by)
    body = clean_body(body, LINE_MOST_CHARS).strip()
    if not body:
        raise NothingWritten
    # Two messages at once are one wait.
    Person.objects.select_for_update().get(pk=agent.pk)
    waited_already = LineMessage.objects.waiting().filter(agent=agent).exists()
    message = LineMessage.objects.create(
        agent=agent, author=by, body=body, notice=notice, at=at
    )
    if by.pk != agent.pk:
        people.notify(
            person=agent,
            kind="rewards.agent_line",
            key=f"agent_line:{message.pk}",
            url=f"{BENCH}line/",
            at=at,
        )
    elif not waited_already:
        _tell_staff(message)
    return message


@transaction.atomic
def settle_line(*, agent: Person, by: Person, at: datetime) -> None:
    """Say that what the agent wrote last needs no answer."""
    require_manager(by)
    LineMessage.objects.filter(agent=agent, author=agent, settled_at=None).update(
        settled_at=at, settled_by=by
    )


@transaction.atomic
def hide_line_message(
    *, message: LineMessage, by: Person, reason: str, at: datetime
) -> None:
    """Take a message out of sight of the agent; staff see that, why, and by whom."""
    require_manager(by)
    reason = clean_line(reason, 200)
    LineMessage.objects.filter(pk=message.pk, hidden_at=None).update(
        hidden_at=at, hidden_by=by, hidden_reason=reason
    )


def _tell_staff(message: LineMessage) -> None:
    agent = message.agent
    for manager in in_charge("manage_agents").exclude(pk=agent.pk):
        people.notify(
            person=manager,
            kind="rewards.agent_waits",
            key=f"agent_waits:{message.pk}:{manager.pk}",
            data={"name": agent.name},
            url=reverse("rewards_line", args=[agent.pk]),
            at=message.at,
        )
