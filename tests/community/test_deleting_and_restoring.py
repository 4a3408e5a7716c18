from datetime import timedelta

import pytest

from common.errors import TooMany
from community import actions, errors, queries
from community.models import Question
from community.signals import post_deleted, post_restored

pytestmark = pytest.mark.django_db


def state_of(post):
    post.refresh_from_db()
    return post.state


def test_an_asker_removes_a_question_nobody_answered(make_question, asker, clock):
    question = make_question(tags=["port-in"])

    actions.delete(person=asker, post=question, at=clock.now)

    assert state_of(question) == "deleted"
    assert question.body
    assert question.tags.get().question_count == 0
    assert queries.tally_of(asker).question_count == 0


def test_an_asker_does_not_remove_others_answers_a_moderator_may(
    question, make_answer, asker, moderator, clock
):
    make_answer()

    with pytest.raises(errors.OthersHaveAnswered):
        actions.delete(person=asker, post=question, at=clock.now)
    assert state_of(question) == "visible"

    actions.delete(person=moderator, post=question, at=clock.now, reason="Spam")
    assert state_of(question) == "deleted"
    assert (question.deleted_by, question.deleted_reason) == (moderator, "Spam")


def test_the_askers_own_answer_does_not_keep_the_question(
    question, make_answer, asker, clock
):
    make_answer(by=asker)

    actions.delete(person=asker, post=question, at=clock.now)

    assert state_of(question) == "deleted"


def test_strangers_remove_nothing(question, make_answer, stranger, clock):
    answer = make_answer()

    for post in (question, answer):
        with pytest.raises(errors.NotYourPost):
            actions.delete(person=stranger, post=post, at=clock.now)
        with pytest.raises(errors.NotYourPost):
            actions.delete(person=stranger, post=post, at=clock.now)
        assert state_of(post) == "visible"


def test_a_removed_answer_is_not_counted_any_more(question, make_answer, helper, clock):
    first = make_answer(at=clock.now)
    second = make_answer(at=clock.move(hours=1))

    actions.delete(person=helper, post=first, at=clock.move(hours=1))

    question.refresh_from_db()
    assert question.answer_count == 1
    assert question.first_answer_at == second.created_at
    assert queries.tally_of(helper).answer_count == 1

    actions.delete(person=helper, post=second, at=clock.now)
    question.refresh_from_db()
    assert (question.status, question.last_answer_at) == ("open", None)


def test_the_author_of_an_accepted_answer_leaves_it_a_moderator_reopens_the_thread(
    question, make_answer, asker, helper, moderator, clock, trace_of, reputation_of
):
    answer = make_answer()
    actions.accept(person=asker, answer=answer, at=clock.now)

    with pytest.raises(errors.AnswerIsAccepted):
        actions.delete(person=helper, post=answer, at=clock.now)
    assert state_of(answer) == "visible"

    actions.delete(person=moderator, post=answer, at=clock.now)
    question.refresh_from_db()
    assert question.status == "open"
    assert trace_of(question)[-1] == "unaccepted"
    assert reputation_of(helper) == reputation_of(asker) == 1
    assert queries.tally_of(helper).accepted_count == 0


def test_reputation_goes_with_the_post_and_comes_back_with_it(
    make_answer, helper, stranger, moderator, clock, reputation_of
):
    answer = make_answer()
    actions.vote(person=stranger, post=answer, value=1, at=clock.now)

    actions.delete(person=moderator, post=answer, at=clock.now)
    assert reputation_of(helper) == 1

    actions.restore(person=moderator, post=answer, at=clock.now)
    assert reputation_of(helper) == 11


def test_a_removed_thread_takes_what_its_answers_earned(
    question, make_answer, asker, helper, stranger, moderator, clock, reputation_of
):
    answer = make_answer()
    actions.vote(person=stranger, post=answer, value=1, at=clock.now)
    actions.vote(person=stranger, post=question, value=1, at=clock.now)
    actions.accept(person=asker, answer=answer, at=clock.now)
    earned = (reputation_of(asker), reputation_of(helper))

    actions.delete(person=moderator, post=question, at=clock.now)
    assert (reputation_of(asker), reputation_of(helper)) == (1, 1)

    actions.restore(person=moderator, post=question, at=clock.now)
    assert (reputation_of(asker), reputation_of(helper)) == earned
    assert question.events.count() == 4


def test_authors_bring_back_their_own_within_a_week(question, asker, clock):
    actions.delete(person=asker, post=question, at=clock.now)
    actions.restore(person=asker, post=question, at=clock.move(days=7))
    assert state_of(question) == "visible"

    actions.delete(person=asker, post=question, at=clock.now)
    with pytest.raises(errors.TooLateToRestore):
        actions.restore(person=asker, post=question, at=clock.move(days=7, seconds=1))
    assert state_of(question) == "deleted"


def test_authors_do_not_undo_a_moderator(question, asker, stranger, moderator, clock):
    actions.delete(person=moderator, post=question, at=clock.now)

    for person in (asker, stranger):
        with pytest.raises(errors.NotYourPost):
            actions.restore(person=person, post=question, at=clock.now)
    assert state_of(question) == "deleted"

    restored = actions.restore(person=moderator, post=question, at=clock.now)
    assert (restored.deleted_at, restored.deleted_reason) == (None, "")
    assert queries.tally_of(asker).question_count == 1


def test_leaving_and_coming_back_are_announced_once(
    make_answer, helper, moderator, clock, heard
):
    gone, back = heard(post_deleted), heard(post_restored)
    answer = make_answer()

    for _ in range(2):
        actions.delete(person=helper, post=answer, at=clock.now)
    for _ in range(2):
        actions.restore(person=moderator, post=answer, at=clock.now)

    assert [one["post"] for one in gone] == [answer]
    assert [one["post"] for one in back] == [answer]


def test_a_removed_comment_is_not_counted(make_answer, asker, clock):
    answer = make_answer()
    remark = actions.comment(
        person=asker, post=answer, body="That was it, thanks!", at=clock.now
    )

    actions.delete(person=asker, post=remark, at=clock.now)
    answer.refresh_from_db()
    assert answer.comment_count == 0

    actions.restore(person=asker, post=remark, at=clock.now)
    answer.refresh_from_db()
    assert answer.comment_count == 1


def test_nothing_is_ever_removed_from_the_database(question, asker, clock):
    actions.delete(person=asker, post=question, at=clock.now)

    assert Question.objects.filter(pk=question.pk).exists()
    assert not Question.objects.visible().exists()


def test_a_tombstone_says_who_and_why_and_never_what(
    question, moderator, clock, desk_agent
):
    actions.add_event(
        question=question,
        kind="ticket_opened",
        key="ticket:1",
        at=clock.now,
        data={"ticket": "7KQ2M9XA"},
    )
    actions.delete(
        person=moderator, post=question, at=clock.now, reason="Names a person"
    )
    question = queries.find_question(question.pk, desk_agent)

    stone = queries.tombstone(question)

    assert not stone.by_author
    assert (stone.reason, stone.ticket_reference) == ("Names a person", "7KQ2M9XA")
    assert stone.removed_at == clock.now
    assert question.title not in str(stone)
    assert question.body not in str(stone)


def test_a_long_reason_is_cut_not_refused(question, moderator, clock):
    actions.delete(person=moderator, post=question, at=clock.now, reason="x" * 500)

    question.refresh_from_db()
    assert len(question.deleted_reason) == 200
    assert clock.now - question.deleted_at == timedelta(0)


def test_deleting_and_restoring_all_day_has_an_end(make_answer, helper, clock):
    answer = make_answer(by=helper)
    for _time in range(30):
        clock.move(minutes=1)
        actions.delete(person=helper, post=answer, at=clock.now)
        actions.restore(person=helper, post=answer, at=clock.now)

    clock.move(minutes=2)
    with pytest.raises(TooMany):
        actions.delete(person=helper, post=answer, at=clock.now)

    answer.refresh_from_db()
    assert answer.is_visible
