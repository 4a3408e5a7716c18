import pytest

from community import actions, errors

pytestmark = pytest.mark.django_db


def test_following_twice_is_following_once(question, stranger, clock):
    assert actions.follow(person=stranger, question=question, at=clock.now)
    assert not actions.follow(person=stranger, question=question, at=clock.now)

    question.refresh_from_db()
    assert question.follower_count == 2


def test_unfollowing_twice_is_unfollowing_once(question, stranger, clock):
    actions.follow(person=stranger, question=question, at=clock.now)

    assert actions.unfollow(person=stranger, question=question, at=clock.now)
    assert not actions.unfollow(person=stranger, question=question, at=clock.now)

    question.refresh_from_db()
    assert question.follower_count == 1


def test_me_too_is_said_once_and_taken_back_once(question, stranger, helper, clock):
    say = {"question": question, "at": clock.now}

    assert actions.me_too(person=stranger, on=True, **say) == 1
    assert actions.me_too(person=stranger, on=True, **say) == 1
    assert actions.me_too(person=helper, on=True, **say) == 2
    assert actions.me_too(person=stranger, on=False, **say) == 1
    assert actions.me_too(person=stranger, on=False, **say) == 1


def test_the_asker_has_the_problem_already(question, asker, clock):
    with pytest.raises(errors.OwnPost):
        actions.me_too(person=asker, question=question, on=True, at=clock.now)

    question.refresh_from_db()
    assert question.me_too_count == 0


def test_nobody_joins_a_thread_that_is_gone(question, asker, stranger, clock):
    actions.delete(person=asker, post=question, at=clock.now)

    with pytest.raises(errors.NoLongerThere):
        actions.follow(person=stranger, question=question, at=clock.now)
    with pytest.raises(errors.NoLongerThere):
        actions.me_too(person=stranger, question=question, on=True, at=clock.now)
