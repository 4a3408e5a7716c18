"""Many look and decide at once: one case, one decision, and no point twice."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from community import actions as community
from community.models import Circle
from people.models import Person
from rewards import actions
from rewards.actions import deciding, looking
from rewards.actions.checking import broken_promises
from rewards.models import Case, CaseStep, Transfer
from rewards.setup import VEST_DAYS, setup_rules
from tests.services.at_once import all_at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

RUNNERS = 12


@pytest.fixture
def moment() -> datetime:
    return timezone.now() - timedelta(days=20)


@pytest.fixture
def boss(site: None, make_person: Callable[..., Person], moment: datetime) -> Person:
    """Somebody whom four puppets asked, accepted and voted for, twice each."""
    setup_rules()
    circle = Circle.objects.get_or_create(
        slug="general", defaults={"name_en": "General", "name_zh": "综合"}
    )[0]
    boss = make_person("boss", at=moment - timedelta(days=60))
    at = moment
    for number in range(8):
        handle = f"puppet{number % 4}"
        puppet = Person.objects.filter(handle=handle).first() or make_person(
            handle, at=moment - timedelta(days=60)
        )
        question = community.ask(
            person=puppet,
            title=f"How long does a port-in take, number {number}?",
            body=f"I sent the request on Saturday and nothing moved ({number}).",
            circle=circle,
            tags=[],
            at=at,
        )
        answer = community.answer(
            person=boss,
            question=question,
            body=f"Two days, then call the shop and ask for number {number}.",
            at=at + timedelta(minutes=1),
        )
        community.vote(
            person=puppet, post=answer, value=1, at=at + timedelta(minutes=2)
        )
        answer.refresh_from_db()
        community.accept(person=puppet, answer=answer, at=at + timedelta(minutes=3))
        at += timedelta(hours=5)
    return boss


def test_many_looks_open_one_case(boss: Person, moment: datetime) -> None:
    at = moment + timedelta(days=VEST_DAYS, hours=1)

    all_at_once([lambda: looking.look_at([boss.pk], at=at)] * RUNNERS)

    assert Case.objects.count() == 1
    assert CaseStep.objects.filter(kind="opened").count() == 1
    assert Case.objects.get().people.count() == 5


def test_one_of_many_decisions_counts_while_points_vest(
    boss: Person, moment: datetime, moderator: Person, manager: Person
) -> None:
    at = moment + timedelta(days=VEST_DAYS + 2)
    [case] = looking.look_at([boss.pk], at=at)

    def take_back() -> Any:
        return deciding.take_points_back(
            case=case, people_ids=[boss.pk], by=moderator, reason="x", at=at
        )

    def release() -> Any:
        return deciding.release(case=case, by=manager, reason="x", at=at)

    def vest() -> Any:
        return actions.vest_points(at=at)

    all_at_once([take_back, release, vest] * 4)

    steps = CaseStep.objects.filter(kind__in=CaseStep.DECISIONS)
    taken = Transfer.objects.filter(kind="reversal", person=boss).exists()
    assert steps.count() == 1
    assert taken == (steps.get().kind == "clawed_back")
    assert broken_promises() == []
