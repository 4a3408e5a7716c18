"""What is taken away leaves every place at once, before any worker has run.

Places are asked as visitors ask them, through the page cache, which has the pages from
before.
"""

import re

import pytest
from django.test import Client
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from common.outbox import drain
from community import actions
from community.models import Circle, Question
from kb.actions import add_article, add_topic
from kb.models import ArticlePage
from search import similar
from search.models import PinnedResults
from tests.answerhall.test_keeping_finished_pages import Hall

# Stands in the title, the tag and the address, and in no search below.
WORD = "quokkaphone"
TITLE = "Quokkaphone loses its roaming in Busan"
SEARCH = "roaming+busan"

PLACES = {
    "search": f"/en/search/?q={SEARCH}",
    "search in Chinese": f"/zh-hans/search/?q={SEARCH}",
    "narrowed search": f"/en/search/?q={SEARCH}&language=en",
    "recommendation": "/en/search/?q=marsupials",
    "suggestions": f"/en/search/suggestions/?q={SEARCH}",
    "browser's suggestions": f"/en/search/suggest/?q={SEARCH}",
    "while asking": f"/en/questions/similar/?title={SEARCH}",
    "API: search": f"/api/v1/search/?q={SEARCH}",
    "API: recommendation": "/api/v1/search/?q=marsupials",
    "API: suggestions": f"/api/v1/search/suggestions/?q={SEARCH}",
}
PLACES_OF_A_QUESTION = PLACES | {
    "tags suggested": "/en/search/suggestions/?q=quokk",
    "list": "/en/questions/",
    "hall": "/en/",
    "circle": "/en/circles/general/",
    "feed": "/feeds/en/questions.atom",
    "feed of the circle": "/feeds/en/circles/general.atom",
    "API: list": "/api/v1/questions/",
}
PLACES_OF_AN_ARTICLE = PLACES | {
    "topic": "/en/kb/abroad/",
    "API: list": "/api/v1/articles/",
}


@pytest.fixture
def hall(site):
    return Hall()


@pytest.fixture
def commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def ask(site, commit):
    def make(person, title, tags):
        with commit():
            return actions.ask(
                person=person,
                title=title,
                body=f"{title} – who has seen the same, and what helped?",
                circle=Circle.objects.get(slug="general"),
                tags=tags,
                at=timezone.now(),
            )

    return make


@pytest.fixture
def neighbours(ask, commit, stranger):
    """A thread and an article that stay, and lead to what is about the same."""
    with commit():
        topic = add_topic(language="en", title="Abroad", slug="abroad", tags=[])
        article = add_article(
            topic=topic,
            title="Roaming in Busan",
            body=[{"type": "markdown", "value": "Switch it on first."}],
            published_at=timezone.now(),
        )
    return ask(stranger, "My phone and roaming in Busan", []), article, topic


def settle(*things):
    """Let every worker finish: the index, recommendations, what is alike."""
    PinnedResults.objects.create(queries="marsupials", things=list(things))
    for _ in range(3):
        drain(at=timezone.now())
    similar.find_what_is_due(timezone.now())
    similar.SimilarThings.objects.update(
        found_at=timezone.now() - 2 * similar.AGAIN_AFTER
    )
    similar.find_what_is_due(timezone.now())


@pytest.fixture
def question(ask, asker, helper, commit, neighbours):
    thread = ask(asker, TITLE, [WORD])
    with commit():
        actions.answer(
            person=helper,
            question=thread,
            body="Choose the network by hand once, in the settings, then restart it.",
            at=timezone.now(),
        )
        settle(f"community.question.{thread.pk}")
    return Question.objects.get(pk=thread.pk)


@pytest.fixture
def article(neighbours, commit):
    _thread, _article, topic = neighbours
    with commit():
        made = add_article(
            topic=type(topic).objects.get(pk=topic.pk),
            title=TITLE,
            body=[{"type": "markdown", "value": "Choose the network by hand."}],
            published_at=timezone.now(),
        )
        settle(f"kb.articlepage.{made.pk}")
    return ArticlePage.objects.get(pk=made.pk)


@pytest.fixture
def showing(hall, neighbours):
    """Which of the places show it, and its own pages that still open."""

    def look(places, own):
        thread, article, _topic = neighbours
        everywhere = places | {
            "related to a thread": thread.get_absolute_url(),
            "related to an article": article.get_absolute_url(),
        }
        found = {name for name, path in everywhere.items() if shows_it(path)}
        if any(WORD in address for address in sitemap()):
            found.add("sitemap")
        return found | {path for path in own if hall.get(path)[0] == 200}

    def shows_it(path):
        status, _headers, text = hall.get(path)
        # A private page leads to signing in.
        assert status in (200, 302), path
        # The page of a tag says its name, whatever stands below it.
        return (TITLE if "/tagged/" in path else WORD).lower() in text.lower()

    def sitemap():
        _status, _headers, index = hall.get("/sitemap.xml")
        for file in re.findall("<loc>https?://[^/]+(/[^<]+)</loc>", index):
            # A sitemap may be written while it is read; the client waits for its end.
            answer = Client().get(file)
            body = (
                b"".join(answer.streaming_content)
                if answer.streaming
                else (answer.content)
            )
            yield from re.findall("<loc>([^<]+)</loc>", body.decode())

    return look


OWN_OF_A_QUESTION = (
    "/en/questions/{pk}/{slug}/",
    "/feeds/en/questions/{pk}.atom",
    "/api/v1/questions/{pk}/",
    f"/en/questions/tagged/{WORD}/",
)


@pytest.mark.parametrize("way", ["delete", "hide", "merge"])
def test_a_thread_leaves_every_place_at_once(
    question, neighbours, moderator, showing, commit, way
):
    own = {
        path.format(pk=question.pk, slug=question.slug)
        for path in OWN_OF_A_QUESTION[:3]
    }
    places = PLACES_OF_A_QUESTION | {"tag": OWN_OF_A_QUESTION[3]}
    before = showing(places, own)
    assert before == {
        *places, *own, "related to a thread", "related to an article", "sitemap"
    }  # fmt: skip

    at = timezone.now()
    with commit():
        if way == "delete":
            actions.delete(person=moderator, post=question, at=at)
        elif way == "hide":
            actions.hide_post(post=question, by=moderator, at=at)
        else:
            stays = Question.objects.get(pk=neighbours[0].pk)
            actions.merge_questions(duplicate=question, into=stays, by=moderator, at=at)

    assert showing(places, own) == set()
    drain(at=timezone.now())
    assert showing(places, own) == set()


@pytest.mark.parametrize("way", ["unpublish", "delete", "make private"])
def test_an_article_leaves_every_place_at_once(article, showing, commit, way):
    own = {article.get_absolute_url(), f"/api/v1/articles/{article.pk}/"}
    before = showing(PLACES_OF_AN_ARTICLE, own)
    assert before == {
        *PLACES_OF_AN_ARTICLE, *own, "related to a thread", "related to an article",
        "sitemap",
    }  # fmt: skip

    with commit():
        if way == "unpublish":
            article.unpublish()
        elif way == "delete":
            article.delete()
        else:
            PageViewRestriction.objects.create(
                page=Page.objects.get(depth=1),
                restriction_type=PageViewRestriction.LOGIN,
            )

    assert showing(PLACES_OF_AN_ARTICLE, own) == set()
    drain(at=timezone.now())
    assert showing(PLACES_OF_AN_ARTICLE, own) == set()
