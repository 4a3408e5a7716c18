"""The monthly bonus: staff read a small sample of answers, then choose a band."""

from datetime import date, datetime, timedelta

from django.db import transaction

from community.models import Answer
from people.models import Person
from rewards.actions.agents import judge
from rewards.actions.earning import award
from rewards.actions.stepping import Reason, lock_term, move, require_manager, tell
from rewards.actions.training import missing_abilities
from rewards.errors import (
    AppointingYourself,
    BonusGiven,
    BonusRuleOff,
    BudgetSpent,
    MonthNotOver,
    NotInTheSample,
    NotThatStep,
    SampleTooSmall,
    TrainingMissing,
)
from rewards.models import EarnRule
from rewards.models.agents import SERVING, AgentTerm, State
from rewards.models.bonus import BonusBand, MonthlyBonus
from rewards.models.scorecards import Evaluation
from rewards.months import month_bounds
from rewards.queries.samples import sample_of

SOURCE = "rewards.monthlybonus"


@transaction.atomic
def judge_answer(
    *,
    person: Person,
    answer: Answer,
    month: date,
    marks: dict[int, int],
    by: Person,
    at: datetime,
    note: str = "",
) -> Evaluation:
    """Mark one answer of the sample. Another manager may mark it, too; once each."""
    require_manager(by)
    if person.pk == by.pk:
        raise AppointingYourself
    term = lock_term(person)
    if answer.pk not in [one.pk for one in sample_of(person, month)]:
        raise NotInTheSample
    if term.evaluations.filter(answer=answer, month=month, by=by).exists():
        raise NotInTheSample
    return judge(term, marks, by=by, note=note, at=at, answer=answer, month=month)


@transaction.atomic
def give_bonus(
    *,
    person: Person,
    month: date,
    band: BonusBand,
    by: Person,
    at: datetime,
    note: str = "",
) -> MonthlyBonus:
    """Give an agent's month its band, once; the points are the band's as of now."""
    require_manager(by)
    if person.pk == by.pk:
        raise AppointingYourself
    term = lock_term(person)
    if term.state not in SERVING:
        raise NotThatStep(step=State(term.state).label)
    over_at = month_bounds(month)[1]
    if at < over_at:
        raise MonthNotOver
    if MonthlyBonus.objects.filter(person=person, month=month).exists():
        raise BonusGiven
    _refuse_untrained(person, at)
    percent = _percent_of(term, month)
    bonus = MonthlyBonus.objects.create(
        term=term,
        person=person,
        month=month,
        band=band,
        points=band.points,
        percent=percent,
        note=note,
        by=by,
        at=at,
    )
    given = award(
        event=EarnRule.Event.AGENT_BONUS,
        person=person,
        source_type=SOURCE,
        source_id=bonus.pk,
        points=band.points,
        actor=by,
        # Within its month, so that it takes nothing from the cap of a working day.
        earned_at=over_at - timedelta(microseconds=1),
        at=at,
    )
    # Nobody is told of points they don't get.
    if given is None and band.points:
        raise BonusRuleOff
    if given is not None and given.data.get("refused"):
        raise BudgetSpent
    if term.state == State.SUPPORTED:
        move(term, State.REWARDED, actor=by, reason=Reason.BONUS, at=at)
    tell(
        term,
        "agent_bonus",
        at,
        once_per=f"{month:%Y-%m}",
        url=f"/agents/report/?month={month:%Y-%m}",
        band=band.pk,
        points=band.points,
        month=f"{month:%Y-%m}",
    )
    return bonus


def _percent_of(term: AgentTerm, month: date) -> int:
    """The mean of the sample, each answer counting once however many read it."""
    sample = sample_of(term.person, month)
    by_answer: dict[int, list[int]] = {one.pk: [] for one in sample}
    for answer_id, percent in term.evaluations.filter(
        month=month, answer__in=by_answer
    ).values_list("answer_id", "percent"):
        by_answer[answer_id].append(percent)
    missing = sum(not percents for percents in by_answer.values())
    if missing or not sample:
        raise SampleTooSmall(missing=missing or 1)
    means = [sum(percents) / len(percents) for percents in by_answer.values()]
    return round(sum(means) / len(means))


def _refuse_untrained(person: Person, at: datetime) -> None:
    missing = [one.title for one in missing_abilities(person, State.REWARDED, at)]
    if missing:
        raise TrainingMissing(abilities=", ".join(missing))
