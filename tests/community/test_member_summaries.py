from datetime import timedelta

import pytest

from community import actions, queries
from community.queries import members

pytestmark = pytest.mark.django_db


def test_a_member_is_known_by_what_they_solved(
    make_question,
    make_answer,
    asker,
    helper,
    stranger,
    clock,
    django_assert_num_queries,
):
    porting = make_question(tags=["port-in"])
    billing = make_question(tags=["bill"])
    best = make_answer(question=porting)
    make_answer(question=billing)
    actions.accept(person=asker, answer=best, at=clock.now)
    actions.vote(person=stranger, post=best, value=1, at=clock.now)

    with django_assert_num_queries(4):
        summary = queries.member_summary(helper)

    assert (summary.tally.answer_count, summary.tally.accepted_count) == (2, 1)
    assert summary.tally.reputation == 26
    assert summary.best_answers[0] == best
    assert [(one.tag.name, one.accepted) for one in summary.strengths] == [
        ("port-in", 1),
        ("bill", 0),
    ]


def test_answers_to_own_questions_are_no_strength(make_question, make_answer, asker):
    make_answer(question=make_question(tags=["port-in"]), by=asker)

    assert queries.strengths_of(asker) == []


def test_having_asked_about_a_topic_does_not_make_it_less_of_a_strength(
    make_question, make_answer, helper
):
    make_question(by=helper, tags=["port-in"])
    make_answer(question=make_question(tags=["port-in"]))

    (strength,) = queries.strengths_of(helper)

    assert (strength.tag.name, strength.answers) == ("port-in", 1)


def test_strengths_are_those_of_the_latest_answers(
    make_question, make_answer, clock, helper, monkeypatch
):
    monkeypatch.setattr(members, "LATEST", 2)
    for tag, minutes in (("fax", 30), ("esim", 20), ("esim", 10)):
        question = make_question(tags=[tag])
        make_answer(question=question, at=clock.now - timedelta(minutes=minutes))

    (strength,) = queries.strengths_of(helper)

    assert (strength.tag.name, strength.answers) == ("esim", 2)


def test_removed_answers_are_nobodys_best(make_answer, helper, moderator, clock):
    actions.hide_post(post=make_answer(), by=moderator, at=clock.now)

    assert not queries.best_answers(helper)


def test_somebody_who_never_wrote_has_an_empty_summary(stranger):
    summary = queries.member_summary(stranger)

    assert summary.tally.reputation == 1
    assert (summary.best_answers, summary.strengths) == ([], [])
