"""Agents learn, take tests, and hold certificates for a while."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from rewards import actions, queries
from rewards.actions.training import is_trained
from rewards.errors import AnswersMissing, NotAnAgent, TriedEnoughToday
from rewards.models import Ability, AbilityQuestion, TestTry
from rewards.months import months_later

pytestmark = pytest.mark.django_db


@pytest.fixture
def ability(site):
    """Three questions; the first line is right. Two of three are enough."""
    made = Ability.objects.create(
        slug="roaming", title_en="Roaming", title_zh="漫游", pass_percent=66
    )
    for number in range(3):
        AbilityQuestion.objects.create(
            ability=made,
            text_en=f"Question {number}?",
            text_zh=f"问题{number}？",
            choices_en="yes\nno",
            choices_zh="是\n否",
            right=1,
        )
    return made


@pytest.fixture
def take(agent, ability, clock):
    def take(*chosen, person=None):
        pks = ability.questions.values_list("pk", flat=True)
        return actions.take_test(
            person=person or agent,
            ability=ability,
            choices=dict(zip(pks, chosen, strict=False)),
            at=clock.now,
        )

    return take


def test_enough_right_answers_give_a_certificate(take, agent, clock, ability):
    done = take(1, 1, 2)

    assert (done.passed, done.right_count, done.question_count) == (True, 2, 3)
    assert done.expires_at == months_later(clock.now, 12)
    held = dict(queries.abilities_of(agent, clock.now))
    assert held[ability] == done


def test_too_few_give_none(take, agent, clock, ability):
    done = take(1, 2, 2)

    assert (done.passed, done.expires_at) == (False, None)
    assert dict(queries.abilities_of(agent, clock.now))[ability] is None


def test_tries_are_limited_a_day(take, clock):
    for _ in range(3):
        take(2, 2, 2)
    with pytest.raises(TriedEnoughToday) as refusal:
        take(1, 1, 1)
    assert 0 < refusal.value.retry_after <= 86_400

    clock.move(days=1)
    assert take(1, 1, 1).passed


def test_an_incomplete_form_is_no_try(take):
    with pytest.raises(AnswersMissing):
        take(1, 1)

    assert not TestTry.objects.filter(ability__slug="roaming").exists()


def test_only_who_joined_takes_tests(take, stranger):
    with pytest.raises(NotAnAgent):
        take(1, 1, 1, person=stranger)


def test_a_certificate_ends(take, agent, clock, ability):
    Ability.objects.filter(pk=ability.pk).update(needed_for="rewarded")
    Ability.objects.filter(slug="clear-answers").update(needed_for="")
    take(1, 1, 1)
    assert is_trained(agent, "rewarded", clock.now)

    later = months_later(clock.now, 12)

    assert not is_trained(agent, "rewarded", later)
    # Nobody loses the badge because a certificate ended.
    assert actions.is_agent(agent)


def test_its_holder_is_told_once_before_it_ends(take, agent, clock):
    Ability.objects.exclude(slug="roaming").update(enabled=False)
    done = take(1, 1, 1)
    assert actions.remind_of_certificates(at=clock.now) == 0

    clock.now = done.expires_at - timedelta(days=20)
    actions.remind_of_certificates(at=clock.now)
    actions.remind_of_certificates(at=clock.now)

    kinds = list(agent.notifications.values_list("kind", flat=True))
    assert kinds.count("rewards.agent_certificate_ends") == 1
    take(1, 1, 1)
    assert actions.remind_of_certificates(at=clock.now) == 0


def test_the_lesson_and_the_test_are_one_page(agent, ability, client_of):
    Ability.objects.filter(pk=ability.pk).update(lesson_en="Roaming is **abroad**.")
    client = client_of(agent)
    address = reverse("rewards:agent_ability", args=["roaming"])
    page = client.get(address).text
    assert "<strong>abroad</strong>" in page
    assert "Question 1?" in page
    pks = list(ability.questions.values_list("pk", flat=True))

    missing = client.post(address, {f"q{pks[0]}": "1"})
    assert missing.status_code == 400
    assert "Choose one." in missing.text
    failed = client.post(address, {f"q{pk}": "2" for pk in pks}, follow=True)
    assert "0 of 3 right" in failed.text
    passed = client.post(address, {f"q{pk}": "1" for pk in pks}, follow=True)
    assert "3 of 3 right: passed!" in passed.text

    certificate = TestTry.objects.get(ability=ability, passed=True)
    mine = reverse("rewards:agent_certificate", args=[certificate.pk])
    assert "Valid until" in client.get(mine).text


def test_somebody_elses_certificate_is_not_found(take, stranger, appoint, client_of):
    done = take(1, 1, 1)
    appoint(stranger)
    mine = reverse("rewards:agent_certificate", args=[done.pk])

    assert client_of(stranger).get(mine).status_code == 404


def test_the_page_does_not_give_the_answers_away(agent, ability, client_of):
    page = client_of(agent).get(reverse("rewards:agent_ability", args=["roaming"]))

    assert "checked" not in page.text
    assert "data-right" not in page.text


@pytest.mark.parametrize(
    ("english", "chinese", "right"),
    [("yes\nno", "是", 1), ("yes", "是", 1), ("yes\nno", "是\n否", 3)],
)
def test_choices_are_alike_in_both_languages(ability, english, chinese, right):
    question = AbilityQuestion(
        ability=ability,
        text_en="?",
        text_zh="？",
        choices_en=english,
        choices_zh=chinese,
        right=right,
    )

    with pytest.raises(ValidationError):
        question.full_clean()
