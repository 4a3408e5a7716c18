import pytest

from common.errors import TooMany
from community import actions, errors, queries
from community.models import Question
from community.signals import (
    answer_accepted,
    answer_unaccepted,
    question_reopened,
    question_solved,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def answer(make_answer):
    return make_answer()


def test_the_asker_accepts_and_the_thread_is_solved(
    question, answer, asker, helper, clock, trace_of
):
    actions.accept(person=asker, answer=answer, at=clock.move(hours=1))

    question.refresh_from_db()
    assert question.status == "solved"
    assert question.accepted_answer == answer
    assert question.accepted_by == asker
    assert question.solved_at == clock.now
    assert trace_of(question) == ["asked", "answered", "accepted", "solved"]
    assert queries.tally_of(helper).accepted_count == 1


def test_accepting_twice_is_accepting_once(
    question, answer, asker, clock, trace_of, heard
):
    accepted, solved = heard(answer_accepted), heard(question_solved)

    for _ in range(3):
        actions.accept(person=asker, answer=answer, at=clock.now)

    assert trace_of(question) == ["asked", "answered", "accepted", "solved"]
    assert len(accepted) == len(solved) == 1


def test_moderators_and_staff_may_accept_for_the_asker_others_may_not(
    question, answer, helper, stranger, moderator, desk_agent, clock
):
    for person in (helper, stranger):
        with pytest.raises(errors.NotYourThread):
            actions.accept(person=person, answer=answer, at=clock.now)
    question.refresh_from_db()
    assert question.accepted_answer is None

    actions.accept(person=desk_agent, answer=answer, at=clock.now)
    actions.unaccept(person=moderator, question=question, at=clock.now)
    actions.accept(person=moderator, answer=answer, at=clock.now)
    question.refresh_from_db()
    assert question.accepted_by == moderator


def test_a_moderator_does_not_accept_their_own_answer(
    question, make_answer, moderator, clock
):
    own = make_answer(by=moderator)

    with pytest.raises(errors.AcceptingYourOwn):
        actions.accept(person=moderator, answer=own, at=clock.now)
    question.refresh_from_db()
    assert question.status == "answered"


def test_an_asker_may_accept_their_own_answer_and_earns_nothing(
    question, make_answer, asker, clock, reputation_of
):
    own = make_answer(by=asker)

    actions.accept(person=asker, answer=own, at=clock.now)

    question.refresh_from_db()
    assert question.status == "solved"
    assert reputation_of(asker) == 1
    assert queries.tally_of(asker).accepted_count == 0


def test_accepting_another_answer_takes_the_first_one_back(
    question, answer, make_answer, asker, stranger, helper, clock, trace_of
):
    better = make_answer(by=stranger)
    actions.accept(person=asker, answer=answer, at=clock.move(hours=1))

    actions.accept(person=asker, answer=better, at=clock.move(hours=1))

    question.refresh_from_db()
    assert question.accepted_answer == better
    assert question.solved_at == clock.now
    assert question.cycle == 2
    assert trace_of(question)[2:] == [
        "accepted",
        "solved",
        "unaccepted",
        "accepted",
        "solved",
    ]
    assert queries.tally_of(helper).accepted_count == 0
    assert queries.tally_of(stranger).accepted_count == 1


def test_taking_it_back_opens_the_thread_and_starts_a_new_cycle(
    question, answer, asker, clock, trace_of, heard
):
    undone, reopened = heard(answer_unaccepted), heard(question_reopened)
    actions.accept(person=asker, answer=answer, at=clock.now)

    actions.unaccept(person=asker, question=question, at=clock.move(days=1))
    actions.unaccept(person=asker, question=question, at=clock.move(days=1))

    question.refresh_from_db()
    assert question.status == "answered"
    assert (question.accepted_answer, question.accepted_at) == (None, None)
    assert question.cycle == 2
    assert trace_of(question)[-1] == "unaccepted"
    assert [one["answer"] for one in undone] == [answer]
    assert len(reopened) == 1
    assert question.cycle_started_at == reopened[0]["at"]


def test_a_stranger_takes_nothing_back(question, answer, asker, stranger, clock):
    actions.accept(person=asker, answer=answer, at=clock.now)

    with pytest.raises(errors.NotYourThread):
        actions.unaccept(person=stranger, question=question, at=clock.now)
    question.refresh_from_db()
    assert question.accepted_answer == answer


def test_what_is_gone_is_not_accepted(
    question, answer, asker, helper, moderator, clock
):
    actions.delete(person=helper, post=answer, at=clock.now)
    with pytest.raises(errors.NoLongerThere):
        actions.accept(person=asker, answer=answer, at=clock.now)

    actions.restore(person=moderator, post=answer, at=clock.now)
    actions.hide_post(post=question, by=moderator, at=clock.now)
    with pytest.raises(errors.NoLongerThere):
        actions.accept(person=asker, answer=answer, at=clock.now)


def test_an_answer_solves_only_its_own_question(
    make_question, make_answer, asker, clock
):
    first, second = make_question(), make_question()
    answer = make_answer(question=first)
    answer.question = second

    with pytest.raises(errors.NoLongerThere):
        actions.accept(person=asker, answer=answer, at=clock.now)
    assert not Question.objects.solved().exists()


def test_changing_ones_mind_all_day_has_an_end(question, make_answer, asker, clock):
    """Every change stays in the trace for good."""
    answer = make_answer(question=question)
    for _time in range(15):
        clock.move(minutes=1, seconds=1)
        actions.accept(person=asker, answer=answer, at=clock.now)
        actions.unaccept(person=asker, question=question, at=clock.now)

    clock.move(minutes=2)
    with pytest.raises(TooMany):
        actions.accept(person=asker, answer=answer, at=clock.now)

    assert question.events.filter(kind="accepted").count() == 15
    clock.move(days=1)
    actions.accept(person=asker, answer=answer, at=clock.now)
