"""Help that was useful earns points: once, within caps, never for oneself."""

from datetime import timedelta

import pytest
from django.urls import reverse

from common.errors import Refused
from common.site_day import start_of_site_day
from community import actions as community
from community.models import Answer, Question
from community.signals import answer_accepted, vote_changed
from kb import actions as kb
from people.actions import erase_person
from rewards.models import EarnRule, Entry, Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def midnight(clock):
    """The next midnight of the site's zone, which is no midnight of UTC."""
    return start_of_site_day(clock.now) + timedelta(days=1)


def test_an_accepted_answer_earns_twenty_points_at_once(
    answer, accept, make_answer, asker, helper, stranger, points
):
    make_answer(question=answer.question, by=stranger)

    accept(answer)

    assert (points(helper), points(stranger), points(asker)) == (20, 0, 0)


def test_a_stranger_accepting_earns_nobody_anything(
    answer, accept, helper, stranger, points
):
    with pytest.raises(Refused):
        accept(answer, by=stranger)

    assert points(helper) == 0


def test_the_same_acceptance_told_twice_pays_once(
    answer, accept, asker, helper, clock, points
):
    question = accept(answer)
    accept(answer)
    answer_accepted.send(
        sender=Answer, question=question, answer=answer, by=asker, at=clock.now
    )

    assert points(helper) == 20


def test_two_points_a_helpful_vote_and_ten_the_most_for_one_answer(
    answer, make_answer, neighbours, vote, helper, points
):
    seen = []
    for neighbour in neighbours(7):
        vote(neighbour, answer)
        seen.append(points(helper))
    other = make_answer()
    vote(neighbours(1)[0], other)

    assert seen == [2, 4, 6, 8, 10, 10, 10]
    assert points(helper) == 12


def test_the_same_vote_told_twice_pays_once(
    answer, vote, helper, stranger, clock, points
):
    vote(stranger, answer)
    vote(stranger, answer)
    vote_changed.send(
        sender=Answer, post=answer, voter=stranger, old=0, new=1, at=clock.now
    )

    assert points(helper) == 2


def test_votes_on_questions_and_votes_down_earn_nothing(
    answer, vote, asker, helper, moderator, stranger, points
):
    vote(stranger, answer.question)
    vote(moderator, answer, -1)

    assert (points(asker), points(helper)) == (0, 0)


def test_nobody_earns_by_answering_themselves(
    make_question, make_answer, accept, vote, asker, stranger, points
):
    own = make_answer(question=make_question(by=asker), by=asker)

    accept(own)
    vote(stranger, own)

    assert points(asker) == 0
    assert not Transfer.objects.exists()


def test_nobody_earns_by_voting_for_themselves(answer, vote, helper, points):
    with pytest.raises(Refused):
        vote(helper, answer)

    assert points(helper) == 0


@pytest.mark.parametrize("what", ["question", "answer"])
def test_history_earns_nothing(what, answer, accept, vote, helper, stranger, points):
    imported = answer.question if what == "question" else answer
    type(imported).objects.filter(pk=imported.pk).update(source="se", source_id="7")
    answer = Answer.objects.get(pk=answer.pk)

    accept(answer)
    vote(stranger, answer)

    assert points(helper) == 0
    assert not Transfer.objects.exists()


def test_official_answers_earn_nothing(
    make_question, accept, vote, asker, desk_agent, stranger, clock, points
):
    question = make_question()
    official = community.post_official_answer(
        person=desk_agent,
        question=question,
        body="The clerk cleared it this morning, look again at noon.",
        at=clock.move(hours=30),
    )

    accept(official)
    vote(stranger, official)

    assert points(desk_agent) == 0
    assert not Transfer.objects.exists()


def test_help_for_the_same_asker_is_worth_less_each_time(
    help_somebody, asker, stranger, helper, clock, points
):
    seen = []
    for _ in range(5):
        help_somebody(asker=asker)
        seen.append(points(helper))
    help_somebody(asker=stranger)

    assert seen == [20, 30, 35, 35, 35]
    assert points(helper) == 55


def test_after_thirty_days_the_same_asker_counts_in_full_again(
    help_somebody, asker, helper, clock, points
):
    help_somebody(asker=asker)
    clock.move(days=29)
    help_somebody(asker=asker)
    assert points(helper) == 30

    clock.move(days=31)
    help_somebody(asker=asker)

    assert points(helper) == 50


def test_two_hundred_points_a_day_acceptances_among_them(
    help_somebody, make_answer, vote, helper, stranger, midnight, clock, points
):
    for _ in range(9):
        help_somebody()
    vote(stranger, make_answer())
    assert points(helper) == 182

    help_somebody()
    assert points(helper) == 200

    help_somebody()
    assert points(helper) == 200

    clock.now = midnight - timedelta(minutes=2)
    help_somebody()
    assert points(helper) == 200

    clock.now = midnight
    help_somebody()
    assert points(helper) == 220


def test_somebody_elses_day_is_not_full(rule, help_somebody, helper, stranger, points):
    rule("accepted", daily_cap=30)
    for _ in range(2):
        help_somebody()

    help_somebody(by=stranger)

    assert (points(helper), points(stranger)) == (30, 20)


@pytest.mark.parametrize(("waited", "earned"), [(23, 20), (24, 30), (100, 30)])
def test_rescuing_a_question_that_waited_a_day_earns_ten_more(
    waited, earned, make_question, make_answer, accept, helper, clock, points
):
    question = make_question()
    clock.move(hours=waited)

    accept(make_answer(question=question))

    assert points(helper) == earned


def test_who_answers_second_rescues_nobody(
    make_question, make_answer, accept, helper, stranger, clock, points
):
    question = make_question()
    clock.move(hours=1)
    make_answer(question=question, by=stranger)
    clock.move(hours=30)

    accept(make_answer(question=question))

    assert points(helper) == 20


def test_a_published_article_pays_those_it_thanks_once(
    answer, accept, editor, helper, clock, points
):
    topic = kb.add_topic(language="en", title="Moving your number")
    question = accept(answer)
    article = community.draft_article(
        question=question, answers=[answer], topic=topic, by=editor, at=clock.now
    )
    assert points(helper) == 20

    article = kb.publish_article(article=article, by=editor)
    assert points(helper) == 30

    kb.unpublish_article(article=article, by=editor)
    article.refresh_from_db()
    kb.publish_article(article=article, by=editor)
    assert points(helper) == 30


def test_who_was_erased_meanwhile_is_neither_paid_nor_named(
    answer, accept, editor, helper, clock, points, client
):
    question = accept(answer)
    article = community.draft_article(
        question=question,
        answers=[answer],
        topic=kb.add_topic(language="en", title="Moving your number"),
        by=editor,
        at=clock.now,
    )
    erase_person(person=helper, at=clock.now)
    before = Transfer.objects.count()

    article = kb.publish_article(article=article, by=editor)

    assert Transfer.objects.count() == before
    page = client.get(article.get_url()).content.decode()
    assert helper.display_name not in page
    assert question.get_absolute_url() in page


def test_nobody_pays_themselves_by_publishing_an_article(
    make_question, make_answer, accept, helper, editor, clock, points
):
    """The editor wrote one of the two answers before they joined the team."""
    question = make_question()
    answers = [make_answer(question=question, by=by) for by in (helper, editor)]
    Answer.objects.filter(author=editor).update(voice="member")
    accept(answers[0])
    before = points(helper)
    article = community.draft_article(
        question=Question.objects.get(pk=question.pk),
        answers=list(Answer.objects.filter(question=question)),
        topic=kb.add_topic(language="en", title="Porting"),
        by=editor,
        at=clock.now,
    )

    kb.publish_article(article=article, by=editor)

    assert points(helper) == before + 10
    assert points(editor) == 0


def test_an_article_pays_no_staff_for_their_official_answer(
    make_question, desk_agent, editor, clock, points
):
    topic = kb.add_topic(language="en", title="Moving your number")
    question = make_question()
    official = community.post_official_answer(
        person=desk_agent,
        question=question,
        body="The clerk cleared it this morning, look again at noon.",
        at=clock.now,
    )
    question = community.settle_officially(
        question=question, answer=official, by=desk_agent, at=clock.now
    )
    article = community.draft_article(
        question=question, answers=[official], topic=topic, by=editor, at=clock.now
    )

    kb.publish_article(article=article, by=editor)

    assert points(desk_agent) == 0
    assert not Transfer.objects.exists()


def test_a_rule_switched_off_pays_nothing_and_switched_on_pays_the_next(
    rule, help_somebody, helper, points
):
    rule("accepted", enabled=False)
    help_somebody()
    assert points(helper) == 0

    rule("accepted", enabled=True)
    help_somebody()
    assert points(helper) == 20


def test_a_manager_changes_a_rule_and_the_next_event_follows(
    help_somebody, helper, manager, client_of, points
):
    help_somebody()
    accepted = EarnRule.objects.get(event="accepted")
    address = reverse("wagtailsnippets_rewards_earnrule:edit", args=[accepted.pk])
    client = client_of(manager)
    form = client.get(address).context["form"]
    values = {
        name: value for name, value in form.initial.items() if value not in (None, "")
    }

    saved = client.post(address, values | {"points": "35"})
    help_somebody()

    assert saved.status_code == 302
    assert points(helper) == 55


def test_an_acceptance_that_fails_pays_nothing(answer, asker, helper, clock, points):
    def fails(**_):
        raise RuntimeError

    answer_accepted.connect(fails, weak=False)
    try:
        with pytest.raises(RuntimeError):
            community.accept(person=asker, answer=answer, at=clock.now)
    finally:
        answer_accepted.disconnect(fails)

    assert Question.objects.get(pk=answer.question_id).accepted_answer is None
    assert points(helper) == 0
    assert not Entry.objects.exists()
