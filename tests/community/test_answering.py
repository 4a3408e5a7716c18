import pytest

from common.errors import TooMany
from community import actions, errors, queries
from community.models import Answer

pytestmark = pytest.mark.django_db


def test_the_first_answer_changes_the_status_and_the_trace(
    question, make_answer, helper, trace_of
):
    first = make_answer()
    make_answer()

    question.refresh_from_db()
    assert question.status == "answered"
    assert question.answer_count == 2
    assert question.first_answer_at == first.created_at
    assert question.last_actor == helper
    assert trace_of(question) == ["asked", "answered"]
    assert queries.tally_of(helper).answer_count == 2


def test_who_answers_follows_the_thread(question, make_answer, helper):
    make_answer()

    assert question.follows.filter(person=helper).exists()


@pytest.mark.parametrize(
    ("standing", "voice"),
    [("member", "member"), ("agent", "agent"), ("staff", "official")],
)
def test_people_speak_as_what_they_are_on_that_day(
    make_answer, helper, standing, voice
):
    helper.standing = standing

    answer = make_answer()
    helper.standing = "member"
    helper.save()

    answer.refresh_from_db()
    assert answer.voice == voice


def test_nobody_answers_what_a_moderator_removed(
    question, make_answer, moderator, clock
):
    actions.delete(person=moderator, post=question, at=clock.now, reason="Spam")

    with pytest.raises(errors.NoLongerThere):
        make_answer()
    assert not Answer.objects.exists()


def test_an_answer_has_to_say_something(make_answer):
    with pytest.raises(errors.BodyTooShort):
        make_answer(body="Same here.")


def test_the_same_answer_twice_is_one(make_answer, clock):
    text = "Switch the phone off and on again, then wait a minute."
    make_answer(body=text, at=clock.now)

    with pytest.raises(errors.SamePostAgain):
        make_answer(body=text, at=clock.move(seconds=20))
    assert Answer.objects.count() == 1


def test_the_fifth_answer_in_a_minute_waits(make_answer, clock):
    for _ in range(4):
        make_answer(at=clock.move(seconds=5))

    with pytest.raises(TooMany) as refusal:
        make_answer(at=clock.move(seconds=5))
    assert refusal.value.retry_after == 40
    make_answer(at=clock.move(seconds=41))


def test_a_newcomer_answers_ten_times_on_the_first_day(make_person, make_answer, clock):
    newcomer = make_person("newcomer", at=clock.now)
    for _ in range(10):
        make_answer(by=newcomer, at=clock.move(minutes=1))

    with pytest.raises(errors.FirstDayLimit):
        make_answer(by=newcomer, at=clock.move(minutes=1))
