"""Who follows a list, a tag, a circle or a thread gets what is public."""

from datetime import datetime

import pytest
from defusedxml.ElementTree import fromstring
from django.test import Client
from django.utils import timezone

from community import actions
from community.actions import make_synonym
from community.models import Circle, Tag
from people.actions import erase_person

BASE = "http://127.0.0.1:8000"
ATOM = {"a": "http://www.w3.org/2005/Atom"}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture
def thread(site, asker, helper):
    question = actions.ask(
        person=asker,
        title="Why is my port-in stuck in review?",
        body="It has said in review <b>for three days</b> now & nobody calls.",
        circle=Circle.objects.first(),
        tags=["porting"],
        at=timezone.now(),
    )
    actions.answer(
        person=helper,
        question=question,
        body="Take the photo of your card again in daylight, that is what was wrong.",
        at=timezone.now(),
    )
    question.refresh_from_db()
    return question


@pytest.fixture
def feeds(thread):
    return {
        "list": "/feeds/en/questions.atom",
        "tag": "/feeds/en/tags/porting.atom",
        "circle": f"/feeds/en/circles/{thread.circle.slug}.atom",
        "thread": f"/feeds/en/questions/{thread.pk}.atom",
    }


def read(path):
    response = Client().get(path)
    assert response.status_code == 200
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return fromstring(response.content)


def text(node, path):
    return node.findtext(path, namespaces=ATOM)


def titles(path):
    return [text(entry, "a:title") for entry in read(path).findall("a:entry", ATOM)]


def test_every_feed_is_whole_atom(feeds):
    for path in feeds.values():
        feed = read(path)
        assert text(feed, "a:id") == BASE + path
        assert text(feed, "a:title")
        assert datetime.fromisoformat(text(feed, "a:updated")).tzinfo is not None
        assert feed.get(XML_LANG) == "en"
        links = {
            link.get("rel"): link.get("href") for link in feed.findall("a:link", ATOM)
        }
        assert links["self"] == BASE + path
        assert links["alternate"].startswith(f"{BASE}/en/")
        entries = feed.findall("a:entry", ATOM)
        assert entries
        assert len({text(entry, "a:id") for entry in entries}) == len(entries)
        for entry in entries:
            assert text(entry, "a:title")
            assert text(entry, "a:author/a:name") in ("Linjian", "Xiaoman")
            assert datetime.fromisoformat(text(entry, "a:updated"))
            assert entry.find("a:link", ATOM).get("href").startswith(BASE)


def test_a_thread_is_followed_answer_by_answer(feeds, thread, asker, stranger):
    actions.answer(
        person=stranger,
        question=thread,
        body="And write to them on Monday morning, not on Sunday.",
        at=timezone.now(),
    )

    assert titles(feeds["thread"]) == [
        "Answer by Laoxu",
        "Answer by Xiaoman",
        thread.title,
    ]


def test_a_feed_holds_one_language(feeds, thread):
    assert titles("/feeds/zh-hans/questions.atom") == []
    assert titles("/feeds/zh-hans/tags/porting.atom") == []
    moved = Client().get(f"/feeds/zh-hans/questions/{thread.pk}.atom")
    assert (moved.status_code, moved["Location"]) == (301, feeds["thread"])


def test_an_empty_feed_says_the_same_every_time(site):
    first, second = (
        Client().get("/feeds/zh-hans/questions.atom") for _time in range(2)
    )

    assert first.content == second.content
    assert first["ETag"] == second["ETag"]


def test_a_new_title_makes_no_new_entry(feeds, thread, asker):
    def ids():
        entries = read(feeds["list"]).findall("a:entry", ATOM)
        return [text(entry, "a:id") for entry in entries]

    before = ids()
    actions.edit_question(
        person=asker,
        question=thread,
        title="Why is my port-in still stuck in review?",
        body=thread.body,
        tags=["porting"],
        at=timezone.now(),
    )

    assert ids() == before
    assert titles(feeds["list"]) == ["Why is my port-in still stuck in review?"]


def test_what_is_hidden_is_in_no_feed(feeds, thread, moderator):
    actions.hide_post(post=thread, by=moderator, at=timezone.now())

    for name in ("list", "tag", "circle"):
        assert titles(feeds[name]) == []
    assert Client().get(feeds["thread"]).status_code == 404


def test_what_is_deleted_is_gone_and_an_answer_leaves_alone(feeds, thread, moderator):
    actions.delete(person=moderator, post=thread.answers.get(), at=timezone.now())
    assert titles(feeds["thread"]) == [thread.title]

    actions.delete(person=moderator, post=thread, at=timezone.now())
    gone = Client().get(feeds["thread"])
    assert gone.status_code == 410
    assert gone.content == b""


def test_a_merged_threads_feed_leads_to_the_one_that_stayed(
    feeds, thread, stranger, moderator
):
    stays = actions.ask(
        person=stranger,
        title="Port-in has been in review since Saturday",
        body="Nothing has moved since then, and the old contract ends soon.",
        circle=thread.circle,
        tags=[],
        at=timezone.now(),
    )
    actions.merge_questions(
        duplicate=thread, into=stays, by=moderator, at=timezone.now()
    )

    moved = Client().get(feeds["thread"])

    assert moved.status_code == 301
    assert moved["Location"] == f"/feeds/en/questions/{stays.pk}.atom"


def test_a_synonyms_feed_leads_to_its_tags(feeds, manager):
    word = Tag.objects.create(slug="portin", name="portin", name_key="portin")
    make_synonym(tag=word, canonical=Tag.objects.get(slug="porting"), by=manager)

    moved = Client().get("/feeds/en/tags/portin.atom")

    assert (moved.status_code, moved["Location"]) == (
        301,
        "/feeds/en/tags/porting.atom",
    )


def test_an_erased_members_name_leaves_the_feeds(feeds, helper, clock):
    erase_person(person=helper, at=clock.now)

    assert "Xiaoman" not in Client().get(feeds["thread"]).content.decode()


@pytest.mark.parametrize(
    "path",
    [
        "/feeds/fr/questions.atom",
        "/feeds/en/tags/nothing.atom",
        "/feeds/en/circles/nowhere.atom",
        "/feeds/en/questions/999.atom",
    ],
)
def test_there_are_no_other_feeds(site, path):
    assert Client().get(path).status_code == 404


def test_pages_announce_their_feeds(feeds, thread):
    def announced(path):
        html = " ".join(Client().get(path).text.split())
        return [name for name, feed in feeds.items() if f'href="{feed}"' in html]

    assert announced("/en/questions/") == ["list"]
    assert announced("/en/questions/tagged/porting/") == ["list", "tag"]
    assert announced(thread.circle.get_absolute_url()) == ["list", "circle"]
    assert announced(thread.get_absolute_url()) == ["list", "thread"]


def test_more_posts_cost_a_feed_no_more_queries(
    feeds, thread, make_person, django_assert_num_queries
):
    costs = {"list": 1, "tag": 2, "circle": 2, "thread": 2}
    for path in feeds.values():
        read(path)
    for number in range(8):
        person = make_person(f"neighbour{number}")
        actions.answer(
            person=person,
            question=thread,
            body=f"It took me {number} days, then it moved.",
            at=timezone.now(),
        )
        actions.ask(
            person=person,
            title=f"Why does number {number} not move?",
            body="It has been in review for a week now.",
            circle=thread.circle,
            tags=["porting"],
            at=timezone.now(),
        )

    for name, path in feeds.items():
        with django_assert_num_queries(costs[name]):
            assert len(read(path).findall("a:entry", ATOM)) >= 9
