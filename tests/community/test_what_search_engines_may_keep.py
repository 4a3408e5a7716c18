"""A thread is kept out of search engines until an answer in it helps a stranger."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.test import Client
from django.utils import timezone

from common.outbox import drain
from community import actions, indexing
from community.models import Question
from community.signals import thread_words_changed
from people.actions import set_standing

pytestmark = pytest.mark.django_db

SHORT = "Same here, did you fix it?"
SHORT_CHINESE = "我也遇到了,后来解决了"
LONG_CHINESE = "请在白天的自然光下重新拍一张身份证照片再上传一次"


def is_indexable(question):
    question.refresh_from_db()
    page = Client().get(question.get_absolute_url())
    hidden = page.status_code == 404 or 'name="robots" content="noindex"' in page.text
    assert hidden != question.is_indexable
    return not hidden


def test_a_question_nobody_answered_is_not_kept(question):
    assert not is_indexable(question)


@pytest.mark.parametrize(
    ("body", "helps"),
    [(SHORT, False), (SHORT_CHINESE, False), (LONG_CHINESE, True), (None, True)],
)
def test_an_answer_must_say_something(question, make_answer, body, helps):
    make_answer(body=body)

    assert is_indexable(question) == helps


def test_a_short_answer_counts_once_it_is_accepted(question, make_answer, asker):
    answer = make_answer(body=SHORT)

    actions.accept(person=asker, answer=answer, at=timezone.now())
    assert is_indexable(question)

    actions.unaccept(person=asker, question=question, at=timezone.now())
    assert not is_indexable(question)


def test_a_short_official_answer_counts(question, desk_agent):
    actions.post_official_answer(
        person=desk_agent,
        question=question,
        body="Please restart your phone.",
        at=timezone.now(),
    )

    assert is_indexable(question)


def test_the_last_good_answer_takes_the_page_with_it(
    question, make_answer, moderator, stranger
):
    good = make_answer()
    make_answer(by=stranger, body=SHORT)

    actions.delete(person=moderator, post=good, at=timezone.now())
    assert not is_indexable(question)

    actions.restore(person=moderator, post=good, at=timezone.now())
    assert is_indexable(question)


def test_an_answer_edited_down_to_nothing_no_longer_counts(
    question, make_answer, helper
):
    answer = make_answer()

    actions.edit_answer(
        person=helper,
        answer=answer,
        body="Never mind what I said, sorry.",
        at=timezone.now(),
    )

    assert not is_indexable(question)


def test_a_hidden_thread_leaves_and_comes_back(question, make_answer, moderator):
    make_answer()

    actions.hide_post(post=question, by=moderator, at=timezone.now())
    assert not is_indexable(question)

    question.refresh_from_db()
    actions.unhide_post(post=question, by=moderator, at=timezone.now())
    assert is_indexable(question)


def test_a_merged_thread_leaves_its_answers_to_the_other(
    make_question, make_answer, moderator, clock
):
    stays, goes = make_question(), make_question(title="Stuck in review since Saturday")
    make_answer(question=goes)

    actions.merge_questions(duplicate=goes, into=stays, by=moderator, at=clock.now)

    goes.refresh_from_db()
    assert not goes.is_indexable
    assert is_indexable(stays)


# Newcomers


@pytest.fixture
def newcomer(make_person):
    return make_person("xinren", at=timezone.now() - timedelta(hours=2))


def test_a_newcomers_answer_waits_until_somebody_trusts_it(
    question, make_answer, newcomer, stranger
):
    answer = make_answer(by=newcomer)
    assert not is_indexable(question)

    actions.vote(person=stranger, post=answer, value=1, at=timezone.now())
    assert is_indexable(question)

    actions.vote(person=stranger, post=answer, value=0, at=timezone.now())
    assert not is_indexable(question)


def test_a_newcomers_answer_counts_when_the_first_day_is_over(
    question, make_answer, newcomer
):
    make_answer(by=newcomer)
    kinds = ["community.judge"]

    assert drain(at=timezone.now() + timedelta(hours=20), kinds=kinds) == 0
    assert not is_indexable(question)

    assert drain(at=timezone.now() + timedelta(hours=23), kinds=kinds) == 1
    assert is_indexable(question)


def test_newcomers_cannot_vouch_for_themselves(make_question, make_answer, newcomer):
    mine = make_question(by=newcomer, title="Where to buy cheap top-ups online?")
    answer = make_answer(question=mine, by=newcomer)

    actions.accept(person=newcomer, answer=answer, at=timezone.now())

    assert not is_indexable(mine)


def test_an_answer_of_somebody_trusted_vouches_for_a_newcomers_question(
    make_question, make_answer, newcomer
):
    question = make_question(by=newcomer)

    make_answer(question=question)

    assert is_indexable(question)


def test_a_new_service_agent_is_no_newcomer(question, make_answer, newcomer, clock):
    set_standing(person=newcomer, standing="agent", at=clock.now)

    make_answer(by=newcomer)

    assert is_indexable(question)


# Profiles and tags


def profile(person):
    return Client().get(f"/en/members/{person.handle}/").text


def test_a_member_is_introduced_once_others_found_their_help_useful(
    make_answer, helper, stranger
):
    assert 'content="noindex"' in profile(helper)
    answer = make_answer()
    assert 'content="noindex"' in profile(helper)
    assert helper.pk not in indexing.indexable_members().values_list("pk", flat=True)

    actions.vote(person=stranger, post=answer, value=1, at=timezone.now())

    page = profile(helper)
    assert 'content="noindex"' not in page
    assert '"@type": "ProfilePage"' in page
    assert '"userInteractionCount": 1' in page
    assert helper.pk in indexing.indexable_members().values_list("pk", flat=True)


def test_who_was_shut_out_or_erased_is_not_introduced(
    make_answer, helper, stranger, clock
):
    from people.actions import set_active

    actions.vote(person=stranger, post=make_answer(), value=1, at=timezone.now())
    set_active(person=helper, is_active=False, at=clock.now)

    assert not indexing.indexable_members().exists()


def test_a_tag_without_threads_is_not_kept(make_question, moderator):
    question = make_question(tags=["eSIM"])
    tag = question.tags.get()
    assert tag in indexing.indexable_tags("en")
    assert tag not in indexing.indexable_tags("zh-hans")
    page = Client().get(f"/en/questions/tagged/{tag.slug}/")
    assert 'content="noindex"' not in page.text

    actions.delete(person=moderator, post=question, at=timezone.now())

    assert tag not in indexing.indexable_tags("en")
    page = Client().get(f"/en/questions/tagged/{tag.slug}/")
    assert 'content="noindex"' in page.text


def test_other_orders_of_a_list_are_not_kept_but_name_themselves(make_question):
    make_question()

    page = " ".join(Client().get("/en/questions/?sort=votes").text.split())

    assert 'name="robots" content="noindex"' in page
    assert (
        '<link rel="canonical" href="http://127.0.0.1:8000/en/questions/?sort=votes">'
        in page
    )
    assert "<title>Questions and answers · Most votes · " in page


# When the words of a page changed


def test_votes_change_no_words_but_answers_and_comments_do(
    question, make_answer, helper, asker, stranger, clock
):
    def said_at():
        question.refresh_from_db()
        return question.said_at

    assert said_at() == question.created_at
    answer = make_answer(at=clock.move(minutes=1))
    assert said_at() == clock.now
    answered_at = clock.now

    clock.move(minutes=1)
    actions.vote(person=stranger, post=answer, value=1, at=clock.now)
    actions.me_too(person=stranger, question=question, on=True, at=clock.now)
    assert said_at() == answered_at

    for change in [
        lambda at: actions.comment(
            person=asker, post=answer, body="In daylight, really?", at=at
        ),
        lambda at: actions.edit_answer(
            person=helper, answer=answer, body=f"{answer.body} Truly.", at=at
        ),
        lambda at: actions.accept(person=asker, answer=answer, at=at),
    ]:
        change(clock.move(minutes=1))
        assert said_at() == clock.now


def test_an_erased_members_threads_say_something_else(
    question, make_answer, stranger, clock
):
    from people.actions import erase_person

    make_answer(by=stranger)
    erase_person(person=stranger, at=clock.move(minutes=5))

    question.refresh_from_db()
    assert question.said_at == clock.now


def test_only_what_is_indexable_or_was_is_announced(
    question, make_answer, asker, moderator, heard
):
    facts = heard(thread_words_changed)

    actions.comment(
        person=asker, post=question, body="Nobody knows?", at=timezone.now()
    )
    assert facts == []

    answer = make_answer()
    actions.delete(person=moderator, post=answer, at=timezone.now())
    assert [
        (fact["was_indexable"], fact["question"].is_indexable) for fact in facts
    ] == [(False, True), (True, False)]


def test_one_condition_serves_one_thread_and_all(make_question, make_answer):
    answered, waiting = make_question(), make_question(title="Why is it slow at night?")
    make_answer(question=answered)

    found = Question.objects.filter(indexing.worth_indexing(timezone.now()))

    assert list(found) == [answered]
    assert waiting not in indexing.indexable_threads("en")


def test_threads_from_before_are_judged_by_the_migration(make_question, make_answer):
    helped, waiting = make_question(), make_question(title="Why is it slow at night?")
    make_answer(question=helped)
    make_answer(question=waiting, body=SHORT)
    blank = {"is_indexable": False, "listing_changed_at": None}
    Question.objects.update(words_changed_at=None, **blank)

    for _twice in range(2):
        judge = import_module("community.migrations.0006_judge_what_is_there").judge
        judge(apps, None)

    helped.refresh_from_db()
    waiting.refresh_from_db()
    assert (helped.is_indexable, waiting.is_indexable) == (True, False)
    assert helped.said_at == helped.listing_changed_at == helped.last_activity_at
