import pytest

from community import actions, errors
from community.signals import answer_posted, question_reopened, question_solved

pytestmark = pytest.mark.django_db

REPLY = "We have repaired the line this morning; please restart your modem once."


def official(question, person, at):
    return actions.post_official_answer(
        person=person, question=question, body=REPLY, at=at, ticket_reference="7KQ2M9XA"
    )


def test_the_desk_answers_officially_and_settles(
    question, desk_agent, clock, trace_of, heard
):
    posted, solved = heard(answer_posted), heard(question_solved)

    answer = official(question, desk_agent, clock.now)
    actions.settle_officially(
        question=question, answer=answer, by=desk_agent, at=clock.now
    )
    actions.settle_officially(
        question=question, answer=answer, by=desk_agent, at=clock.now
    )

    question.refresh_from_db()
    assert (answer.voice, answer.ticket_reference) == ("official", "7KQ2M9XA")
    assert question.status == "solved"
    assert question.accepted_answer is None
    assert trace_of(question) == ["asked", "official_answer", "solved"]
    assert len(posted) == len(solved) == 1
    assert question.events.last().data["official"] is True


def test_a_member_does_not_speak_for_the_operator(question, helper, make_answer, clock):
    with pytest.raises(errors.NotYourThread):
        official(question, helper, clock.now)
    with pytest.raises(errors.NotYourThread):
        actions.settle_officially(
            question=question, answer=make_answer(), by=helper, at=clock.now
        )
    question.refresh_from_db()
    assert question.status == "answered"


def test_a_thread_is_settled_by_one_of_its_own_answers(
    make_question, desk_agent, clock
):
    first, second = make_question(), make_question()
    elsewhere = official(first, desk_agent, clock.now)

    with pytest.raises(errors.NotInThisThread):
        actions.settle_officially(
            question=second, answer=elsewhere, by=desk_agent, at=clock.now
        )


def test_a_member_answers_after_the_official_answer(
    question, desk_agent, make_answer, clock, trace_of
):
    official(question, desk_agent, clock.now)
    make_answer()

    assert trace_of(question) == ["asked", "official_answer", "answered"]


def test_the_asker_says_it_is_not_solved(
    question, asker, stranger, desk_agent, clock, trace_of, heard
):
    reopened = heard(question_reopened)
    answer = official(question, desk_agent, clock.now)
    actions.settle_officially(
        question=question, answer=answer, by=desk_agent, at=clock.now
    )

    with pytest.raises(errors.NotYourThread):
        actions.reopen(person=stranger, question=question, at=clock.now)
    actions.reopen(person=asker, question=question, at=clock.move(hours=2))

    question.refresh_from_db()
    assert question.status == "answered"
    assert (question.cycle, question.cycle_started_at) == (2, clock.now)
    assert trace_of(question)[-1] == "unaccepted"
    assert question.events.last().data == {"reopened": True}
    assert len(reopened) == 1
    with pytest.raises(errors.NothingToReopen):
        actions.reopen(person=asker, question=question, at=clock.now)


def test_the_asker_may_still_accept_after_an_official_solution(
    question, asker, desk_agent, clock, trace_of
):
    answer = official(question, desk_agent, clock.now)
    actions.settle_officially(
        question=question, answer=answer, by=desk_agent, at=clock.now
    )

    actions.accept(person=asker, answer=answer, at=clock.now)

    assert trace_of(question) == ["asked", "official_answer", "solved", "accepted"]


def test_a_thread_in_the_teams_hands_says_so(question, clock):
    actions.hand_to_staff(question=question, at=clock.now)
    question.refresh_from_db()
    assert question.status == "ticket"

    actions.hand_back(question=question)
    question.refresh_from_db()
    assert question.status == "open"
