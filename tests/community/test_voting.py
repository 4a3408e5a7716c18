import pytest

from common.errors import TooMany
from community import actions, errors
from community.models import MemberTally, Vote
from community.signals import vote_changed

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(make_answer):
    return make_answer()


def counts(post):
    post.refresh_from_db()
    return (post.vote_score, post.up_count, post.down_count)


def test_a_vote_counts_once_however_often_it_is_given(answer, stranger, clock):
    for _ in range(3):
        actions.vote(person=stranger, post=answer, value=1, at=clock.now)

    assert counts(answer) == (1, 1, 0)
    assert Vote.objects.count() == 1


def test_a_vote_can_be_turned_and_taken_back(answer, asker, clock, make_reputation):
    make_reputation(asker, 125)

    actions.vote(person=asker, post=answer, value=1, at=clock.now)
    actions.vote(person=asker, post=answer, value=-1, at=clock.now)
    assert counts(answer) == (-1, 0, 1)

    actions.vote(person=asker, post=answer, value=0, at=clock.now)
    assert counts(answer) == (0, 0, 0)
    assert not Vote.objects.exists()


def test_nobody_votes_on_their_own_posts(question, answer, asker, helper, clock):
    with pytest.raises(errors.OwnPost):
        actions.vote(person=helper, post=answer, value=1, at=clock.now)
    with pytest.raises(errors.OwnPost):
        actions.vote(person=asker, post=question, value=1, at=clock.now)
    assert not Vote.objects.exists()

    actions.vote(person=helper, post=question, value=1, at=clock.now)
    question.refresh_from_db()
    assert question.vote_score == 1


def test_voting_down_needs_reputation(answer, stranger, clock, make_reputation):
    make_reputation(stranger, 124)
    with pytest.raises(errors.NotEnoughReputation) as refusal:
        actions.vote(person=stranger, post=answer, value=-1, at=clock.now)
    assert (refusal.value.needed, refusal.value.has) == (125, 124)
    assert counts(answer) == (0, 0, 0)

    make_reputation(stranger, 125)
    actions.vote(person=stranger, post=answer, value=-1, at=clock.now)
    assert counts(answer) == (-1, 0, 1)


@pytest.mark.parametrize("value", [2, -2, 100, True, "1", None, 0.5])
def test_a_vote_is_up_down_or_none(answer, stranger, clock, value):
    with pytest.raises(errors.NotAVote):
        actions.vote(person=stranger, post=answer, value=value, at=clock.now)
    assert counts(answer) == (0, 0, 0)


def test_nobody_votes_on_what_is_gone(answer, question, stranger, moderator, clock):
    actions.delete(person=moderator, post=question, at=clock.now)

    with pytest.raises(errors.NoLongerThere):
        actions.vote(person=stranger, post=answer, value=1, at=clock.now)


def test_the_sixth_vote_in_a_minute_waits(make_question, make_crowd, stranger, clock):
    questions = [make_question(by=neighbour) for neighbour in make_crowd(6)]
    for question in questions[:5]:
        actions.vote(person=stranger, post=question, value=1, at=clock.now)

    with pytest.raises(TooMany):
        actions.vote(person=stranger, post=questions[5], value=1, at=clock.now)
    actions.vote(person=stranger, post=questions[5], value=1, at=clock.move(seconds=61))


def test_a_changed_vote_is_announced_once(answer, stranger, clock, heard):
    changes = heard(vote_changed)

    actions.vote(person=stranger, post=answer, value=1, at=clock.now)
    actions.vote(person=stranger, post=answer, value=1, at=clock.now)
    actions.vote(person=stranger, post=answer, value=0, at=clock.now)

    assert [(one["old"], one["new"]) for one in changes] == [(0, 1), (1, 0)]
    assert changes[0]["voter"] == stranger
    assert changes[0]["post"] == answer


def test_a_refused_voter_gets_no_tally(answer, stranger, clock):
    with pytest.raises(errors.NotEnoughReputation):
        actions.vote(person=stranger, post=answer, value=-1, at=clock.now)

    assert not MemberTally.objects.filter(person=stranger).exists()
