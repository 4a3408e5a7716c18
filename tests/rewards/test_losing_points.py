"""What a cause gave goes again with it, exactly, even when it was spent already."""

import pytest

from community import actions as community
from community.models import Answer, Question
from community.signals import answer_unaccepted
from people.models import Person
from rewards import actions, queries
from rewards.errors import NotEnoughPoints
from rewards.models import Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def delete(moderator, clock):
    def delete(post):
        kept = type(post).objects.get(pk=post.pk)
        return community.delete(person=moderator, post=kept, at=clock.now)

    return delete


@pytest.fixture
def restore(moderator, clock):
    def restore(post):
        kept = type(post).objects.get(pk=post.pk)
        return community.restore(person=moderator, post=kept, at=clock.now)

    return restore


def test_an_acceptance_taken_back_takes_its_points(
    answer, accept, unaccept, helper, points
):
    accept(answer)
    unaccept(answer)
    unaccept(answer)

    assert points(helper) == 0
    assert [t.kind for t in Transfer.objects.order_by("pk")] == ["award", "reversal"]


def test_the_same_reversal_told_twice_takes_once(
    help_somebody, unaccept, asker, helper, clock, points
):
    first = help_somebody()
    help_somebody()

    question = unaccept(first)
    answer_unaccepted.send(
        sender=Answer, question=question, answer=first, by=asker, at=clock.now
    )

    assert points(helper) == 20


def test_accepting_again_and_again_earns_once(answer, accept, unaccept, helper, points):
    accept(answer)
    for _ in range(3):
        unaccept(answer)
        assert points(helper) == 0
        accept(answer)

    assert points(helper) == 20


def test_the_points_move_when_another_answer_is_accepted(
    answer, make_answer, accept, helper, stranger, points
):
    other = make_answer(question=answer.question, by=stranger)
    accept(answer)

    accept(other)

    assert (points(helper), points(stranger)) == (0, 20)


def test_a_rescue_goes_with_the_acceptance(
    make_question, make_answer, accept, unaccept, helper, clock, points
):
    question = make_question()
    clock.move(hours=25)
    rescued = make_answer(question=question)
    accept(rescued)
    assert points(helper) == 30

    unaccept(rescued)

    assert points(helper) == 0


def test_a_vote_taken_back_or_turned_takes_its_points(
    answer, vote, helper, stranger, moderator, points
):
    vote(stranger, answer)
    vote(moderator, answer)
    assert points(helper) == 4

    vote(stranger, answer, 0)
    assert points(helper) == 2

    vote(moderator, answer, -1)
    assert points(helper) == 0

    vote(moderator, answer, 1)
    assert points(helper) == 2


def test_a_deleted_answer_loses_votes_and_acceptance_and_comes_back_with_votes(
    answer, accept, vote, delete, restore, helper, stranger, points
):
    accept(answer)
    vote(stranger, answer)
    assert points(helper) == 22

    delete(answer)
    assert points(helper) == 0

    # Deleting ended the acceptance; the asker has to say so again.
    restore(answer)
    assert points(helper) == 2


def test_a_deleted_thread_takes_every_helpers_points_and_gives_them_back(
    answer, make_answer, accept, vote, delete, restore, helper, stranger, asker, points
):
    other = make_answer(question=answer.question, by=stranger)
    accept(answer)
    vote(asker, other)
    assert (points(helper), points(stranger)) == (20, 2)

    delete(answer.question)
    assert (points(helper), points(stranger)) == (0, 0)

    restore(answer.question)
    assert (points(helper), points(stranger)) == (20, 2)


def test_an_answer_deleted_inside_a_deleted_thread_stays_unpaid(
    answer, vote, delete, restore, helper, stranger, points
):
    vote(stranger, answer)
    delete(answer)
    delete(answer.question)

    restore(answer.question)
    assert points(helper) == 0

    restore(answer)
    assert points(helper) == 2


def test_the_author_of_an_answer_deletes_it_and_keeps_nothing(
    answer, vote, helper, stranger, clock, points
):
    vote(stranger, answer)

    community.delete(person=helper, post=Answer.objects.get(pk=answer.pk), at=clock.now)

    assert points(helper) == 0


def test_points_that_were_spent_become_a_debt(
    answer, accept, unaccept, redeem, gift, helper, purse
):
    accept(answer)
    redeem(helper, gift)

    unaccept(answer)

    left = purse(helper)
    assert (left.spendable, left.reserved, left.debt) == (0, 20, 20)


def test_what_is_left_goes_first_and_only_the_rest_is_owed(
    help_somebody, vote, unaccept, redeem, gift, helper, stranger, purse
):
    answer = help_somebody()
    vote(stranger, answer)
    redeem(helper, gift)

    unaccept(answer)

    left = purse(helper)
    assert (left.spendable, left.debt) == (0, 18)


def test_later_earnings_pay_the_debt_first(
    help_somebody, make_answer, vote, unaccept, redeem, gift, helper, stranger, purse
):
    spent = help_somebody()
    redeem(helper, gift)
    unaccept(spent)

    vote(stranger, make_answer())
    assert (purse(helper).spendable, purse(helper).debt) == (0, 18)

    help_somebody()
    assert (purse(helper).spendable, purse(helper).debt) == (2, 0)

    help_somebody()
    assert (purse(helper).spendable, purse(helper).debt) == (22, 0)


def test_the_history_says_how_a_debt_came_and_went(
    answer, accept, unaccept, redeem, gift, helper, client_of
):
    accept(answer)
    redeem(helper, gift)
    unaccept(answer)
    accept(answer)

    rows = queries.history_page(helper, 1).object_list
    figures = [(row.change, row.change_owed, row.balance) for row in rows]
    assert figures == [(0, -20, 0), (0, 20, 0), (-20, 0, 0), (20, 0, 20)]
    english = client_of(helper).get("/en/rewards/history/").content.decode()
    assert "Your answer is no longer the accepted one" in english
    assert "20 points of it were spent already" in english
    assert "20 points of it paid what you owed." in english
    Person.objects.filter(pk=helper.pk).update(language="zh-hans")
    chinese = client_of(helper).get("/zh-hans/rewards/history/").content.decode()
    assert "您的回答不再是被采纳的回答" in chinese
    assert "其中 20 积分已花掉" in chinese


def test_accepting_again_after_spending_clears_the_debt(
    answer, accept, unaccept, redeem, gift, helper, purse
):
    accept(answer)
    redeem(helper, gift)
    for _ in range(3):
        unaccept(answer)
        assert (purse(helper).spendable, purse(helper).debt) == (0, 20)
        accept(answer)
        assert (purse(helper).spendable, purse(helper).debt) == (0, 0)


def test_an_order_cancelled_after_the_reversal_pays_what_is_owed(
    answer, accept, unaccept, redeem, gift, manager, helper, clock, purse
):
    accept(answer)
    order = redeem(helper, gift)
    unaccept(answer)

    actions.cancel(redemption=order, by=manager, at=clock.now)

    left = purse(helper)
    assert (left.spendable, left.reserved, left.debt) == (0, 0, 0)


def test_who_spent_nothing_in_the_end_owes_nothing(
    help_somebody, unaccept, redeem, gift, manager, helper, clock, purse
):
    """Points that stood in for others and then expired are not asked for twice."""
    first, second = help_somebody(), help_somebody()
    order = redeem(helper, gift)
    unaccept(first)
    actions.cancel(redemption=order, by=manager, at=clock.now)
    assert purse(helper).spendable == 20

    actions.expire_points(at=clock.move(days=400))
    unaccept(second)

    assert (purse(helper).spendable, purse(helper).debt) == (0, 0)


def test_an_indebted_member_cannot_order(
    help_somebody, vote, unaccept, redeem, make_gift, helper, stranger, purse
):
    spent = help_somebody()
    redeem(helper, make_gift(cost=20))
    unaccept(spent)
    vote(stranger, help_somebody())
    assert purse(helper).spendable == 2

    with pytest.raises(NotEnoughPoints):
        redeem(helper, make_gift(cost=20))
    redeem(helper, make_gift(cost=2))

    assert purse(helper).spendable == 0


@pytest.fixture
def three_a_day(rule):
    """A day is full after three accepted answers."""
    rule("accepted", daily_cap=60)


def test_room_under_the_days_cap_goes_to_what_the_cap_had_cut(
    three_a_day, help_somebody, unaccept, helper, points
):
    first = help_somebody()
    for _ in range(3):
        help_somebody()
    assert points(helper) == 60

    unaccept(first)
    assert points(helper) == 60

    unaccept(help_somebody())
    assert points(helper) == 60


def test_a_filled_day_leaves_nothing_behind_when_all_of_it_is_undone(
    three_a_day, help_somebody, unaccept, accept, helper, points
):
    helped = [help_somebody() for _ in range(5)]
    for answer in helped:
        unaccept(answer)
    assert points(helper) == 0

    for answer in reversed(helped):
        accept(answer)
    assert points(helper) == 60


def test_a_reversal_of_another_day_fills_its_own_day(
    three_a_day, help_somebody, unaccept, helper, clock, points
):
    first = help_somebody()
    for _ in range(3):
        help_somebody()
    clock.move(days=1)
    for _ in range(3):
        help_somebody()
    assert points(helper) == 120

    unaccept(first)

    assert points(helper) == 120


def test_a_withdrawn_vote_makes_room_for_one_the_posts_cap_had_cut(
    answer, vote, neighbours, helper, points
):
    voters = neighbours(7)
    for voter in voters:
        vote(voter, answer)
    assert points(helper) == 10

    vote(voters[0], answer, 0)
    vote(voters[1], answer, 0)
    assert points(helper) == 10

    vote(voters[2], answer, 0)
    assert points(helper) == 8


def test_losing_the_first_award_of_a_pair_makes_the_next_one_the_first(
    help_somebody, unaccept, asker, helper, points
):
    first = help_somebody(asker=asker)
    help_somebody(asker=asker)
    assert points(helper) == 30

    unaccept(first)

    assert points(helper) == 20


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (1, 3, 0, 2)])
def test_no_order_of_undoing_and_redoing_makes_a_pair_worth_more(
    order, help_somebody, accept, unaccept, asker, helper, points
):
    helped = [help_somebody(asker=asker) for _ in range(4)]
    assert points(helper) == 35

    for place in order:
        unaccept(helped[place])
        accept(helped[place])
        assert points(helper) == 35
    for place in order:
        unaccept(helped[place])

    assert points(helper) == 0


def test_a_changed_rule_takes_back_what_was_given_not_what_it_says_now(
    help_somebody, unaccept, rule, helper, points
):
    first, second = help_somebody(), help_somebody()
    rule("accepted", points=50)

    unaccept(first)
    assert points(helper) == 20

    rule("accepted", enabled=False)
    unaccept(second)
    assert points(helper) == 0


def test_merging_threads_pays_nobody_twice(
    make_question, make_answer, accept, moderator, stranger, vote, helper, clock, points
):
    doubled = make_question()
    kept = make_question()
    answer = make_answer(question=doubled)
    accept(answer)
    vote(stranger, answer)
    assert points(helper) == 22

    community.merge_questions(duplicate=doubled, into=kept, by=moderator, at=clock.now)

    assert Question.objects.get(pk=kept.pk).accepted_answer == answer
    assert points(helper) == 22
