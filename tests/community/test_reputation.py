import pytest

from community import actions
from community.models import Answer, Question, ReputationChange

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(make_answer):
    return make_answer()


def ledger_sum(person):
    changes = ReputationChange.objects.filter(person=person)
    return sum(changes.values_list("amount", flat=True))


def test_what_helping_is_worth(
    question, answer, asker, helper, stranger, clock, reputation_of
):
    actions.vote(person=stranger, post=answer, value=1, at=clock.now)
    actions.vote(person=stranger, post=question, value=1, at=clock.now)
    actions.accept(person=asker, answer=answer, at=clock.now)

    assert reputation_of(helper) == 1 + 10 + 15
    assert reputation_of(asker) == 1 + 5 + 2


def test_accept_unaccept_accept_pays_once(
    question, answer, asker, helper, clock, reputation_of
):
    for _ in range(4):
        actions.accept(person=asker, answer=answer, at=clock.move(minutes=1))
        actions.unaccept(person=asker, question=question, at=clock.move(minutes=1))
    actions.accept(person=asker, answer=answer, at=clock.move(minutes=1))

    assert reputation_of(helper) == 1 + 15
    assert reputation_of(asker) == 1 + 2
    assert ledger_sum(helper) == 15
    assert ReputationChange.objects.filter(person=helper).count() == 9


def test_a_vote_on_and_off_pays_once(answer, helper, stranger, clock, reputation_of):
    for value in (1, 0, 1, 0, 1):
        actions.vote(person=stranger, post=answer, value=value, at=clock.now)
    assert reputation_of(helper) == 1 + 10

    actions.vote(person=stranger, post=answer, value=0, at=clock.move(minutes=2))
    assert reputation_of(helper) == 1


def test_a_moderators_acceptance_pays_the_helper_not_the_asker(
    answer, asker, helper, moderator, clock, reputation_of
):
    actions.accept(person=moderator, answer=answer, at=clock.now)

    assert reputation_of(helper) == 1 + 15
    assert reputation_of(asker) == 1
    assert reputation_of(moderator) == 1


def test_nobody_sinks_below_one(
    answer, helper, make_crowd, make_reputation, clock, reputation_of
):
    for neighbour in make_crowd(3):
        make_reputation(neighbour, 200)
        actions.vote(person=neighbour, post=answer, value=-1, at=clock.now)

    assert reputation_of(helper) == 1
    assert ledger_sum(helper) == -6


def test_votes_bring_at_most_200_a_day_and_acceptance_comes_on_top(
    answer, asker, helper, make_crowd, clock, reputation_of
):
    crowd = make_crowd(22)
    for neighbour in crowd[:21]:
        actions.vote(person=neighbour, post=answer, value=1, at=clock.now)
    actions.accept(person=asker, answer=answer, at=clock.now)
    assert reputation_of(helper) == 1 + 200 + 15

    actions.vote(person=crowd[21], post=answer, value=1, at=clock.move(days=1))
    assert reputation_of(helper) == 1 + 200 + 15 + 10


def test_a_vote_beyond_the_cap_takes_nothing_when_it_goes(
    answer, helper, make_crowd, clock, reputation_of
):
    crowd = make_crowd(21)
    for neighbour in crowd:
        actions.vote(person=neighbour, post=answer, value=1, at=clock.now)

    actions.vote(person=crowd[20], post=answer, value=0, at=clock.now)

    assert reputation_of(helper) == 1 + 200


def test_imported_posts_earn_nothing(
    question, answer, helper, stranger, asker, clock, reputation_of
):
    Answer.objects.filter(pk=answer.pk).update(source="forum", source_id="1")
    answer.refresh_from_db()

    actions.vote(person=stranger, post=answer, value=1, at=clock.now)
    actions.accept(person=asker, answer=answer, at=clock.now)

    assert reputation_of(helper) == reputation_of(asker) == 1


def test_an_answer_in_an_imported_thread_earns_nothing(
    question, answer, helper, asker, clock, reputation_of
):
    Question.objects.filter(pk=question.pk).update(source="forum", source_id="1")
    answer.refresh_from_db()

    actions.accept(person=asker, answer=answer, at=clock.now)

    assert reputation_of(helper) == 1


def test_history_cannot_be_rewritten(answer, stranger, clock):
    actions.vote(person=stranger, post=answer, value=1, at=clock.now)

    with pytest.raises(Exception, match=r"(?i)append|only|refuse|change"):
        ReputationChange.objects.update(amount=1000)
