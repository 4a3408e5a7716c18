"""Every night: who helps steadily comes onto the candidates' list, who stopped goes."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from people.models import Person
from rewards.actions.stepping import Reason, begin, lock_term, move
from rewards.models.agents import AgentTerm, Programme, State, Who
from rewards.models.leaders import LeaderRun, LeaderScore


@dataclass
class Found:
    entered: int = 0
    left: int = 0

    def __str__(self) -> str:
        return f"candidates found: {self.entered}, off the list: {self.left}"


def find_candidates(*, at: datetime) -> Found:
    """Bring the list up to the newest runs. Doing it again changes nothing.

    To enter takes several runs in a row among the first places, to leave the list
    several outside a wider range. Nobody loses more by it than their place on this
    list: whoever was judged or invited is left to people.
    """
    figures = Programme.figures()
    found = Found()
    for person_id in _steady(figures, at):
        found.entered += _enter(person_id, at)
    for person_id in _fallen(figures):
        found.left += _leave(person_id, at)
    return found


def _steady(figures: Programme, at: datetime) -> list[int]:
    runs = _newest_runs(figures.runs_to_enter)
    if len(runs) < figures.runs_to_enter:
        return []
    top = LeaderScore.objects.filter(
        run=runs[0], tag=None, rank__lte=figures.candidate_places
    )
    for run in runs[1:]:
        before = LeaderScore.objects.filter(
            run=run,
            tag=None,
            rank__lte=figures.candidate_places,
            person=OuterRef("person"),
        )
        top = top.filter(Exists(before))
    mine = AgentTerm.objects.filter(person=OuterRef("person"))
    return list(
        top.exclude(Exists(mine.filter(ended_at=None)))
        .exclude(Exists(mine.filter(ask_again_at__gt=at)))
        .filter(person__standing=Person.Standing.MEMBER)
        .filter(person__source="", person__is_active=True)
        .order_by("rank")
        .values_list("person_id", flat=True)
    )


def _fallen(figures: Programme) -> list[int]:
    """Candidates whom the score had found, and who were outside in all last runs."""
    runs = _newest_runs(figures.runs_to_leave)
    if len(runs) < figures.runs_to_leave:
        return []
    inside = LeaderScore.objects.filter(
        run__in=runs,
        tag=None,
        rank__lte=figures.places_to_stay,
        person=OuterRef("person"),
    )
    by_score = AgentTerm.objects.filter(
        state=State.FOUND, steps__number=1, steps__who=Who.PROGRAMME
    )
    fallen = by_score.exclude(Exists(inside)).order_by("pk")
    return list(fallen.values_list("person_id", flat=True))


@transaction.atomic
def _enter(person_id: int, at: datetime) -> bool:
    person = Person.objects.select_for_update().get(pk=person_id)
    if AgentTerm.objects.filter(person=person, ended_at=None).exists():
        return False
    begin(person, actor=None, reason=Reason.SCORE, note="", at=at)
    return True


@transaction.atomic
def _leave(person_id: int, at: datetime) -> bool:
    term = lock_term(Person.objects.get(pk=person_id))
    if term.state != State.FOUND:
        return False
    move(term, State.ENDED, actor=None, reason=Reason.OFF_LIST, at=at)
    return True


def _newest_runs(count: int) -> list[int]:
    runs = LeaderRun.objects.filter(finished_at__isnull=False)
    return list(runs.order_by("-at", "-pk").values_list("pk", flat=True)[:count])
