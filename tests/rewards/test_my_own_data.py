"""What happens to points when somebody asks for their data, or to be forgotten."""

import pytest
from django.utils import timezone

from people.actions import erase_person
from people.registries import exports
from rewards.models import Account, Transfer

pytestmark = pytest.mark.django_db


def test_a_member_gets_every_point_and_order(
    help_somebody, vote, redeem, helper, stranger, gift
):
    answer = help_somebody()
    vote(stranger, answer)
    redeem(helper, gift)

    data = exports()["rewards"](helper)

    assert [(line["reason"], line["points"]) for line in data["points"]] == [
        ("redeem", -20),
        ("upvote", 2),
        ("accepted", 20),
    ]
    assert [(order["gift"], order["cost"]) for order in data["orders"]] == [
        ("Day pass Asia", 20)
    ]


def test_the_export_names_nobody_else(help_somebody, vote, helper, stranger):
    vote(stranger, help_somebody())

    data = str(exports()["rewards"](helper))

    for who in (stranger.handle, stranger.display_name, "neighbour"):
        assert who not in data


def test_the_ledger_stays_when_its_owner_is_forgotten(help_somebody, helper, points):
    help_somebody()

    erase_person(person=helper, at=timezone.now())

    assert Account.objects.filter(owner=helper).count() == 3
    assert points(helper) == 20


def test_who_is_forgotten_earns_no_more(
    make_answer, accept, vote, helper, stranger, points
):
    answer = make_answer()
    erase_person(person=helper, at=timezone.now())

    vote(stranger, answer)
    accept(answer)

    assert points(helper) == 0
    assert not Transfer.objects.exists()


def test_points_of_the_forgotten_can_still_be_taken_back(
    help_somebody, unaccept, helper, points
):
    answer = help_somebody()
    erase_person(person=helper, at=timezone.now())

    unaccept(answer)

    assert points(helper) == 0
