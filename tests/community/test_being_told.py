import pytest
from django.utils import timezone, translation

from common.outbox import drain
from community import actions
from community.models import Question
from people.models import Notification

pytestmark = pytest.mark.django_db


def told(person):
    drain(at=timezone.now(), kinds=["community.tell"])
    kinds = Notification.objects.filter(person=person).order_by("kind")
    return list(kinds.values_list("kind", flat=True))


def test_followers_hear_of_an_answer_and_its_author_does_not(
    question, make_answer, asker, helper, stranger, clock
):
    actions.follow(person=stranger, question=question, at=clock.now)

    make_answer()

    assert told(asker) == told(stranger) == ["question_answered"]
    assert told(helper) == []


def test_an_official_answer_is_announced_as_one(question, asker, desk_agent, clock):
    actions.post_official_answer(
        person=desk_agent,
        question=question,
        body="We have repaired the line this morning.",
        at=clock.now,
    )

    assert told(asker) == ["question_answered_officially"]


def test_the_helper_hears_of_the_acceptance_and_others_of_the_solution(
    question, make_answer, asker, helper, stranger, clock
):
    actions.follow(person=stranger, question=question, at=clock.now)
    answer = make_answer()

    actions.accept(person=asker, answer=answer, at=clock.now)
    actions.accept(person=asker, answer=answer, at=clock.now)

    assert told(helper) == ["answer_accepted"]
    assert told(stranger) == ["question_answered", "question_solved"]
    assert told(asker) == ["question_answered"]


def test_a_comment_is_told_to_whose_post_it_is_on(
    question, make_answer, asker, helper, clock
):
    answer = make_answer()
    told(asker)

    actions.comment(person=asker, post=answer, body="That was it!", at=clock.now)
    actions.comment(person=asker, post=question, body="Solved now.", at=clock.now)

    assert told(helper) == ["post_commented"]
    assert told(asker) == ["question_answered"]


def test_a_removal_is_explained_to_the_author_only_if_it_was_not_theirs(
    question, make_answer, asker, helper, moderator, clock
):
    first, second = make_answer(), make_answer()
    actions.delete(person=helper, post=first, at=clock.now)
    actions.delete(person=moderator, post=second, at=clock.now, reason="Advertising")

    assert told(helper) == ["post_removed"]
    assert Notification.objects.get(person=helper).data["reason"] == "Advertising"


def test_what_vanished_before_it_was_told_is_no_news(
    question, make_answer, asker, helper, clock
):
    answer = make_answer()
    actions.delete(person=helper, post=answer, at=clock.now)

    assert told(asker) == []


def test_telling_twice_is_telling_once(question, make_answer, asker):
    from common.models import OutboxRow

    make_answer()
    told(asker)
    OutboxRow.objects.filter(kind="community.tell").update(done_at=None)

    assert told(asker) == ["question_answered"]


def test_history_is_not_news(question, make_question, make_answer, asker, clock):
    Question.objects.filter(pk=question.pk).update(source="forum", source_id="1")
    make_answer()
    old = make_question(at=clock.now.replace(year=clock.now.year - 1))
    make_answer(question=old, at=clock.now.replace(year=clock.now.year - 1))

    assert told(asker) == []


def test_a_notification_is_read_in_the_readers_language(question, make_answer, asker):
    from people.registries import notification_kinds

    make_answer()
    told(asker)
    kept = Notification.objects.get(person=asker)

    sentence = notification_kinds()[kept.kind].sentence
    with translation.override("en"):
        english = sentence(kept.data)
    with translation.override("zh-hans"):
        chinese = sentence(kept.data)

    assert english == f"Xiaoman answered “{question.title}”"
    assert chinese != english
    assert question.title in chinese
    assert kept.url.endswith(f"#answer-{question.answers.get().pk}")
