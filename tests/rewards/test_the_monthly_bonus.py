"""A month's bonus: staff read a few answers and choose a band; no count decides."""

from datetime import date

import pytest
from django.urls import reverse

from common.errors import NotAllowed
from rewards import actions, queries
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
from rewards.models import (
    Ability,
    AgentTerm,
    BonusBand,
    EarnRule,
    MonthlyBonus,
    PointsTerms,
    Programme,
    Transfer,
)
from rewards.months import month_bounds
from tests.rewards.test_appointing_agents import marks

pytestmark = pytest.mark.django_db


@pytest.fixture
def month(clock):
    """A month that is over; answers of it are written by `answers`."""
    clock.now = clock.now.replace(day=10) if clock.now.day > 10 else clock.now
    return date(clock.now.year, clock.now.month, 1)


@pytest.fixture
def answers(agent, make_answer, neighbours, make_question, month):
    Ability.objects.update(needed_for="")

    def write(size):
        return [
            make_answer(question=make_question(by=person), by=agent)
            for person in neighbours(size)
        ]

    return write


@pytest.fixture
def over(clock, month):
    """The month is over from now on."""

    def over():
        clock.now = month_bounds(month)[1]

    return over


@pytest.fixture
def judge(agent, manager, month, clock):
    def judge(answer, mark=4, by=None):
        return actions.judge_answer(
            person=agent,
            answer=answer,
            month=month,
            marks=marks(mark),
            by=by or manager,
            at=clock.now,
        )

    return judge


@pytest.fixture
def give(agent, manager, month, clock):
    def give(band="Very good", by=None):
        return actions.give_bonus(
            person=agent,
            month=month,
            band=BonusBand.objects.get(title_en=band),
            by=by or manager,
            at=clock.now,
        )

    return give


def test_the_band_says_what_a_month_is_worth(
    answers, judge, give, over, agent, points, manager
):
    for answer in answers(3):
        judge(answer, 3)
    over()

    bonus = give("Very good")

    assert (bonus.points, bonus.percent, bonus.by) == (200, 75, manager)
    assert points(agent) == 200
    award = Transfer.objects.get(person=agent, kind="award")
    assert (award.reason, award.actor) == ("agent_bonus", manager)
    assert AgentTerm.objects.get().state == "rewarded"
    assert agent.notifications.latest("pk").kind == "rewards.agent_bonus"


def test_more_answers_earn_nothing_more(answers, judge, give, over, agent, points):
    Programme.objects.update(sample_size=2)
    answers(6)
    sample = actions.sample_of(agent, date(2020, 1, 1))
    assert sample == []
    (answer, _other) = actions.sample_of(agent, _month_of(agent))
    judge(answer)
    over()
    with pytest.raises(SampleTooSmall):
        give()

    judge(_other)
    assert give().points == points(agent) == 200


def test_one_bonus_a_month_whoever_gives_it(answers, judge, give, over, agent, points):
    for answer in answers(1):
        judge(answer)
    over()
    give()

    with pytest.raises(BonusGiven):
        give("Outstanding")

    assert MonthlyBonus.objects.count() == 1
    assert points(agent) == 200


def test_nobody_is_told_of_points_that_the_budget_has_not(
    answers, judge, give, over, agent, points
):
    for answer in answers(1):
        judge(answer)
    over()
    PointsTerms.current().save()
    PointsTerms.objects.update(monthly_budget=199)

    with pytest.raises(BudgetSpent):
        give("Very good")

    assert points(agent) == 0
    assert not MonthlyBonus.objects.exists()
    assert not agent.notifications.filter(kind="rewards.agent_bonus").exists()
    PointsTerms.objects.update(monthly_budget=400)
    give("Very good")
    assert points(agent) == 200


def test_no_bonus_while_its_rule_is_off(answers, judge, give, over, agent, points):
    for answer in answers(1):
        judge(answer)
    over()
    bonus_rule = EarnRule.objects.filter(event=EarnRule.Event.AGENT_BONUS)
    bonus_rule.update(enabled=False)

    with pytest.raises(BonusRuleOff):
        give("Very good")
    assert not MonthlyBonus.objects.exists()

    bonus_rule.update(enabled=True)
    give("Very good")
    assert points(agent) == 200


def test_a_new_price_of_a_band_changes_no_bonus_given(
    answers, judge, give, over, agent, points
):
    for answer in answers(1):
        judge(answer)
    over()
    bonus = give()

    BonusBand.objects.update(points=999)

    bonus.refresh_from_db()
    assert bonus.points == points(agent) == 200


def test_nobody_judges_a_month_before_it_is_over(answers, judge, give):
    for answer in answers(1):
        judge(answer)

    with pytest.raises(MonthNotOver):
        give()


def test_the_sample_is_the_same_whenever_it_is_drawn(answers, agent, clock):
    Programme.objects.update(sample_size=3)
    answers(8)
    first = actions.sample_of(agent, _month_of(agent))

    assert len(first) == 3
    assert actions.sample_of(agent, _month_of(agent)) == first


def test_only_answers_of_the_sample_are_judged_and_once_by_each(
    answers, judge, agent, make_answer, stranger, make_staff
):
    (answer,) = answers(1)
    judge(answer)

    with pytest.raises(NotInTheSample):
        judge(answer)
    with pytest.raises(NotInTheSample):
        judge(make_answer(by=stranger))
    assert judge(answer, 2, by=make_staff("lifang", "Managers")).percent == 50


def test_two_readers_of_an_answer_count_half_each(
    answers, judge, give, over, make_staff
):
    first, second = answers(2)
    judge(first, 4)
    judge(first, 2, by=make_staff("lifang", "Managers"))
    judge(second, 4)
    over()

    assert give().percent == 88


def test_only_managers_judge_and_give_and_never_themselves(
    answers, judge, give, over, moderator, agent
):
    (answer,) = answers(1)
    for person in (moderator, agent):
        with pytest.raises(NotAllowed):
            judge(answer, by=person)
    judge(answer)
    over()
    for person in (moderator, agent):
        with pytest.raises(NotAllowed):
            give(by=person)
    assert not MonthlyBonus.objects.exists()


def test_a_manager_is_not_their_own_judge(manager, month, clock):
    with pytest.raises(AppointingYourself):
        actions.give_bonus(
            person=manager,
            month=month,
            band=BonusBand.objects.first(),
            by=manager,
            at=clock.now,
        )


def test_a_first_bonus_waits_for_its_training(answers, judge, give, over):
    (answer,) = answers(1)
    Ability.objects.filter(slug="clear-answers").update(needed_for="rewarded")
    judge(answer)
    over()

    with pytest.raises(TrainingMissing) as refusal:
        give()

    assert "Answers that are read" in str(refusal.value)


def test_who_does_not_serve_gets_none(answers, judge, give, over, agent, clock):
    (answer,) = answers(1)
    judge(answer)
    over()
    actions.pause_agent(person=agent, by=agent, at=clock.now)

    with pytest.raises(NotThatStep):
        give()


def test_managers_read_mark_and_give_on_one_page(
    answers, over, agent, manager, client_of, clock, month, monkeypatch
):
    monkeypatch.setattr("django.utils.timezone.now", lambda: clock.now)
    (answer,) = answers(1)
    over()
    clock.move(hours=1)
    client = client_of(manager)
    address = reverse("rewards_sample", args=[agent.pk, f"{month:%Y-%m}"])
    assert answer.body_text in client.get(address).text
    assert "Xiaoman" in client.get(reverse("rewards_bonuses")).text
    typed = {f"a{answer.pk}-c{pk}": "4" for pk in marks(4)}

    client.post(address, typed | {"answer": str(answer.pk)})
    page = client.get(address).text
    assert "The sample reached 100 percent" in page
    band = BonusBand.objects.get(title_en="Outstanding")
    assert f'<option value="{band.pk}" selected>' in page
    client.post(address, {"band": str(band.pk), "note": "Kind and exact"})

    assert MonthlyBonus.objects.get().points == 300
    assert "Outstanding" in client.get(reverse("rewards_bonuses")).text
    assert queries.agent_export(agent)["bonuses"][0]["note"] == "Kind and exact"


def _month_of(agent):
    newest = agent.answer_set.latest("pk").created_at
    return date(newest.year, newest.month, 1)
