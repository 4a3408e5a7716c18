"""Many runners give each badge once, and nobody waits for ever for a lock."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from community import actions as community
from community.models import Circle
from people.models import Notification, Person
from rewards.actions.badges import KIND, look_at, look_later
from rewards.actions.boards import make_boards
from rewards.actions.recognising import recognise
from rewards.models import Badge, BadgeEvent, BadgeHolding, BoardPlace, Level, Touch
from rewards.setup import setup_rules
from tests.services.at_once import each_at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

RUNNERS = 20
HELPERS = 6


@pytest.fixture
def helpers(make_person: Callable[..., Person]) -> list[Person]:
    """Some people who each gave an answer a moment ago."""
    setup_rules()
    circle, _new = Circle.objects.get_or_create(
        slug="general", defaults={"name_en": "General", "name_zh": "综合"}
    )
    now = timezone.now()
    found = []
    for number in range(HELPERS):
        asker, helper = make_person(f"asks{number}"), make_person(f"helps{number}")
        question = community.ask(
            person=asker,
            title="Day pass bought twice by itself at midnight",
            body=f"Bought a day pass at 22:10, at midnight came another one {number}.",
            circle=circle,
            tags=["day-pass"],
            at=now - timedelta(hours=2),
        )
        community.answer(
            person=helper,
            question=question,
            body=f"Look at the time zone of the pass, it follows Beijing {number}.",
            at=now - timedelta(hours=1),
        )
        found.append(helper)
    return found


@pytest.fixture
def badge(helpers: list[Person]) -> Badge:
    Level.objects.create(step=1, name_en="Newcomer", name_zh="新朋友")
    return Badge.objects.create(
        slug="first-help",
        name_en="First help",
        name_zh="初次相助",
        feat=Badge.Feat.ANSWERS,
        bronze=1,
        state=Badge.State.IN_FORCE,
    )


def test_twenty_runners_give_each_badge_once(
    badge: Badge, helpers: list[Person]
) -> None:
    now = timezone.now()

    each_at_once(lambda _number: recognise(at=now), RUNNERS)
    each_at_once(
        lambda number: look_at(
            badge=badge,
            people=[one.pk for one in (helpers if number % 2 else helpers[::-1])],
            at=now,
        ),
        RUNNERS,
    )

    assert BadgeHolding.objects.filter(badge=badge, tier=1).count() == HELPERS
    assert BadgeEvent.objects.count() == HELPERS
    assert Notification.objects.filter(kind=KIND).count() == HELPERS
    assert not Touch.objects.exists()


def test_who_looks_misses_nobody_who_comes_meanwhile(
    badge: Badge, helpers: list[Person]
) -> None:
    now = timezone.now()

    def act(number: int) -> object:
        if number % 2:
            return recognise(at=now)
        return look_later(helpers[number % HELPERS].pk)

    each_at_once(act, RUNNERS)
    recognise(at=now)

    assert BadgeHolding.objects.filter(tier=1).count() == HELPERS
    assert not Touch.objects.exists()


def test_boards_say_the_same_on_postgresql(badge: Badge, helpers: list[Person]) -> None:
    now = timezone.now()

    for _time in range(2):
        make_boards(at=now)

    for board in ("week||all", "ever||all"):
        places = BoardPlace.objects.filter(board__key=board)
        assert sum(places.values_list("answers", flat=True)) == HELPERS
