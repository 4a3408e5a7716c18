import pytest

from community import actions, queries
from community.models import Circle, Question

pytestmark = pytest.mark.django_db


def test_a_thread_without_an_answer_waits_from_the_hour_it_was_asked(
    make_question, make_answer, clock
):
    asked_at = clock.now
    lonely = make_question(at=asked_at)
    make_answer(question=make_question(at=asked_at), at=asked_at)

    assert list(queries.waiting_questions(until=asked_at, answered=False)) == [lonely]
    just_before = asked_at.replace(microsecond=0)
    if just_before < asked_at:
        assert not queries.waiting_questions(until=just_before, answered=False)


def test_a_thread_with_answers_waits_from_the_newest_one(question, make_answer, clock):
    make_answer(at=clock.move(hours=1))
    first_answered_at = clock.now
    make_answer(at=clock.move(hours=5))

    waiting = queries.waiting_questions
    assert not waiting(until=first_answered_at, answered=True)
    assert list(waiting(until=clock.now, answered=True)) == [question]
    assert not waiting(until=clock.now, answered=False)


def test_a_reopened_thread_waits_from_its_reopening(
    question, make_answer, asker, clock
):
    answer = make_answer()
    actions.accept(person=asker, answer=answer, at=clock.now)
    assert not queries.waiting_questions(until=clock.move(days=1))

    actions.unaccept(person=asker, question=question, at=clock.now)

    an_hour_before = clock.now
    assert list(queries.waiting_questions(until=an_hour_before)) == [question]
    assert not queries.waiting_questions(until=question.created_at)


def test_what_never_waits(make_question, make_answer, asker, moderator, clock):
    solved, with_staff, gone, imported = (make_question() for _ in range(4))
    actions.accept(person=asker, answer=make_answer(question=solved), at=clock.now)
    actions.hand_to_staff(question=with_staff, at=clock.now)
    actions.hide_post(post=gone, by=moderator, at=clock.now)
    Question.objects.filter(pk=imported.pk).update(source="forum", source_id="1")

    assert not queries.waiting_questions(until=clock.move(days=30))


def test_a_rule_may_look_at_one_circle_and_one_language(make_question, clock):
    roaming = Circle.objects.create(slug="roaming", name_en="Roaming", name_zh="漫游")
    english = make_question(circle=roaming)
    chinese = make_question(title="携号转网要等多久")
    until = clock.move(days=1)

    assert list(queries.waiting_questions(until=until, circle=roaming)) == [english]
    assert list(queries.waiting_questions(until=until, language="zh-hans")) == [chinese]
    assert set(queries.waiting_questions(until=until)) == {english, chinese}
