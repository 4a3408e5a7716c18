"""Threads and articles lead to what search finds about the same, looked up ahead."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.outbox import drain
from common.timers import run_due
from community import actions
from community.models import Circle, Question
from kb.actions import add_article, add_topic
from search import similar
from search.models import SimilarThings

pytestmark = pytest.mark.usefixtures("site")

ABOUT_ROAMING = "Roaming charges after a day in Busan"


@pytest.fixture
def ask(asker):
    def make(title, tags=("misc",), **fields):
        return actions.ask(
            person=asker,
            title=title,
            body=f"{title} – I could not find out why.",
            circle=Circle.objects.first(),
            tags=list(tags),
            at=timezone.now(),
            **fields,
        )

    return make


@pytest.fixture
def write(site):
    topic = add_topic(language="en", title="Abroad", slug="abroad", tags=[])

    def make(title, **fields):
        return add_article(
            topic=topic,
            title=title,
            body=[{"type": "markdown", "value": "What there is to say about it."}],
            published_at=timezone.now(),
            **fields,
        )

    return make


def settle():
    """Let the workers finish: the index, then what is alike."""
    for _ in range(3):
        drain(at=timezone.now())


def section(client, thing, heading):
    """The part of a page below a heading."""
    text = client.get(thing.get_absolute_url()).text
    return text.partition(heading)[2].partition("</section>")[0]


def test_a_thread_leads_to_what_is_about_the_same(ask, write, client):
    thread = ask(ABOUT_ROAMING)
    alike = ask("Busan roaming: which day counts?")
    other = ask("Router lights are red")
    article = write("Roaming: when a day begins")
    settle()
    similar.find_similar([f"community.question.{thread.pk}"], timezone.now())

    related = section(client, thread, ">Related<")
    articles = section(client, thread, "Official articles about it")

    assert alike.title in related
    assert other.title not in related
    assert thread.title not in related
    assert article.title in articles


def test_an_article_leads_to_both_kinds(ask, write, client):
    article = write("Roaming: when a day begins")
    other_article = write("Roaming day passes")
    thread = ask(ABOUT_ROAMING)
    settle()
    similar.find_similar([f"kb.articlepage.{article.pk}"], timezone.now())

    assert other_article.title in section(client, article, "Related articles")
    assert thread.title in section(client, article, "Members also ask")


def test_until_search_has_looked_tags_lead_on(ask, client):
    thread = ask("The light on it is red", tags=["router"])
    same_tag = ask("Nothing alike in words", tags=["router"])

    assert not SimilarThings.objects.exists()
    assert same_tag.title in section(client, thread, ">Related<")


def test_a_new_thread_is_looked_up_soon(ask):
    first = ask(ABOUT_ROAMING)
    settle()
    second = ask("Busan roaming: which day counts?")
    settle()

    found = similar.similar_to("community.question", second.pk)
    assert found["question"] == [first.pk]


def test_the_same_words_are_not_looked_up_again_for_every_vote(ask, helper, clock):
    ask("Red lights on the modem")
    settle()
    thread = ask(ABOUT_ROAMING)
    settle()
    before = SimilarThings.objects.get(pk=f"community.question.{thread.pk}").found_at

    actions.vote(person=helper, post=thread, value=1, at=clock.now)
    settle()

    after = SimilarThings.objects.get(pk=f"community.question.{thread.pk}").found_at
    assert after == before


def test_a_new_title_is(ask, asker):
    ask(ABOUT_ROAMING)
    thread = ask("Red lights on the modem")
    settle()
    assert similar.similar_to("community.question", thread.pk)["question"] == []

    actions.edit_question(
        person=asker,
        question=Question.objects.get(pk=thread.pk),
        title="Roaming in Busan for a day",
        body=thread.body,
        tags=["misc"],
        at=timezone.now(),
    )
    settle()

    assert similar.similar_to("community.question", thread.pk)["question"]


def test_a_timer_finds_what_nobody_looked_up_and_what_is_old(ask, clock):
    thread = ask(ABOUT_ROAMING)
    settle()
    SimilarThings.objects.all().delete()

    run_due(clock.now, only=["similar_things"])
    assert SimilarThings.objects.count() == 1

    alike = ask("Busan roaming: which day counts?")
    settle()
    run_due(clock.move(hours=1), only=["similar_things"])
    assert similar.similar_to("community.question", thread.pk)["question"] == []
    run_due(clock.move(days=15), only=["similar_things"])
    assert similar.similar_to("community.question", thread.pk)["question"] == [alike.pk]


def test_the_other_language_is_not_related(ask):
    thread = ask(ABOUT_ROAMING)
    ask("漫游 roaming Busan 一天怎么算钱的呢", language="zh-hans")
    settle()
    similar.find_similar([f"community.question.{thread.pk}"], timezone.now())

    assert similar.similar_to("community.question", thread.pk)["question"] == []


def test_what_is_hidden_is_no_longer_related(ask, moderator, client):
    thread = ask(ABOUT_ROAMING)
    alike = ask("Busan roaming: which day counts?")
    settle()
    similar.find_similar([f"community.question.{thread.pk}"], timezone.now())
    assert alike.title in section(client, thread, ">Related<")

    actions.hide_post(post=alike, by=moderator, at=timezone.now())

    assert alike.title not in client.get(thread.get_absolute_url()).text
    settle()
    assert not SimilarThings.objects.filter(pk__endswith=f".{alike.pk}").exists()


def test_without_an_index_nothing_is_forgotten(ask, tmp_path, monkeypatch):
    from search import queries

    thread = ask(ABOUT_ROAMING)
    alike = ask("Busan roaming: which day counts?")
    settle()
    one = f"community.question.{thread.pk}"
    similar.find_similar([one], timezone.now())
    monkeypatch.setattr(queries.engine(), "path", tmp_path / "nothing")

    later = timezone.now() + timedelta(days=30)
    assert similar.find_similar([one], later) == 0
    assert similar.find_what_is_due(later) == 0

    assert similar.similar_to("community.question", thread.pk)["question"] == [alike.pk]
