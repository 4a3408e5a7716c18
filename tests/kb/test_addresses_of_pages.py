"""Where pages stand, and what stays reachable when they move."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kb import actions, queries
from kb.models import ArticlePage, PlainPage, TopicIndexPage, TopicPage


def test_a_chinese_title_gets_an_address_in_pinyin(make_article, chinese_topic, client):
    article = make_article("携号转网怎么办理", topic=chinese_topic)

    address = "/zh-hans/kb/porting/xie-hao-zhuan-wang-zen-me-ban-li/"
    assert article.get_absolute_url() == address
    assert client.get(address).status_code == 200


def test_the_same_title_twice_gets_two_addresses(make_article):
    first, second = make_article("携号转网"), make_article("携号转网")

    assert (first.slug, second.slug) == (
        "xie-hao-zhuan-wang",
        "xie-hao-zhuan-wang-2",
    )


def test_our_address_is_the_one_wagtail_serves(article):
    assert article.get_absolute_url() == article.get_url()


@pytest.mark.parametrize("live", [True, False])
@pytest.mark.parametrize("slug", ["questions", "rewards", "kb", "articles"])
def test_a_page_below_a_hall_cannot_take_another_rooms_address(site, slug, live):
    hall = queries.hall("en")

    with pytest.raises(ValidationError, match="another part of the hall"):
        hall.add_child(instance=PlainPage(title="Q", slug=slug, live=live))

    assert not PlainPage.objects.exists()


def test_a_title_that_reads_like_such_an_address_gets_another_one(site):
    page = PlainPage(title="Search")
    queries.hall("en").add_child(instance=page)

    assert page.slug == "search-page"


def test_deeper_down_such_a_word_is_free(topic):
    topic = actions.add_topic(language="en", title="Rewards", slug="rewards")

    assert topic.get_absolute_url() == "/en/kb/rewards/"


def test_the_topic_index_keeps_its_address(site):
    index = queries.topic_index("en")
    index.slug = "articles-of-ours"

    with pytest.raises(ValidationError):
        index.save()

    assert TopicIndexPage.objects.get(pk=index.pk).slug == "kb"


def test_an_article_is_not_found_under_the_other_languages_prefix(
    client, article, chinese_topic
):
    assert client.get("/en/kb/porting/move-your-number-to-us/").status_code == 200
    assert client.get("/zh-hans/kb/porting/move-your-number-to-us/").status_code == 404


def test_each_tree_serves_its_own_page_at_the_same_path(
    client, make_article, chinese_topic
):
    make_article("Porting", slug="guide")
    make_article("携转指南", slug="guide", topic=chinese_topic)

    assert "携转指南" in client.get("/zh-hans/kb/porting/guide/").content.decode()
    assert "携转指南" not in client.get("/en/kb/porting/guide/").content.decode()


def test_a_renamed_topic_takes_its_articles_along(
    client, article, django_capture_on_commit_callbacks
):
    topic = TopicPage.objects.get()
    topic.slug = "numbers"

    with django_capture_on_commit_callbacks(execute=True):
        topic.save_revision().publish()

    moved = client.get("/en/kb/porting/move-your-number-to-us/")
    assert moved.status_code == 301
    assert moved["Location"] == "/en/kb/numbers/move-your-number-to-us/"
    assert client.get(moved["Location"]).status_code == 200


def test_a_moved_article_is_found_from_its_old_address(
    client, article, django_capture_on_commit_callbacks
):
    elsewhere = actions.add_topic(language="en", title="SIM cards", slug="sim")

    with django_capture_on_commit_callbacks(execute=True):
        article.move(elsewhere, pos="last-child")

    moved = client.get("/en/kb/porting/move-your-number-to-us/")
    assert moved.status_code == 301
    assert moved["Location"] == "/en/kb/sim/move-your-number-to-us/"


@pytest.mark.parametrize("path", ["_util/login/", "kb/porting/x/y/", "nothing/here/"])
def test_nothing_else_stands_below_a_hall(client, article, path):
    assert client.get(f"/en/{path}").status_code == 404


def test_drafts_and_unpublished_articles_are_not_found(
    client, make_draft, article, editor
):
    draft = make_draft()
    actions.unpublish_article(article=article, by=editor)

    assert client.get(draft.get_absolute_url()).status_code == 404
    assert client.get(article.get_absolute_url()).status_code == 404


def test_an_editor_need_not_think_of_an_address(topic, editor, client_of):
    add = reverse("wagtailadmin_pages:add", args=["kb", "articlepage", topic.pk])

    response = client_of(editor).post(
        add,
        {
            "title": "副卡能否携转",
            "slug": "",
            "summary": "",
            "tags": "携号转网, Port-in",
            "checked_on": "2026-11-20",
            "author": "",
            "body-count": "0",
            "comments-TOTAL_FORMS": "0",
            "comments-INITIAL_FORMS": "0",
            "comments-MIN_NUM_FORMS": "0",
            "comments-MAX_NUM_FORMS": "",
            "action-publish": "publish",
        },
    )

    assert response.status_code == 302
    article = ArticlePage.objects.get()
    assert article.slug == "fu-ka-neng-fou-xie-zhuan"
    assert article.live
    assert article.tags == ["xie-hao-zhuan-wang", "port-in"]
    assert list(queries.articles_tagged(["port-in"], "en", 5)) == [article]
