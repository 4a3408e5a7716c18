"""Agents learn, take tests, and hold certificates for a while."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from common.site_day import start_of_site_day
from people.models import Person
from rewards.actions.stepping import lock_term, tell
from rewards.errors import AnswersMissing, NotAnAgent, TriedEnoughToday
from rewards.models.agents import JOINED, AgentTerm, Programme
from rewards.models.training import Ability, TestTry
from rewards.months import months_later

ONE_DAY = timedelta(days=1)


@transaction.atomic
def take_test(
    *, person: Person, ability: Ability, choices: dict[int, int], at: datetime
) -> TestTry:
    """Answer a test: the number of the chosen line for each question's pk.

    Passing gives a certificate, and opens the bench when it was the last one missing.
    """
    from rewards.actions.agents import open_bench

    term = lock_term(person)
    if term.state not in JOINED:
        raise NotAnAgent
    today = start_of_site_day(at)
    tried = TestTry.objects.filter(person=person, ability=ability, at__gte=today)
    if tried.count() >= ability.tries_a_day:
        left = start_of_site_day(today + ONE_DAY * 1.5) - at
        raise TriedEnoughToday(retry_after=round(left.total_seconds()))
    questions = list(ability.questions.all())
    if not questions or any(one.pk not in choices for one in questions):
        raise AnswersMissing
    right = sum(choices[one.pk] == one.right for one in questions)
    passed = right * 100 >= ability.pass_percent * len(questions)
    done = TestTry.objects.create(
        person=person,
        ability=ability,
        at=at,
        right_count=right,
        question_count=len(questions),
        passed=passed,
        expires_at=months_later(at, ability.valid_months) if passed else None,
    )
    if passed:
        open_bench(term, at=at)
    return done


def is_trained(person: Person, step: str, at: datetime) -> bool:
    """Whether every ability this step waits for is proven, and still valid."""
    return not missing_abilities(person, step, at).exists()


def missing_abilities(person: Person, step: str, at: datetime):  # noqa: ANN201
    valid = TestTry.objects.filter(
        person=person, ability=OuterRef("pk"), passed=True, expires_at__gt=at
    )
    return Ability.objects.filter(enabled=True, needed_for=step).exclude(Exists(valid))


def remind_of_certificates(*, at: datetime) -> int:
    """Tell holders once before a certificate that has no successor ends."""
    soon = at + timedelta(days=Programme.figures().remind_days)
    newer = TestTry.objects.filter(
        person=OuterRef("person"),
        ability=OuterRef("ability"),
        passed=True,
        expires_at__gt=OuterRef("expires_at"),
    )
    ending = (
        TestTry.objects.filter(
            passed=True,
            expires_at__gt=at,
            expires_at__lte=soon,
            ability__enabled=True,
            person__agent_terms__state__in=JOINED,
        )
        .exclude(Exists(newer))
        .select_related("ability", "person")
    )
    count = 0
    for one in ending.iterator(chunk_size=500):
        term = AgentTerm.objects.get(person=one.person, ended_at=None)
        tell(
            term,
            "agent_certificate_ends",
            at,
            once_per=f"try-{one.pk}",
            url=f"/agents/training/{one.ability.slug}/",
            ability=one.ability_id,
        )
        count += 1
    return count
