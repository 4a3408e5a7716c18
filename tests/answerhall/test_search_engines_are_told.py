"""Robots, sitemaps, feeds: only what is public, under the one public address."""

import pytest
from defusedxml.ElementTree import fromstring
from django.utils import timezone

from community import actions
from community.models import Circle

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def question(site, asker, helper):
    asked = actions.ask(
        person=asker,
        title="Why is my port-in stuck in review?",
        body="It has said in review for three days now and nobody calls.",
        circle=Circle.objects.first(),
        tags=[],
        at=timezone.now(),
    )
    actions.answer(
        person=helper,
        question=asked,
        body="Take the photo of your card again in daylight, that is what was wrong.",
        at=timezone.now(),
    )
    asked.refresh_from_db()
    return asked


def addresses(client, path):
    """Nothing is listed: there is no such file."""
    response = client.get(path)
    if response.status_code == 404:
        return []
    tree = fromstring(response.content)
    return [node.text for node in tree.iter() if node.tag.endswith("}loc")]


def test_robots_may_read_all_but_private_doors(client, site):
    response = client.get("/robots.txt")

    assert response["Content-Type"].startswith("text/plain")
    text = response.content.decode()
    assert "Disallow: /admin/" in text
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text


def test_the_sitemap_lists_threads_under_the_public_address(client, question):
    files = addresses(client, "/sitemap.xml")
    found = addresses(client, "/sitemap-questions-en-1.xml")

    assert "http://127.0.0.1:8000/sitemap-questions-en-1.xml" in files
    assert found == ["http://127.0.0.1:8000" + question.get_absolute_url()]


def test_the_sitemap_ignores_the_host_a_request_names(client, question):
    response = client.get("/sitemap-questions-en-1.xml", headers={"host": "localhost"})

    assert b"localhost" not in response.content


def test_a_thread_without_a_helpful_answer_is_not_in_the_sitemap(
    client, question, moderator
):
    actions.delete(person=moderator, post=question.answers.get(), at=timezone.now())

    assert addresses(client, "/sitemap-questions-en-1.xml") == []


def test_a_deleted_thread_leaves_sitemap_and_feed(client, question, moderator):
    actions.delete(person=moderator, post=question, at=timezone.now())

    assert addresses(client, "/sitemap-questions-en-1.xml") == []
    assert "port-in" not in client.get("/feeds/en/questions.atom").content.decode()


def test_the_feed_is_valid_atom_in_one_language(client, question):
    response = client.get("/feeds/en/questions.atom")
    feed = fromstring(response.content)

    assert response["Content-Type"].startswith("application/atom+xml")
    assert feed.findtext("a:entry/a:title", namespaces=ATOM) == question.title
    assert (
        fromstring(client.get("/feeds/zh-hans/questions.atom").content).find(
            "a:entry", ATOM
        )
        is None
    )


def test_there_is_no_feed_in_another_language(client, site):
    assert client.get("/feeds/fr/questions.atom").status_code == 404
