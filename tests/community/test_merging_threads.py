import pytest

from common.errors import NotAllowed
from community import actions, errors, queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(make_question, stranger):
    duplicate = make_question(by=stranger, tags=["port-in"])
    return duplicate, make_question(tags=["port-in"])


def test_everything_said_moves_and_the_old_address_leads_on(
    pair, make_answer, helper, stranger, moderator, clock
):
    duplicate, kept = pair
    answer = make_answer(question=duplicate)
    actions.comment(
        person=helper, post=duplicate, body="Which model is it?", at=clock.now
    )

    actions.merge_questions(duplicate=duplicate, into=kept, by=moderator, at=clock.now)

    old = queries.find_question(duplicate.pk, stranger)
    kept.refresh_from_db()
    answer.refresh_from_db()
    assert (old.state, old.merged_into) == ("merged", kept)
    assert answer.question == kept
    assert (kept.answer_count, kept.comment_count, kept.status) == (1, 1, "answered")
    assert kept.tags.get().question_count == 1


def test_who_asked_the_same_has_the_same_problem_and_hears_of_it(
    pair, helper, stranger, moderator, clock
):
    duplicate, kept = pair
    actions.follow(person=helper, question=duplicate, at=clock.now)
    actions.me_too(person=helper, question=duplicate, on=True, at=clock.now)
    actions.me_too(person=helper, question=kept, on=True, at=clock.now)

    actions.merge_questions(duplicate=duplicate, into=kept, by=moderator, at=clock.now)

    kept.refresh_from_db()
    assert kept.me_too_count == 2
    assert set(kept.follows.values_list("person__handle", flat=True)) == {
        "linjian",
        "laoxu",
        "xiaoman",
    }
    assert kept.follower_count == 3


def test_a_helper_keeps_the_acceptance(
    pair, make_answer, helper, stranger, moderator, clock, reputation_of
):
    duplicate, kept = pair
    answer = make_answer(question=duplicate)
    actions.accept(person=stranger, answer=answer, at=clock.now)

    actions.merge_questions(duplicate=duplicate, into=kept, by=moderator, at=clock.now)

    kept.refresh_from_db()
    assert (kept.status, kept.accepted_answer) == ("solved", answer)
    assert reputation_of(helper) == 1 + 15
    assert queries.tally_of(helper).accepted_count == 1


def test_a_solved_thread_keeps_its_own_solution(
    pair, make_answer, asker, helper, stranger, moderator, clock
):
    duplicate, kept = pair
    moved = make_answer(question=duplicate)
    own = make_answer(question=kept)
    actions.accept(person=stranger, answer=moved, at=clock.now)
    actions.accept(person=asker, answer=own, at=clock.now)

    actions.merge_questions(duplicate=duplicate, into=kept, by=moderator, at=clock.now)

    kept.refresh_from_db()
    assert kept.accepted_answer == own
    assert queries.tally_of(helper).accepted_count == 1


def test_a_chain_of_duplicates_leads_on_in_one_step(
    make_question, moderator, stranger, clock
):
    first, second, third = make_question(), make_question(), make_question()

    actions.merge_questions(duplicate=first, into=second, by=moderator, at=clock.now)
    actions.merge_questions(duplicate=second, into=third, by=moderator, at=clock.now)

    assert queries.find_question(first.pk, stranger).merged_into == third


def test_what_cannot_be_merged(pair, make_question, asker, moderator, clock):
    duplicate, kept = pair
    chinese = make_question(title="携号转网要等多久")
    by_moderator = {"by": moderator, "at": clock.now}

    with pytest.raises(NotAllowed):
        actions.merge_questions(duplicate=duplicate, into=kept, by=asker, at=clock.now)
    with pytest.raises(errors.CannotMerge):
        actions.merge_questions(duplicate=kept, into=kept, **by_moderator)
    with pytest.raises(errors.CannotMerge):
        actions.merge_questions(duplicate=chinese, into=kept, **by_moderator)
    actions.hand_to_staff(question=duplicate, at=clock.now)
    with pytest.raises(errors.StillWithStaff):
        actions.merge_questions(duplicate=duplicate, into=kept, **by_moderator)
    actions.hand_back(question=duplicate)
    actions.delete(person=asker, post=kept, at=clock.now)
    with pytest.raises(errors.NoLongerThere):
        actions.merge_questions(duplicate=duplicate, into=kept, **by_moderator)
    duplicate.refresh_from_db()
    assert duplicate.state == "visible"
