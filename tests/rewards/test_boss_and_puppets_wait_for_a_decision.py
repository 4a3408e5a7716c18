"""A boss, ten puppets and the default rules: nothing is spendable before a decision."""

from datetime import timedelta

import pytest

from common.errors import NotAllowed
from community import actions as community
from rewards import actions
from rewards.actions import deciding, looking
from rewards.errors import (
    AppealedAlready,
    CaseNeedsReason,
    DecidedByYou,
    NothingToAppeal,
    YourOwnCase,
)
from rewards.models import Case, CaseStep, EarnRule, FairPlayRules, Transfer
from rewards.scoring.newcomers import Welcome
from rewards.setup import VEST_DAYS, setup_rules


@pytest.fixture
def rules(db):
    """The first rules as they are: points are held for a week."""
    setup_rules()
    EarnRule.objects.update(vest_days=VEST_DAYS)


@pytest.fixture
def clock(clock):
    clock.move(days=-20)
    return clock


@pytest.fixture
def play(make_question, make_answer, accept, vote, clock):
    """So many rounds of asking, answering, accepting at once and voting."""

    def play(boss, puppets, *, rounds=2, after=30):
        for _round in range(rounds):
            for puppet in puppets:
                question = make_question(by=puppet)
                answer = make_answer(question=question, by=boss)
                vote(puppet, answer)
                clock.move(seconds=after)
                accept(answer)
            # Members vote so often a day, and puppets know it.
            clock.move(hours=6)

    return play


@pytest.fixture
def puppets(make_person):
    return [make_person(f"puppet{number}") for number in range(4)]


@pytest.fixture
def caught(play, helper, puppets, clock):
    """The case of the boss, opened by the nightly look."""
    play(helper, puppets)
    looking.review_fair_play(at=clock.move(hours=1))
    return Case.objects.get()


def test_the_case_stands_before_any_point_can_be_spent(
    play, helper, make_person, clock, purse
):
    play(helper, [make_person(f"puppet{number}") for number in range(10)])
    assert purse(helper).held > 0

    clock.move(days=VEST_DAYS, hours=1)
    released = actions.vest_points(at=clock.now)

    case = Case.objects.get()
    assert released == 0
    assert purse(helper).spendable == 0
    assert case.centre == helper
    assert case.people.count() == 11
    kinds = {sign["kind"] for sign in case.evidence["signs"]}
    assert {"ring", "sole", "quick"} <= kinds


def test_whoever_redeems_before_the_timer_runs_gains_nothing(
    play, helper, puppets, clock, purse, redeem, gift
):
    play(helper, puppets)
    clock.move(days=VEST_DAYS, hours=1)

    with pytest.raises(Exception, match="more points"):
        redeem(helper, gift)

    # The refusal took the look with it; the next timer looks again.
    actions.vest_points(at=clock.now)
    assert Case.objects.count() == 1
    assert purse(helper).spendable == 0


def test_a_member_who_helps_many_gets_the_points_in_time(
    helper, neighbours, make_question, make_answer, accept, clock, purse
):
    for neighbour in neighbours(8):
        answer = make_answer(question=make_question(by=neighbour), by=helper)
        clock.move(minutes=20)
        accept(answer)
    looking.review_fair_play(at=clock.now)

    clock.move(days=VEST_DAYS, hours=1)
    actions.vest_points(at=clock.now)

    assert not Case.objects.exists()
    assert purse(helper).held == 0
    assert purse(helper).spendable == 160


def test_two_who_help_each_other_often_are_no_case_by_that_alone(
    helper, stranger, neighbours, make_question, make_answer, accept, clock
):
    circle = [helper, stranger, *neighbours(2)]
    for one in circle:
        for other in circle:
            for _time in range(0 if one == other else 3):
                answer = make_answer(question=make_question(by=one), by=other)
                clock.move(minutes=20)
                accept(answer)
            clock.move(days=1)

    looking.review_fair_play(at=clock.now)

    assert not Case.objects.exists()


def test_a_second_look_finds_nothing_new_and_a_new_puppet_joins_the_case(
    caught, play, helper, make_person, clock
):
    assert looking.look_at([helper.pk], at=clock.now) == []

    play(helper, [make_person("late-puppet")])
    looking.look_at([helper.pk], at=clock.move(hours=1))

    assert Case.objects.get().people.count() == 6
    assert [step.kind for step in caught.steps.order_by("pk")] == ["opened", "grown"]


def test_the_boss_is_told_what_waits_and_for_how_long(caught, helper, purse):
    told = helper.notifications.get(kind="rewards.points_in_review")

    assert told.data == {"points": purse(helper).held, "hours": 72}
    assert told.url.endswith(f"/rewards/review/{caught.pk}/")


def test_points_that_come_late_to_a_live_case_wait_as_well(
    caught, helper, puppets, rule, make_question, make_answer, accept, purse
):
    rule("accepted", vest_days=0, fades_per_pair=False)
    held = purse(helper).held

    accept(make_answer(question=make_question(by=puppets[0]), by=helper))

    assert purse(helper).held == held + 20
    assert purse(helper).spendable == 0


# Decisions


def test_releasing_lets_the_points_go_and_is_not_asked_again(
    caught, helper, moderator, clock, purse
):
    held = purse(helper).held
    deciding.release(case=caught, by=moderator, reason="A class.", at=clock.now)

    clock.move(days=VEST_DAYS, hours=1)
    actions.vest_points(at=clock.now)
    looking.review_fair_play(at=clock.now)

    assert purse(helper).spendable == held
    assert [case.state for case in Case.objects.all()] == ["released"]
    assert helper.notifications.filter(kind="rewards.case_released").exists()


def test_holding_keeps_them_until_the_hold_runs_out(
    caught, helper, moderator, clock, purse
):
    step = deciding.hold(case=caught, by=moderator, reason="We ask.", at=clock.now)
    clock.move(days=20)
    assert actions.vest_points(at=clock.now) == 0
    assert deciding.lapse_cases(at=clock.now) == 0

    clock.move(days=11)
    assert deciding.lapse_cases(at=clock.now) == 1
    assert actions.vest_points(at=clock.now) > 0

    assert step.actor == moderator
    assert purse(helper).held == 0


def test_what_nobody_decides_about_is_released_by_itself(caught, helper, clock, purse):
    clock.move(days=13)
    assert deciding.lapse_cases(at=clock.now) == 0
    assert actions.vest_points(at=clock.now) == 0

    clock.move(days=2)
    assert deciding.lapse_cases(at=clock.now) == 1
    actions.vest_points(at=clock.now)

    assert purse(helper).held == 0
    assert helper.notifications.filter(kind="rewards.case_lapsed").exists()


def test_taking_back_is_a_reversal_with_its_reason(
    caught, helper, moderator, clock, purse
):
    before = purse(helper).held
    step = deciding.take_points_back(
        case=caught,
        people_ids=[helper.pk],
        by=moderator,
        reason="Ten accounts of one person.",
        at=clock.now,
    )

    reversal = Transfer.objects.filter(kind="reversal", person=helper).first()
    assert before > 0
    assert purse(helper).held == purse(helper).spendable == 0
    assert reversal is not None
    assert reversal.data["case"] == caught.pk
    assert reversal.actor == moderator
    assert step.data == {"points": {str(helper.pk): before}}


def test_what_was_taken_back_is_not_earned_by_accepting_again(
    caught, helper, moderator, unaccept, accept, clock, purse
):
    answer = helper.answer_set.first()
    deciding.take_points_back(
        case=caught, people_ids=[helper.pk], by=moderator, reason="x", at=clock.now
    )

    unaccept(answer)
    accept(answer)

    assert purse(helper).held == purse(helper).spendable == 0


def test_spent_points_become_a_debt(
    play, helper, puppets, rule, moderator, clock, redeem, make_gift, purse
):
    for event in ("accepted", "upvote"):
        rule(event, vest_days=0)
    play(helper, puppets)
    redeem(helper, make_gift(cost=purse(helper).spendable))
    looking.review_fair_play(at=clock.move(hours=1))

    deciding.take_points_back(
        case=Case.objects.get(),
        people_ids=[helper.pk],
        by=moderator,
        reason="x",
        at=clock.now,
    )

    assert purse(helper).debt > 0


def test_nobody_without_the_right_and_nobody_within_decides(
    caught, helper, stranger, editor, moderator, make_staff, clock
):
    for by in (stranger, editor, helper):
        with pytest.raises(NotAllowed):
            deciding.release(case=caught, by=by, reason="x", at=clock.now)
    caught.people.create(person=moderator, at=clock.now)
    with pytest.raises(YourOwnCase):
        deciding.release(case=caught, by=moderator, reason="x", at=clock.now)
    assert Case.objects.get().state == "open"


def test_a_decision_needs_a_reason(caught, moderator, clock):
    with pytest.raises(CaseNeedsReason):
        deciding.release(case=caught, by=moderator, reason="  ", at=clock.now)
    assert Case.objects.get().state == "open"


# Appeals


@pytest.fixture
def taken(caught, helper, moderator, clock):
    return deciding.take_points_back(
        case=caught, people_ids=[helper.pk], by=moderator, reason="x", at=clock.now
    )


def test_an_appeal_is_answered_by_somebody_else_and_gives_the_points_again(
    caught, taken, helper, manager, clock, purse
):
    before = taken.data["points"][str(helper.pk)]
    made = deciding.appeal(
        case=caught, person=helper, text="My class asks me.", at=clock.now
    )
    deciding.answer_appeal(
        appeal=made, grant=True, by=manager, reason="It is a class.", at=clock.now
    )

    balance = purse(helper)
    assert balance.held + balance.spendable == before
    kinds = list(caught.steps.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["opened", "clawed_back", "appealed", "granted"]
    assert helper.notifications.filter(kind="rewards.appeal_granted").exists()


def test_a_granted_appeal_gives_nothing_for_what_was_undone_meanwhile(
    caught, taken, helper, manager, unaccept, clock, purse
):
    for answer in helper.answer_set.all():
        unaccept(answer)
        community.vote(
            person=answer.question.author, post=answer, value=0, at=clock.now
        )
        clock.move(hours=2)
    made = deciding.appeal(case=caught, person=helper, text="No.", at=clock.now)
    deciding.answer_appeal(
        appeal=made, grant=True, by=manager, reason="Fine.", at=clock.now
    )

    assert purse(helper).held == purse(helper).spendable == 0


def test_a_refused_appeal_changes_nothing_and_says_why(
    caught, taken, helper, manager, clock, purse
):
    made = deciding.appeal(case=caught, person=helper, text="No.", at=clock.now)
    answered = deciding.answer_appeal(
        appeal=made, grant=False, by=manager, reason="Same device.", at=clock.now
    )

    assert answered.answer == "Same device."
    assert purse(helper).held == purse(helper).spendable == 0


def test_one_appeal_a_decision_and_only_by_whom_it_concerns(
    caught, taken, helper, puppets, stranger, clock
):
    deciding.appeal(case=caught, person=helper, text="No.", at=clock.now)

    with pytest.raises(AppealedAlready):
        deciding.appeal(case=caught, person=helper, text="No!", at=clock.now)
    with pytest.raises(NothingToAppeal):
        deciding.appeal(case=caught, person=puppets[0], text="No.", at=clock.now)
    with pytest.raises(NotAllowed):
        deciding.appeal(case=caught, person=stranger, text="No.", at=clock.now)


def test_who_decided_does_not_answer_the_appeal(caught, helper, manager, clock):
    deciding.hold(case=caught, by=manager, reason="x", at=clock.now)
    made = deciding.appeal(case=caught, person=helper, text="No.", at=clock.now)

    with pytest.raises(DecidedByYou):
        deciding.answer_appeal(
            appeal=made, grant=False, by=manager, reason="x", at=clock.now
        )


def test_steps_are_written_once(caught):
    with pytest.raises(Exception, match="append"):
        CaseStep.objects.update(kind="released")


def test_looking_costs_the_same_however_many_deal_with_each_other(
    play, helper, puppets, clock, django_assert_max_num_queries
):
    play(helper, puppets, rounds=1)
    rules = FairPlayRules.current()

    for rounds in (1, 2):
        play(helper, puppets, rounds=rounds)
        with django_assert_max_num_queries(12):
            looking.suspicions([helper.pk], rules=rules, at=clock.now, hall=Welcome())


def test_days_long_gone_are_not_looked_at(play, helper, puppets, clock):
    play(helper, puppets)
    clock.now += timedelta(days=120)

    assert looking.look_at([helper.pk], at=clock.now) == []


@pytest.fixture
def welcome(make_person, make_question, make_answer, accept, clock):
    """New accounts ask one question each; one person answers, some accept."""

    def welcome(helper, names, *, agree):
        for number, name in enumerate(names):
            newcomer = make_person(name, at=clock.now)
            question = make_question(by=newcomer)
            answer = make_answer(question=question, by=helper)
            clock.move(hours=2)
            if number < agree:
                accept(answer)

    return welcome


def test_newcomers_bought_for_one_question_each_wait_for_a_decision(
    welcome, helper, stranger, clock, purse
):
    clock.move(days=-30)
    welcome(stranger, [f"real{n}" for n in range(34)], agree=14)
    welcome(helper, [f"fresh{n}" for n in range(16)], agree=16)

    looking.review_fair_play(at=clock.now)
    clock.move(days=VEST_DAYS + 1)
    actions.vest_points(at=clock.now)

    case = Case.objects.get()
    assert case.centre == helper
    assert case.people.count() == 17
    assert [sign["kind"] for sign in case.evidence["signs"]] == ["newcomers"]
    assert len(case.evidence["edges"]) == 16
    assert purse(helper).spendable == 0
    assert purse(stranger).spendable > 0


def test_what_was_decided_about_newcomers_is_not_brought_up_again(
    welcome, helper, stranger, manager, clock
):
    clock.move(days=-30)
    welcome(stranger, [f"real{n}" for n in range(34)], agree=14)
    welcome(helper, [f"fresh{n}" for n in range(16)], agree=16)
    looking.review_fair_play(at=clock.now)
    deciding.release(case=Case.objects.get(), by=manager, reason="ok", at=clock.now)

    welcome(helper, ["one-more"], agree=1)
    looking.review_fair_play(at=clock.move(hours=1))

    assert Case.objects.count() == 1
