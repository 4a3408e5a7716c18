"""What the community puts into the hall, profiles and articles."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from community import actions, queries
from community.models import ArticleSource

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor(site):
    return Client()


@pytest.fixture
def article(site):
    from kb.models import ArticlePage, TopicPage
    from kb.queries import topic_index

    index = topic_index("en")
    topic = index.add_child(
        instance=TopicPage(title="Porting", slug="porting", locale=index.locale)
    )
    return topic.add_child(
        instance=ArticlePage(
            title="Move your number to us",
            slug="move-your-number",
            locale=index.locale,
            tags=["port-in"],
        )
    )


def test_the_hall_shows_what_was_solved_and_who_waits(
    visitor, make_question, make_answer, asker, helper
):
    solved = make_question(title="The port-in took three days for me")
    answer = make_answer(question=solved)
    actions.accept(person=asker, answer=answer, at=timezone.now())
    waiting = make_question(title="Roaming does not start in Osaka")

    page = visitor.get("/en/")

    today, rest = page.text.split("No question is left standing")
    assert solved.title in today
    assert helper.name in today
    assert waiting.title in rest.split("Can you help?")[1]
    assert solved.title not in visitor.get("/zh-hans/").text


def test_the_hall_shows_nothing_hidden(visitor, make_question, moderator):
    hidden = make_question(title="The one that was hidden away")
    actions.hide_post(post=hidden, by=moderator, at=timezone.now())

    assert hidden.title not in visitor.get("/en/").text


def test_a_profile_tells_what_help_somebody_gave(
    visitor, make_question, make_answer, asker, helper
):
    question = make_question(tags=["port-in"])
    answer = make_answer(question=question)
    actions.accept(person=asker, answer=answer, at=timezone.now())

    giver = visitor.get(helper.get_absolute_url()).text
    taker = visitor.get(asker.get_absolute_url()).text

    assert "Help given" in giver
    assert f"/en/answers/{answer.pk}/" in giver
    assert "/en/questions/tagged/port-in/" in giver
    assert question.get_absolute_url() in taker


def test_a_profile_draws_how_reputation_grew(
    visitor, make_answer, stranger, asker, helper, clock
):
    for moment, voter in ((-400, asker), (-40, stranger)):
        answer = make_answer()
        at = clock.now + timedelta(days=moment)
        actions.vote(person=voter, post=answer, value=1, at=at)

    ends = queries.reputation_by_month(helper, clock.now)
    page = visitor.get(helper.get_absolute_url())

    assert len(ends) == 12
    assert ends[0].reputation == 11
    assert ends[-1].reputation == queries.tally_of(helper).reputation == 21
    assert "Reputation from 11 to 21 in twelve months" in page.text
    assert page.text.count('<rect class="p2"') == 12
    assert queries.reputation_by_month(asker, clock.now) == []


def test_deleted_posts_leave_the_profile(
    visitor, question, make_answer, helper, moderator
):
    answer = make_answer()
    actions.delete(person=moderator, post=answer, at=timezone.now())

    assert question.title not in visitor.get(helper.get_absolute_url()).text


def test_an_article_thanks_the_helpers_and_links_to_the_thread(
    visitor, article, question, make_answer, helper
):
    answer = make_answer()
    ArticleSource.objects.create(
        article=article, question=question, answer=answer, person=helper
    )
    actions.credit_helpers(article=article, by=None, at=timezone.now())

    page = visitor.get(article.get_url())
    thread = visitor.get(question.get_absolute_url())

    assert "This article builds on answers by" in page.text
    assert helper.get_absolute_url() in page.text
    assert question.get_absolute_url() in page.text
    assert "This became an article" in thread.text
    assert article.get_url() in thread.text


def test_an_article_does_not_lead_to_a_hidden_thread(
    visitor, article, question, make_answer, helper, moderator
):
    ArticleSource.objects.create(
        article=article, question=question, answer=make_answer(), person=helper
    )
    actions.hide_post(post=question, by=moderator, at=timezone.now())

    assert question.title not in visitor.get(article.get_url()).text


def test_threads_about_the_same_stand_beside_an_article(
    visitor, article, make_question
):
    about = make_question(tags=["port-in"])
    other = make_question(title="Something about my last bill", tags=["bill"])

    page = visitor.get(article.get_url())

    assert about.get_absolute_url() in page.text
    assert other.get_absolute_url() not in page.text
