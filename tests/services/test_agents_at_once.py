"""Managers and agents act in the same moment: one step each, and nothing twice."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from community import actions as community
from community.models import Circle
from people.models import Notification, Person
from rewards import actions
from rewards.actions.checking import broken_promises
from rewards.models import (
    Ability,
    AgentStep,
    AgentTerm,
    BonusBand,
    MonthlyBonus,
    ProgrammeTerms,
    Scorecard,
    TestTry,
    Transfer,
)
from rewards.setup import setup_rules
from rewards.setup_agents import lead_through_programme, setup_programme
from tests.services.at_once import all_at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

BENCH = "/en/agents/"


@pytest.fixture
def now(site: None) -> datetime:
    setup_rules()
    setup_programme()
    return timezone.now()


@pytest.fixture
def managers(manager: Person, make_person: Callable[..., Person]) -> list[Person]:
    other = make_person("second-boss")
    other.groups.set(manager.groups.all())
    return [manager, Person.objects.get(pk=other.pk)]


@pytest.fixture
def agent(now: datetime, helper: Person, manager: Person) -> Person:
    lead_through_programme(person=helper, by=manager, at=now - timedelta(days=70))
    return Person.objects.get(pk=helper.pk)


def marks(mark: int) -> dict[int, int]:
    return {one.pk: mark for one in Scorecard.objects.get().criteria.all()}


def history(person: Person) -> list[tuple[str, str]]:
    steps = AgentStep.objects.filter(term__person=person)
    return list(steps.order_by("number").values_list("from_state", "to_state"))


def test_two_managers_decide_about_one_candidate(
    now: datetime, helper: Person, managers: list[Person]
) -> None:
    first, second = managers
    actions.nominate(person=helper, by=first, at=now)
    actions.evaluate(person=helper, marks=marks(4), by=first, at=now)

    all_at_once(
        [
            lambda: actions.invite(person=helper, by=first, at=now),
            lambda: actions.invite(person=helper, by=second, at=now),
            lambda: actions.end_agent(person=helper, by=second, at=now),
        ]
    )

    steps = history(helper)
    assert steps[:2] == [("", "found"), ("found", "evaluated")]
    ends = [("evaluated", "ended")]
    invited_first = [("evaluated", "invited"), ("invited", "ended")]
    assert steps[2:] in (ends, invited_first)


def test_named_by_two_managers_somebody_is_a_candidate_once(
    now: datetime, helper: Person, managers: list[Person]
) -> None:
    all_at_once(
        [
            lambda by=by: actions.nominate(person=helper, by=by, at=now)
            for by in managers
        ]
        * 4
    )

    assert AgentTerm.objects.filter(person=helper).count() == 1
    assert history(helper) == [("", "found")]


def test_yes_and_no_in_two_tabs_are_one_answer(
    now: datetime, helper: Person, manager: Person
) -> None:
    actions.nominate(person=helper, by=manager, at=now)
    actions.evaluate(person=helper, marks=marks(4), by=manager, at=now)
    actions.invite(person=helper, by=manager, at=now)
    terms = ProgrammeTerms.objects.get()

    all_at_once(
        [
            lambda: actions.accept_invitation(
                person=helper, terms=terms, language="en", at=now
            ),
            lambda: actions.decline_invitation(person=helper, at=now),
        ]
        * 4
    )

    assert len(history(helper)) == 4
    assert history(helper)[-1] in (("invited", "accepted"), ("invited", "ended"))


def test_a_months_bonus_is_given_once(
    agent: Person, now: datetime, managers: list[Person], asker: Person
) -> None:
    circle = Circle.objects.order_by("pk").first()
    start = (now.replace(day=1) - timedelta(days=1)).replace(day=10)
    month = start.date().replace(day=1)
    question = community.ask(
        person=asker,
        title="How long does a port-in take?",
        body="I sent the request on Saturday and nothing has moved since then.",
        circle=circle,
        tags=[],
        at=start,
    )
    answer = community.answer(
        person=agent,
        question=question,
        body="Up to three working days; then call the shop and ask for it.",
        at=start + timedelta(hours=1),
    )
    for ability in Ability.objects.filter(needed_for="rewarded"):
        right = dict(ability.questions.values_list("pk", "right"))
        actions.take_test(person=agent, ability=ability, choices=right, at=now)
    actions.judge_answer(
        person=agent, answer=answer, month=month, marks=marks(4), by=managers[0], at=now
    )
    bands = list(BonusBand.objects.all())

    all_at_once(
        [
            lambda by=by, band=band: actions.give_bonus(
                person=agent, month=month, band=band, by=by, at=now
            )
            for by in managers
            for band in bands
        ]
    )

    bonus = MonthlyBonus.objects.get()
    awards = Transfer.objects.filter(person=agent, source_type="rewards.monthlybonus")
    assert awards.get().source_id == str(bonus.pk)
    assert history(agent)[-1] == ("supported", "rewarded")
    assert broken_promises() == []


def test_no_more_tries_a_day_than_allowed(agent: Person, now: datetime) -> None:
    ability = Ability.objects.get(slug="privacy")
    wrong = dict.fromkeys(ability.questions.values_list("pk", flat=True), 0)
    before = TestTry.objects.count()

    all_at_once(
        [
            lambda: actions.take_test(
                person=agent, ability=ability, choices=wrong, at=now
            )
        ]
        * 12
    )

    assert TestTry.objects.count() - before == ability.tries_a_day


def test_staff_are_told_of_one_wait_however_much_is_written_at_once(
    agent: Person, manager: Person, now: datetime
) -> None:
    all_at_once(
        [
            lambda n=n: actions.write_on_line(
                agent=agent, by=agent, body=f"Known? {n}", at=now
            )
            for n in range(6)
        ]
    )

    told = Notification.objects.filter(person=manager, kind="rewards.agent_waits")
    assert told.count() == 1


def test_who_is_ended_finds_nothing_with_the_next_request_of_a_running_session(
    agent: Person, manager: Person, client_of: Callable[..., Client], now: datetime
) -> None:
    client = client_of(agent)
    before = client.get(BENCH).status_code

    def read() -> int:
        return client_of(agent).get(BENCH).status_code

    seen = all_at_once(
        [read] * 5 + [lambda: actions.end_agent(person=agent, by=manager, at=now)]
    )[:5]

    assert before == 200
    assert set(seen) <= {200, 404}
    assert client.get(BENCH).status_code == 404
    assert client.get("/api/v1/me/agent/").status_code == 404
    assert Person.objects.get(pk=agent.pk).standing == Person.Standing.MEMBER
