"""A boss and ten puppets use nothing but pages; staff decide by pages, too."""

import pytest
from django.urls import reverse
from django.utils import timezone

from community.models import Answer, Question
from people.models import Person
from rewards import actions
from rewards.models import Appeal, Case, EarnRule
from rewards.setup import VEST_DAYS, setup_rules

PUPPETS = 10


@pytest.fixture
def rules(db):
    """The first rules as they are: points are held for a week."""
    setup_rules()
    EarnRule.objects.update(vest_days=VEST_DAYS)


@pytest.fixture
def clock(clock, monkeypatch):
    """Pages ask the clock themselves, and take it from here."""
    clock.move(days=-20)
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    return clock


@pytest.fixture
def boss(helper):
    return helper


@pytest.fixture
def browsers(boss, make_person, client_of):
    people = [boss, *(make_person(f"puppet{number}") for number in range(PUPPETS))]
    return {person: client_of(person) for person in people}


@pytest.fixture
def play(browsers, boss, circle, clock):
    """Each puppet asks, votes and accepts within a minute; the boss answers."""

    def play():
        for number, puppet in enumerate(list(browsers)[1:]):
            browsers[puppet].post(
                reverse("community:ask"),
                {
                    "title": f"How long does a port-in take, please? ({number})",
                    "body": f"I sent the request on Saturday, order {number} waits.",
                    "circle": circle.slug,
                    "tags": "",
                    "language": "en",
                },
            )
            question = Question.objects.get(author=puppet)
            clock.move(minutes=5)
            browsers[boss].post(
                reverse("community:answer", args=[question.pk]),
                {"body": f"Two working days, then call the shop with order {number}."},
            )
            answer = Answer.objects.get(question=question)
            clock.move(seconds=30)
            for name, args in (
                ("vote", ["answers", answer.pk]),
                ("accept", [answer.pk]),
            ):
                address = reverse(f"community:{name}", args=args)
                browsers[puppet].post(address, {"value": "1"})
            clock.move(hours=3)

    return play


@pytest.fixture
def waiting(play, clock):
    """The case that stands when the points would be released."""
    play()
    clock.move(days=VEST_DAYS, hours=1)
    actions.vest_points(at=clock.now)
    return Case.objects.get()


def test_the_case_is_in_the_queue_before_any_point_can_be_spent(
    waiting, boss, purse, moderator, client_of
):
    staff = client_of(moderator)
    queue = staff.get(reverse("rewards_cases")).text
    page = staff.get(reverse("rewards_case", args=[waiting.pk])).text

    assert Question.objects.filter(accepted_answer__author=boss).count() == PUPPETS
    assert purse(boss).spendable == 0
    assert purse(boss).held > 0
    assert waiting.people.count() == PUPPETS + 1
    assert boss.name in queue
    assert page.count("dealt with nobody but") + page.count("within seconds") >= PUPPETS
    assert "<svg" in page


def test_what_staff_take_back_is_appealed_and_given_again_by_pages(
    waiting, boss, browsers, purse, moderator, manager, client_of, clock
):
    held = purse(boss).held
    client_of(moderator).post(
        reverse("rewards_case_decide", args=[waiting.pk]),
        {"decision": "take_back", "person": [boss.pk], "reason": "One person."},
    )
    taken = purse(boss).held
    address = reverse("rewards:review", args=[waiting.pk])
    told = browsers[boss].get(address).text
    browsers[boss].post(
        reverse("rewards:appeal", args=[waiting.pk]), {"text": "They are my class."}
    )
    answering = reverse("rewards_answer_appeal", args=[Appeal.objects.get().pk])
    by_who_decided = client_of(moderator).post(answering, {"answer": "grant"})
    still = Appeal.objects.get().state
    client_of(manager).post(answering, {"answer": "grant", "reason": "A class it is."})

    assert (held > 0, taken) == (True, 0)
    assert "One person." in told
    assert by_who_decided.status_code in (302, 403)
    assert still == "open"
    assert "A class it is." in browsers[boss].get(address).text
    assert purse(boss).held + purse(boss).spendable == held


def test_nobody_is_banned_by_a_number(waiting, boss, browsers, make_question, client):
    question = make_question()

    browsers[boss].post(
        reverse("community:answer", args=[question.pk]),
        {"body": "It works on the ferry until the breakwater, then it does not."},
    )

    assert Answer.objects.filter(question=question, author=boss).exists()
    assert "until the breakwater" in client.get(question.get_absolute_url()).text
    assert Person.objects.get(pk=boss.pk).is_active
