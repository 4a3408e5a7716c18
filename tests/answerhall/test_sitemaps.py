"""Sitemaps hold what is worth indexing, say truly when it changed, and stay small."""

import io
from datetime import datetime, timedelta

import pytest
from defusedxml.ElementTree import fromstring
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from answerhall import sitemaps
from community import actions
from community.models import Circle, Question
from kb.actions import add_topic, create_draft_article
from people.actions import erase_person

BASE = "http://127.0.0.1:8000"
NS = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}
FIRST = "/sitemap-questions-en-1.xml"
LONG_AGO = timezone.now() - timedelta(days=30)


@pytest.fixture
def thread(site, asker, helper):
    """Answered long ago, by somebody others found helpful."""
    question = actions.ask(
        person=asker,
        title="Why is my port-in stuck in review?",
        body="It has said in review for three days now and nobody calls.",
        circle=Circle.objects.first(),
        tags=["porting"],
        at=LONG_AGO,
    )
    actions.answer(
        person=helper,
        question=question,
        body="Take the photo of your card again in daylight, that is what was wrong.",
        at=LONG_AGO + timedelta(hours=1),
    )
    question.refresh_from_db()
    return question


def read(path):
    """address -> lastmod; nothing at all if there is no such file."""
    response = Client().get(path)
    if response.status_code == 404:
        return {}
    assert response["Content-Type"] == "application/xml; charset=utf-8"
    tree = fromstring(response.getvalue())
    found = {}
    for node in tree:
        moment = node.findtext("s:lastmod", namespaces=NS)
        found[node.findtext("s:loc", namespaces=NS)] = (
            datetime.fromisoformat(moment) if moment else None
        )
    return found


def links_in(path, address):
    tree = fromstring(Client().get(path).content)
    for node in tree:
        if node.findtext("s:loc", namespaces=NS) == address:
            return {
                link.get("hreflang"): link.get("href")
                for link in node.findall("x:link", NS)
            }
    raise AssertionError(address)


def second(moment):
    return moment.replace(microsecond=0)


def test_the_index_leads_to_a_file_for_each_kind_and_language(thread):
    files = read("/sitemap.xml")

    assert list(files) == [
        f"{BASE}/sitemap-{name}.xml"
        for name in (
            *("pages-en-1", "pages-zh-hans-1", "lists-en-1", "lists-zh-hans-1"),
            *("questions-en-1", "tags-en-1"),
        )
    ]
    for address in files:
        listed = read(address.removeprefix(BASE))
        assert listed
        assert all(one.startswith(BASE) for one in listed)


def test_a_thread_is_dated_by_its_words_not_by_its_votes(thread, stranger):
    address = BASE + thread.get_absolute_url()
    answered_at = second(LONG_AGO + timedelta(hours=1))
    assert read(FIRST) == {address: answered_at}
    assert read("/sitemap.xml")[BASE + FIRST] == answered_at

    answer = thread.answers.get()
    actions.vote(person=stranger, post=answer, value=1, at=timezone.now())
    assert read(FIRST) == {address: answered_at}

    now = timezone.now()
    actions.comment(person=stranger, post=answer, body="That was it.", at=now)
    assert read(FIRST) == {address: second(now)}
    assert read("/sitemap.xml")[BASE + FIRST] == second(now)


def test_a_thread_that_leaves_dates_its_file_too(thread, moderator, make_copy):
    stays = make_copy(pk=thread.pk + 1)
    now = timezone.now()

    actions.hide_post(post=thread, by=moderator, at=now)

    assert list(read(FIRST)) == [BASE + stays.get_absolute_url()]
    assert read("/sitemap.xml")[BASE + FIRST] == second(now)


@pytest.fixture
def make_copy(thread):
    """Another indexable thread under an id of our choice."""

    def make(pk):
        fields = {
            field.attname: getattr(thread, field.attname)
            for field in Question._meta.concrete_fields
        }
        made = Question(**fields | {"id": pk, "title": f"Copy {pk}"})
        Question.objects.bulk_create([made])
        return made

    return make


def test_a_file_holds_a_range_of_ids(thread, make_copy):
    ids = sitemaps.Questions.ids
    last, first = make_copy(pk=ids - 1), make_copy(pk=ids)

    assert BASE + last.get_absolute_url() in read(FIRST)
    assert list(read("/sitemap-questions-en-2.xml")) == [
        BASE + first.get_absolute_url()
    ]
    assert read("/sitemap-questions-en-3.xml") == {}
    assert f"{BASE}/sitemap-questions-en-3.xml" not in read("/sitemap.xml")


@pytest.mark.parametrize(
    "name",
    [
        "questions-en-0",
        "questions-fr-1",
        "questions-en-01",
        "people-en-1",
        "questions-en-9999999999",
        "questions-en-999999999",
        "lists-en-2",
    ],
)
def test_there_are_no_other_files(thread, name):
    assert Client().get(f"/sitemap-{name}.xml").status_code == 404


def test_a_long_file_is_streamed_and_named_by_what_is_in_it(
    thread, make_copy, monkeypatch, moderator
):
    monkeypatch.setattr(sitemaps, "FEW", 1)
    monkeypatch.setattr(sitemaps, "ROWS", 2)
    for pk in range(thread.pk + 1, thread.pk + 5):
        make_copy(pk=pk)

    first = Client().get(FIRST)
    again = Client().get(FIRST, headers={"If-None-Match": first["ETag"]})
    assert first.streaming
    assert len(fromstring(first.getvalue())) == 5
    assert again.status_code == 304

    actions.hide_post(post=thread, by=moderator, at=timezone.now())
    later = Client().get(FIRST, headers={"If-None-Match": first["ETag"]})
    assert later.status_code == 200
    assert len(fromstring(later.getvalue())) == 4


def test_the_longest_addresses_there_are_make_a_file_baidu_takes():
    # A handle in Chinese: nine letters in an address for each of thirty characters.
    handle = "%E6%9E%97" * 30
    member = sitemaps.Entry(
        f"/zh-hans/members/{handle}/",
        LONG_AGO,
        {code: f"/{code}/members/{handle}/" for code in ("en", "zh-hans")},
    )
    thread = sitemaps.Entry(f"/zh-hans/questions/{'9' * 19}/{'x' * 80}/", LONG_AGO, {})
    page = sitemaps.Entry(
        f"/zh-hans/kb/{'x' * 120}/{'y' * 120}/",
        LONG_AGO,
        {code: f"/{code}/kb/{'x' * 120}/{'y' * 120}/" for code in ("en", "zh-hans")},
    )
    for entry, kind in (
        (member, sitemaps.Members),
        (thread, sitemaps.Questions),
        (page, sitemaps.Pages),
    ):
        # The public address may be some letters longer than a test's.
        letters = len(sitemaps._line(entry)) + 5 * 40
        assert kind.ids < 50_000
        assert kind.ids * letters < 10_000_000


def test_articles_name_their_translations(site, editor):
    topic = add_topic(language="en", title="Bills", slug="bills", tags=[])
    article = create_draft_article(
        title="Read your bill",
        summary="What each line means.",
        body_markdown="The first line is the plan.",
        language="en",
        topic=topic,
        by=editor,
        at=timezone.now(),
    )
    address = BASE + article.get_absolute_url()
    assert address not in read("/sitemap-pages-en-1.xml")

    article.get_latest_revision().publish()
    article.refresh_from_db()

    assert read("/sitemap-pages-en-1.xml")[address] == second(article.last_published_at)
    assert links_in("/sitemap-pages-en-1.xml", address) == {}
    assert links_in("/sitemap-pages-en-1.xml", f"{BASE}/en/") == {
        "en": f"{BASE}/en/",
        "zh-CN": f"{BASE}/zh-hans/",
        "x-default": f"{BASE}/en/",
    }

    article.unpublish()
    assert address not in read("/sitemap-pages-en-1.xml")


def test_members_whose_help_was_useful_are_listed_in_both_languages(
    thread, helper, stranger, clock
):
    name = "/sitemap-members-en-1.xml"
    assert read(name) == {}

    actions.vote(person=stranger, post=thread.answers.get(), value=1, at=timezone.now())
    address = f"{BASE}/en/members/{helper.handle}/"
    answered_at = second(LONG_AGO + timedelta(hours=1))
    assert read(name) == {address: answered_at}
    assert links_in(name, address) == {
        "en": address,
        "zh-CN": f"{BASE}/zh-hans/members/{helper.handle}/",
        "x-default": address,
    }

    erase_person(person=helper, at=clock.now)
    assert read(name) == {}


def test_lists_without_a_thread_in_this_language_are_left_out(thread):
    tag = f"{BASE}/en/questions/tagged/porting/"
    circle = BASE + thread.circle.get_absolute_url()

    assert list(read("/sitemap-tags-en-1.xml")) == [tag]
    assert read("/sitemap-tags-zh-hans-1.xml") == {}
    lists = read("/sitemap-lists-en-1.xml")
    assert {circle, f"{BASE}/en/questions/"} <= lists.keys()
    assert list(read("/sitemap-lists-zh-hans-1.xml")) == [
        f"{BASE}/zh-hans/leaders/",
        f"{BASE}/zh-hans/rewards/",
    ]


def test_more_threads_cost_a_file_no_more_queries(
    thread, make_copy, django_assert_num_queries
):
    read(FIRST)
    with django_assert_num_queries(3):
        read(FIRST)

    for pk in range(thread.pk + 1, thread.pk + 20):
        make_copy(pk=pk)

    with django_assert_num_queries(3):
        assert len(read(FIRST)) == 20


def test_the_files_can_be_listed_for_pasting(thread):
    def listed(**options):
        said = io.StringIO()
        call_command("sitemap_urls", stdout=said, **options)
        return said.getvalue().splitlines()

    assert listed() == list(read("/sitemap.xml"))
    assert f"{BASE}/sitemap-pages-zh-hans-1.xml" in listed(language="zh-hans")
    assert not any("-en-" in one for one in listed(language="zh-hans"))
