import pytest
from django.utils import timezone

from common.outbox import drain
from community import actions
from community.models import Flag
from people.actions import erase_person
from people.models import Notification
from people.registries import exports

pytestmark = pytest.mark.django_db


def test_an_erased_member_is_named_nowhere_and_follows_nothing(
    question, make_answer, asker, helper, stranger, clock
):
    answer = make_answer(by=stranger)
    actions.flag(
        person=stranger,
        post=question,
        reason="other",
        note="He lives next to me",
        at=clock.now,
    )
    drain(at=timezone.now(), kinds=["community.tell"])
    assert "Laoxu" in str(Notification.objects.get(person=asker).data)

    erase_person(person=stranger, at=clock.now)

    question.refresh_from_db()
    answer.refresh_from_db()
    assert "Laoxu" not in str(Notification.objects.get(person=asker).data)
    assert Flag.objects.get().note == ""
    assert question.follower_count == 1
    assert answer.is_visible


def test_a_member_gets_all_they_wrote_even_what_was_removed(
    question, make_answer, helper, moderator, clock
):
    answer = make_answer(body="Take the photo again, in daylight, without a flash.")
    actions.comment(person=helper, post=question, body="Which model?", at=clock.now)
    actions.vote(person=helper, post=question, value=1, at=clock.now)
    actions.hide_post(post=answer, by=moderator, at=clock.now)

    kept = exports()["community"](helper)

    assert [one["body"] for one in kept["answers"]] == [answer.body]
    assert [one["state"] for one in kept["answers"]] == ["hidden"]
    assert [one["body"] for one in kept["comments"]] == ["Which model?"]
    assert [one["value"] for one in kept["votes"]] == [1]
    assert kept["followed questions"] == [question.title]


def test_what_a_member_reported_edited_and_shared_is_theirs_too(
    question, make_answer, helper, asker, clock
):
    make_answer(by=helper)
    actions.flag(
        person=helper, post=question, reason="other", note="Twice", at=clock.now
    )
    actions.me_too(person=helper, question=question, on=True, at=clock.now)

    kept, of_another = exports()["community"](helper), exports()["community"](asker)

    assert [flag["note"] for flag in kept["flags"]] == ["Twice"]
    assert [one["question__title"] for one in kept["I have this too"]] == [
        question.title
    ]
    assert of_another["flags"] == of_another["I have this too"] == []
