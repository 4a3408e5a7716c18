"""A manager asks a member to serve as agent, or thanks them and ends it."""

from datetime import datetime

from django.db import transaction

from common.errors import NotAllowed
from people import actions as people
from people.models import Person
from rewards.errors import (
    AlreadyAnAgent,
    AppointingYourself,
    NotAMember,
    NotAnAgent,
)
from rewards.models import AgentTerm


@transaction.atomic
def appoint_agent(
    *, person: Person, by: Person, at: datetime, note: str = ""
) -> AgentTerm:
    """Make a member a service agent; their posts carry the badge from now on."""
    if not by.has_perm("rewards.manage_agents"):
        raise NotAllowed
    if person.pk == by.pk:
        raise AppointingYourself
    person = Person.objects.select_for_update().get(pk=person.pk)
    if is_agent(person):
        raise AlreadyAnAgent
    if person.is_staff or not person.is_active or person.is_imported:
        raise NotAMember
    term = AgentTerm.objects.create(
        person=person, started_at=at, appointed_by=by, note=note[:300]
    )
    people.set_standing(person=person, standing=Person.Standing.AGENT, at=at)
    people.notify(
        person=person,
        kind="rewards.agent_appointed",
        key=f"agent-appointed:{term.pk}",
        url="/leaders/",
        at=at,
    )
    return term


@transaction.atomic
def end_agent(*, person: Person, by: Person, at: datetime) -> AgentTerm:
    """End the term; what it allowed ends with the next request."""
    if not by.has_perm("rewards.manage_agents"):
        raise NotAllowed
    term = (
        AgentTerm.objects.select_for_update()
        .filter(person=person, ended_at__isnull=True)
        .first()
    )
    if term is None:
        raise NotAnAgent
    term.ended_at, term.ended_by = at, by
    term.save(update_fields=["ended_at", "ended_by"])
    people.set_standing(person=person, standing=Person.Standing.MEMBER, at=at)
    people.notify(
        person=person,
        kind="rewards.agent_ended",
        key=f"agent-ended:{term.pk}",
        url="/leaders/",
        at=at,
    )
    return term


@transaction.atomic
def forget_agent(*, person: Person, at: datetime) -> None:
    """Who is erased serves no longer, and why they were chosen is nobody's business."""
    terms = AgentTerm.objects.filter(person=person)
    terms.update(note="")
    terms.filter(ended_at__isnull=True).update(ended_at=at)


def is_agent(person: Person) -> bool:
    """Read from the role, not from the badge: an ended term counts at once."""
    return AgentTerm.objects.filter(person=person, ended_at__isnull=True).exists()
