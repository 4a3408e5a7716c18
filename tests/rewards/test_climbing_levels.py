"""Levels: a ladder anybody can read, and what a step allows."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from common.outbox import drain
from people.models import Notification
from people.queries import sentence_of
from rewards.actions.levels import KIND, watch_levels
from rewards.actions.recognising import recognise
from rewards.errors import LevelNeeded, LimitReached
from rewards.models import GiftLevel, Level, MemberLevel, Redemption
from rewards.queries.levels import progress_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def ladder(rules):
    """Everybody; 20 points earned and an accepted answer; 40 and 90 days."""
    rows = [
        (1, "New here", "新朋友", {}),
        (2, "Helper", "热心人", {"points": 20, "accepted": 1}),
        (3, "Expert", "行家", {"points": 40, "accepted": 1, "days": 90}),
    ]
    return [
        Level.objects.create(step=step, name_en=en, name_zh=zh, **needs)
        for step, en, zh, needs in rows
    ]


@pytest.fixture
def look(clock):
    def look():
        watch_levels(at=clock.now)
        drain(at=clock.now)
        recognise(at=clock.now)

    return look


@pytest.fixture
def step_of(helper):
    def step_of(person=None):
        rows = MemberLevel.objects.filter(person=person or helper)
        return rows.values_list("level__step", flat=True).first()

    return step_of


def test_helping_lifts_a_member_and_tells_them(
    ladder, help_somebody, look, step_of, helper, clock
):
    look()
    assert step_of() == 1

    help_somebody()
    look()
    look()

    assert step_of() == 2
    assert MemberLevel.objects.get(person=helper).since == clock.now
    told = Notification.objects.get(person=helper, kind=KIND)
    assert sentence_of(told, "en") == "You reached the level “Helper”."


def test_the_step_everybody_stands_on_is_no_news(ladder, look, helper):
    look()

    assert not Notification.objects.filter(kind=KIND).exists()


def test_spending_points_takes_nobody_down(
    ladder, help_somebody, look, step_of, redeem, gift, helper, points
):
    help_somebody()
    look()
    redeem(helper, gift)

    look()

    assert points(helper) == 0
    assert step_of() == 2


def test_a_step_falls_when_what_led_to_it_is_undone(
    ladder, help_somebody, unaccept, look, step_of
):
    answer = help_somebody()
    look()

    unaccept(answer)
    look()

    assert step_of() == 1


def test_time_alone_lifts_who_has_all_the_rest(
    ladder, help_somebody, neighbours, look, step_of, helper, clock
):
    for _time in range(2):
        help_somebody()
    look()
    assert step_of() == 2
    due = MemberLevel.objects.get(person=helper).look_again_at
    assert due == helper.date_joined + timedelta(days=90)

    clock.now = due
    look()

    assert step_of() == 3


def test_a_changed_ladder_moves_everybody(ladder, help_somebody, look, step_of, clock):
    help_somebody()
    look()

    step = ladder[1]
    step.points = 500
    step.save()
    look()
    assert step_of() == 1

    step.delete()
    ladder[2].points = 20
    ladder[2].days = 0
    ladder[2].save()
    look()
    assert step_of() == 3


def test_a_step_needs_no_less_than_the_one_below(ladder):
    with pytest.raises(ValidationError) as refusal:
        Level(step=4, name_en="Odd", name_zh="怪", points=30).full_clean()

    assert {"points", "accepted", "days"} <= set(refusal.value.message_dict)


def test_my_page_says_what_the_next_step_needs(
    ladder, help_somebody, look, helper, client_of, client, clock
):
    help_somebody()
    look()

    mine = client_of(helper).get(helper.get_absolute_url()).content.decode()
    others = client.get(helper.get_absolute_url()).content.decode()

    assert "How to reach “Expert”" in mine
    assert "you have 20 of 40" in mine
    assert "Helper" in others
    assert "How to reach" not in others


def test_the_ladder_is_there_for_everybody(ladder, client, client_of, helper):
    address = reverse("rewards:levels")

    words = client.get(address).content.decode()

    assert "20 points earned" in words
    assert "90 days as a member" in words
    assert "How to reach" in client_of(helper).get(address).content.decode()


def test_a_gift_may_be_for_a_level_and_says_so(
    ladder, help_somebody, look, redeem, make_gift, helper
):
    gift = make_gift(least_level=ladder[2])
    help_somebody()
    look()

    with pytest.raises(LevelNeeded) as refusal:
        redeem(helper, gift)

    assert "Expert" in str(refusal.value)
    assert not Redemption.objects.exists()
    gift.least_level = ladder[1]
    gift.save()
    assert redeem(helper, gift).cost == gift.cost


def test_the_page_of_a_gift_names_the_level_it_is_for(
    ladder, make_gift, client_of, helper
):
    gift = make_gift(least_level=ladder[2])

    words = client_of(helper).get(gift.get_absolute_url()).content.decode()

    assert "From the level “Expert” on" in words


def test_how_many_somebody_may_have_depends_on_their_level(
    ladder, help_somebody, look, redeem, make_gift, helper
):
    gift = make_gift(cost=1, per_person_limit=1)
    GiftLevel.objects.create(gift=gift, level=ladder[1], most=2)
    GiftLevel.objects.create(gift=gift, level=ladder[2], most=5)
    help_somebody()
    look()
    for _time in range(2):
        redeem(helper, gift)

    with pytest.raises(LimitReached) as refusal:
        redeem(helper, gift)

    assert "2" in str(refusal.value)


def test_below_every_limit_of_a_level_the_gifts_own_holds(
    ladder, help_somebody, redeem, make_gift, helper
):
    gift = make_gift(cost=1, per_person_limit=1)
    GiftLevel.objects.create(gift=gift, level=ladder[1], most=2)
    help_somebody()
    redeem(helper, gift)

    with pytest.raises(LimitReached):
        redeem(helper, gift)


def test_more_members_cost_no_more_queries(
    ladder, help_somebody, neighbours, look, django_assert_max_num_queries, clock
):
    from rewards.actions.levels import settle_levels

    few, many = neighbours(2), neighbours(12)
    for person in [*few, *many]:
        help_somebody(by=person)
    settle_levels(people=[p.pk for p in [*few, *many]], at=clock.now)

    with django_assert_max_num_queries(12):
        settle_levels(people=[p.pk for p in few], at=clock.now)
    assert progress_of(few[0], at=clock.now).level == ladder[1]
