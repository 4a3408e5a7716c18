"""The one place where somebody moves on in the agents' programme."""

from datetime import datetime

from common.errors import NotAllowed
from people import actions as people
from people.models import Person
from rewards.errors import NotAnAgent, NotThatStep
from rewards.models.agents import (
    MOVES,
    NOTE_MOST_CHARS,
    SERVING,
    AgentStep,
    AgentTerm,
    State,
    Who,
)

Reason = AgentStep.Reason
BENCH = "/agents/"


def lock_term(person: Person) -> AgentTerm:
    """The person's open term; whoever else moves them waits until we are done."""
    Person.objects.select_for_update().get(pk=person.pk)
    term = (
        AgentTerm.objects.select_for_update(of=("self",))
        .select_related("person")
        .filter(person=person, ended_at=None)
        .first()
    )
    if term is None:
        raise NotAnAgent
    return term


def begin(
    person: Person, *, actor: Person | None, reason: str, note: str, at: datetime
) -> AgentTerm:
    term = AgentTerm.objects.create(
        person=person, state=State.FOUND, state_since=at, answer_by=None
    )
    _write(term, "", State.FOUND, _who(term, actor), actor, reason, note, at)
    return term


def move(
    term: AgentTerm,
    to: State,
    *,
    actor: Person | None,
    reason: str,
    at: datetime,
    note: str = "",
) -> AgentStep:
    """Take a locked term one step on, with what hangs on it: history and badge."""
    who = _who(term, actor)
    before = State(term.state)
    if who not in MOVES.get((before, to), ()):
        raise NotThatStep(step=before.label)
    term.state, term.state_since = to, at
    term.paused_in = before if to == State.PAUSED else ""
    if to == State.ENDED:
        term.ended_at = at
    if to == State.SUPPORTED and term.started_at is None:
        term.started_at = at
    term.save()
    step = _write(term, before, to, who, actor, reason, note, at)
    if (before in SERVING) != (to in SERVING):
        standing = Person.Standing.AGENT if to in SERVING else Person.Standing.MEMBER
        people.set_standing(person=term.person, standing=standing, at=at)
    return step


def tell(
    term: AgentTerm,
    what: str,
    at: datetime,
    *,
    once_per: object,
    to: Person | None = None,
    url: str = BENCH,
    **data: object,
) -> None:
    people.notify(
        person=to or term.person,
        kind=f"rewards.{what}",
        key=f"{what}:{term.pk}:{once_per}",
        data=data,
        url=url,
        at=at,
    )


def require_manager(by: Person) -> None:
    if not by.has_perm("rewards.manage_agents"):
        raise NotAllowed


def _who(term: AgentTerm, actor: Person | None) -> Who:
    if actor is None:
        return Who.PROGRAMME
    return Who.MEMBER if actor.pk == term.person_id else Who.MANAGER


def _write(
    term: AgentTerm,
    before: str,
    to: str,
    who: Who,
    actor: Person | None,
    reason: str,
    note: str,
    at: datetime,
) -> AgentStep:
    return AgentStep.objects.create(
        term=term,
        number=term.steps.count() + 1,
        from_state=before,
        to_state=to,
        who=who,
        actor=actor,
        reason=reason,
        note=note[:NOTE_MOST_CHARS],
        at=at,
    )
