import pytest
from django.utils import timezone

from community import actions, errors
from community.models import Comment

pytestmark = pytest.mark.django_db


def test_a_comment_stands_under_its_answer_and_counts_there(
    question, make_answer, asker
):
    answer = make_answer()

    actions.comment(
        person=asker, post=answer, body="That was it, thanks!", at=timezone.now()
    )

    answer.refresh_from_db()
    question.refresh_from_db()
    assert answer.comment_count == 1
    assert question.comment_count == 0
    assert question.last_actor == asker


def test_a_comment_stands_under_a_question(question, helper):
    remark = actions.comment(
        person=helper, post=question, body="哪个型号？", at=timezone.now()
    )

    question.refresh_from_db()
    assert remark.thread == question
    assert question.comment_count == 1


@pytest.mark.parametrize("body", ["", "ok", "x" * 1001])
def test_a_comment_has_a_length(question, helper, body):
    with pytest.raises(Exception) as refusal:
        actions.comment(person=helper, post=question, body=body, at=timezone.now())
    assert refusal.value.status == 400
    assert not Comment.objects.exists()


def test_nobody_comments_on_what_is_gone(make_answer, helper, asker, clock):
    answer = make_answer()
    actions.delete(person=helper, post=answer, at=clock.now)

    with pytest.raises(errors.NoLongerThere):
        actions.comment(
            person=asker, post=answer, body="Where did it go?", at=clock.now
        )


def test_thanks_may_be_said_twice_but_not_twice_in_one_place(
    question, make_answer, asker, clock
):
    first, second = make_answer(), make_answer()
    thanks = {"person": asker, "body": "Thank you!", "at": clock.now}
    actions.comment(post=first, **thanks)
    actions.comment(post=second, **thanks)

    with pytest.raises(errors.SamePostAgain):
        actions.comment(post=first, **thanks)
    assert Comment.objects.count() == 2
