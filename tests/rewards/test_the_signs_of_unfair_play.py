"""Which dealings are enough for a case, on columns without a database."""

import gzip
import json
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command

from rewards.models import FairPlayRules
from rewards.scoring.fair_evaluation import ATTACKS, try_attack
from rewards.scoring.newcomers import Newcomers, Welcome, too_agreeable
from rewards.scoring.signals import Dealings, Limits, find
from rewards.setup import VEST_DAYS

HOUR = 3600.0
BOSS = 1


def accepted(by, of=BOSS, *, answer, at=0.0, after=HOUR):
    return by, of, answer, at + after, at


def voted(by, of=BOSS, *, answer, at=0.0):
    return by, of, answer, at, None


def suspicions(rows, *, centre=BOSS, **known):
    return find(
        Dealings.from_rows(rows),
        centres=np.array([centre]),
        limits=known.pop("limits", Limits()),
        **known,
    )


def kinds(found):
    return {sign.kind for sign in found.signs}


def test_one_sign_alone_opens_nothing():
    both_ways = [accepted(2, answer=n) for n in range(3)]
    both_ways += [accepted(BOSS, 2, answer=10 + n) for n in range(3)]
    real = [accepted(by, answer=100 + by) for by in range(10, 40)]
    burst = [voted(2, answer=n, at=60.0 * n) for n in range(5)]

    assert suspicions(real + both_ways, others_of={2: {9}}) == []
    assert suspicions(real + burst, others_of={2: {9}}) == []
    assert suspicions(real + [accepted(2, answer=1)], shared={(1, 2): {"device"}}) == []


def test_two_signs_of_one_sort_are_one():
    rows = [accepted(2, answer=n) for n in range(7)]
    real = [accepted(by, answer=100 + by) for by in range(10, 14)]

    assert suspicions(rows + real) == []


def test_a_household_is_no_case_but_for_what_they_do():
    once = [accepted(2, answer=1), accepted(2, answer=2)]
    shared = {(1, 2): {"device", "network"}}
    real = [accepted(by, answer=100 + by) for by in range(10, 14)]

    assert suspicions(once + real, shared=shared) == []
    often = once + [accepted(2, answer=n) for n in range(3, 8)]
    [found] = suspicions(often + real, shared=shared)
    assert kinds(found) == {"share", "sole", "device", "network"}
    assert found.people == [1, 2]


def test_both_ways_and_little_else_is_a_case():
    rows = [accepted(2, answer=n) for n in range(5)]
    rows += [accepted(BOSS, 2, answer=10 + n) for n in range(3)]

    [found] = suspicions(rows)

    assert kinds(found) >= {"mutual", "share"}


@pytest.mark.parametrize("real", [0, 6])
def test_three_accounts_that_know_nobody_else_are_a_ring(real):
    rows = [accepted(by, answer=10 * by + n) for by in (2, 3, 4) for n in range(2)]
    rows += [accepted(by, answer=by) for by in range(100, 100 + real)]

    [found] = suspicions(rows)

    assert found.people == [1, 2, 3, 4]
    ring = found.signs[0]
    assert (ring.kind, ring.n) == ("ring", 3)
    assert ring.percent == round(600 / (6 + real))


def test_some_faithful_newcomers_among_many_people_are_none():
    rows = [accepted(by, answer=10 * by + n) for by in (2, 3, 4) for n in range(2)]
    rows += [accepted(by, answer=by) for by in range(100, 130)]

    assert suspicions(rows) == []


def test_who_met_somebody_else_is_no_puppet():
    rows = [accepted(by, answer=10 * by + n) for by in (2, 3, 4) for n in range(2)]

    assert suspicions(rows, others_of={2: {7}, 3: {8}, 4: {9}}) == []
    assert suspicions([*rows, *(accepted(by, 50, answer=by) for by in (2, 3))]) == []


def test_haste_once_from_each_of_many_is_a_ring_and_once_is_not():
    hasty = [accepted(by, answer=by, after=20) for by in range(2, 8)]

    assert len(suspicions(hasty)[0].people) == 7
    assert suspicions(hasty[:2]) == []


def test_votes_spread_over_a_day_are_no_burst():
    shared = {(1, 2): {"device"}}
    slow = [voted(2, answer=n, at=HOUR * n) for n in range(6)]
    quick = [voted(2, answer=n, at=20.0 * n) for n in range(6)]
    met = {2: {9}}
    real = [accepted(by, answer=100 + by) for by in range(10, 40)]

    assert suspicions(slow + real, shared=shared, others_of=met) == []
    [found] = suspicions(quick + real, shared=shared, others_of=met)
    assert next(sign.n for sign in found.signs if sign.kind == "burst") == 6


def test_a_weight_of_nothing_switches_a_sign_off():
    rows = [accepted(by, answer=10 * by + n) for by in (2, 3, 4) for n in range(2)]
    limits = Limits(weights=dict(Limits().weights) | {"sole": 0})

    assert suspicions(rows, limits=limits) == []


def test_the_same_rows_in_another_order_say_the_same():
    rows = [accepted(by, answer=10 * by + n) for by in (4, 3, 2) for n in range(3)]
    rows += [voted(by, answer=7, at=5.0) for by in (3, 2)]

    assert suspicions(rows) == suspicions(rows[::-1])


def test_data_and_code_begin_with_the_same_limits():
    assert FairPlayRules().limits == replace(Limits(), burst_seconds=600)


@pytest.fixture
def newcomers():
    """Twenty accounts that accept one answer of the boss each, and nothing else."""
    return [accepted(by, answer=by) for by in range(10, 30)]


def judged(agreed, answered, *, hall):
    found = {BOSS: Newcomers(answered, frozenset(range(10, 10 + agreed)))}
    return too_agreeable(found, hall, Limits())


def test_newcomers_who_all_agree_are_a_case_where_others_do_not(newcomers):
    [found] = suspicions(newcomers, agreeable=judged(20, 20, hall=Welcome(220, 100)))

    assert kinds(found) == {"newcomers"}
    assert len(found.people) == 21


@pytest.mark.parametrize(
    ("agreed", "answered", "hall"),
    [
        pytest.param(20, 20, Welcome(220, 215), id="here newcomers always accept"),
        pytest.param(20, 40, Welcome(220, 60), id="half of the helper's did not"),
        pytest.param(20, 20, Welcome(40, 22), id="nobody to compare with"),
        pytest.param(9, 9, Welcome(220, 20), id="too few"),
        pytest.param(10, 10, Welcome(220, 110), id="one in a thousand is chance"),
    ],
)
def test_newcomers_who_may_be_real_say_nothing(agreed, answered, hall):
    assert judged(agreed, answered, hall=hall) == {}


def test_newcomers_who_bring_little_of_all_are_no_case(newcomers):
    real = [accepted(by, answer=by) for by in range(100, 140)]
    agreeable = judged(20, 20, hall=Welcome(220, 100))

    assert suspicions(newcomers + real, agreeable=agreeable) == []


def test_two_who_only_ever_accept_one_person_are_a_case_from_eight_answers_on():
    def rows(each):
        return [accepted(2 + n % 2, answer=n) for n in range(2 * each)]

    assert suspicions(rows(7)) == []
    [found] = suspicions(rows(8))
    assert kinds(found) == {"devoted", "share", "sole"}


def test_one_faithful_asker_of_somebody_who_helps_many_is_none():
    faithful = [accepted(2, answer=n) for n in range(12)]
    real = [accepted(by, answer=100 + by) for by in range(10, 40)]

    assert suspicions(faithful + real) == []


@pytest.mark.parametrize("attack", ATTACKS[1:9], ids=lambda attack: attack.name)
def test_puppets_are_seen_before_anything_vests(attack):
    caught = try_attack(attack, vest_days=VEST_DAYS, limits=Limits())

    assert caught.after_days is not None
    assert caught.vested == 0


@pytest.mark.parametrize("attack", [ATTACKS[0], ATTACKS[9]], ids=lambda one: one.name)
def test_patient_puppets_are_seen_later_but_in_time_for_most(attack):
    caught = try_attack(attack, vest_days=VEST_DAYS, limits=Limits())

    assert caught.after_days is not None
    assert caught.vested <= attack.puppets * attack.each * 0.4


@pytest.mark.django_db
def test_the_command_says_what_it_finds_and_opens_only_when_told():
    said = StringIO()
    call_command("review_fair_play", "--dry-run", stdout=said)
    call_command("review_fair_play", stdout=said)

    lines = said.getvalue().splitlines()
    assert lines == [
        "0 people looked at, 0 would be a case.",
        "0 people looked at, 0 cases opened or grown.",
    ]


@pytest.mark.django_db
def test_the_command_evaluates_recorded_histories(tmp_path):
    write_set(tmp_path / "forum")
    said = StringIO()
    call_command("review_fair_play", "--evaluate", str(tmp_path), "--json", stdout=said)

    first, *attacks = [json.loads(line) for line in said.getvalue().splitlines()]
    assert first["set"] == "forum"
    assert first["cases"] == 0
    assert len(attacks) == len(ATTACKS)


def write_set(folder):
    folder.mkdir()
    questions = [
        {"id": n, "owner": n % 7, "created": f"2020-01-{n + 1:02}", "score": 1}
        | {"accepted_answer_id": 100 + n}
        for n in range(20)
    ]
    answers = [
        {"id": 100 + n, "owner": 10 + n % 3, "created": f"2020-01-{n + 2:02}"}
        | {"question_id": n, "score": 1}
        for n in range(20)
    ]
    for name, rows in (("questions", questions), ("answers", answers)):
        with gzip.open(folder / f"{name}.jsonl.gz", "wt") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
