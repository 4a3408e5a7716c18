import pytest

from community import actions
from community.models import QuestionEvent

pytestmark = pytest.mark.django_db


def test_steps_are_numbered_in_order(question, clock):
    for number in (2, 3, 4):
        event = actions.add_event(
            question=question, kind="escalated", key=f"rule:{number}", at=clock.now
        )
        assert event.seq == number

    question.refresh_from_db()
    assert question.event_count == 4


def test_the_same_key_again_changes_nothing(question, clock):
    step = {"question": question, "kind": "escalated", "key": "rule:1:1"}
    first = actions.add_event(at=clock.now, data={"hours": 24}, **step)

    second = actions.add_event(at=clock.move(hours=1), data={"hours": 99}, **step)

    assert first == second
    assert question.events.get(kind="escalated").data == {"hours": 24}


def test_the_trace_cannot_be_rewritten(question):
    with pytest.raises(Exception, match=r"(?i)append|only|refuse|change"):
        QuestionEvent.objects.filter(question=question).update(kind="solved")


def test_no_step_is_taken_out_of_the_trace(question):
    with pytest.raises(Exception, match=r"(?i)append|only|refuse|change|delete"):
        QuestionEvent.objects.filter(question=question).delete()
