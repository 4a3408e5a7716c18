"""Articles in the hall's one search, and gone from it when they are gone."""

import pytest
from django.utils import timezone
from wagtail.models import Page, PageViewRestriction

from common import outbox
from kb import actions, queries
from kb.models import TopicPage
from search.queries import engine, search


@pytest.fixture(autouse=True)
def index(tmp_path, monkeypatch):
    monkeypatch.setattr(engine(), "path", tmp_path / "index")


def _titles(text: str, **options) -> list[str]:
    outbox.drain(at=timezone.now())
    return [hit.title for hit in search(text, **options).hits]


def test_an_article_is_found_by_its_title_its_body_and_its_tags(make_article):
    make_article(text="# Fee\n\nNothing, **ever**.", tags=["esim"])

    for text in ("number move", "nothing ever", "esim"):
        assert _titles(text) == ["Move your number to us"]


def test_a_chinese_article_is_found_by_a_word_inside_a_run(make_article, chinese_topic):
    make_article("携号转网办理步骤", "授权码六十分钟内有效。", topic=chinese_topic)

    assert _titles("授权码") == ["携号转网办理步骤"]
    assert _titles("授权码", language="en") == []


def test_articles_are_found_before_static_files_were_collected(
    make_article, settings, tmp_path
):
    """On a new machine somebody may import and index first."""
    manifest = "whitenoise.storage.CompressedManifestStaticFilesStorage"
    stores = settings.STORAGES | {"staticfiles": {"BACKEND": manifest}}
    settings.STATIC_ROOT, settings.STORAGES = tmp_path / "none", stores

    make_article(text="> Nothing, ever.")

    assert _titles("nothing ever") == ["Move your number to us"]


def test_the_hit_knows_what_a_row_shows(make_article, clock, editor):
    article = make_article(summary="Four steps.", checked_on=clock.now.date())
    for reader in range(10):
        actions.give_feedback(
            article=article,
            is_helpful=reader > 0,
            voter_key=str(reader),
            at=clock.now,
        )
    actions.publish_article(article=article, by=editor)
    outbox.drain(at=timezone.now())

    (hit,) = search("four steps").hits
    assert hit.is_article
    assert hit.url == "/en/kb/porting/move-your-number-to-us/"
    assert hit.checked_on == clock.now.date()
    assert hit.helpful_percent == 90


def test_a_draft_is_found_when_it_is_published_and_no_sooner(make_draft, editor):
    draft = make_draft("Leaving us")
    assert _titles("leaving") == []

    actions.publish_article(article=draft, by=editor)

    assert _titles("leaving") == ["Leaving us"]


def test_an_unpublished_article_leaves_at_once_before_the_index_knows(
    make_article, editor
):
    article = make_article()
    assert _titles("number") == [article.title]

    actions.unpublish_article(article=article, by=editor)

    assert search("number").hits == []
    assert _titles("number") == []


def test_a_deleted_article_leaves_the_index(make_article):
    article = make_article()
    assert _titles("number") == [article.title]

    article.delete()

    assert search("number").hits == []
    assert _titles("number") == []


def test_a_renamed_topic_moves_its_articles_in_the_results(
    article, django_capture_on_commit_callbacks
):
    assert _titles("number")
    topic = TopicPage.objects.get()
    topic.slug = "numbers"

    with django_capture_on_commit_callbacks(execute=True):
        topic.save_revision().publish()
    outbox.drain(at=timezone.now())

    (hit,) = search("number").hits
    assert hit.url == "/en/kb/numbers/move-your-number-to-us/"


def test_without_an_index_the_database_finds_articles(
    make_article, make_draft, monkeypatch, tmp_path
):
    make_article(text="授权码有效期")
    make_draft("Number two")
    monkeypatch.setattr(engine(), "path", tmp_path / "nowhere")

    assert [hit.title for hit in search("number").hits] == ["Move your number to us"]
    assert [hit.title for hit in search("授权码").hits] == ["Move your number to us"]


def test_writing_a_draft_asks_nothing_of_the_index(article, editor):
    outbox.drain(at=timezone.now())

    article.save_revision(user=editor)

    assert outbox.drain(at=timezone.now()) == 0


def test_which_articles_are_visible_costs_one_look(
    make_article, make_draft, django_assert_max_num_queries
):
    published = [make_article(f"Article {number}") for number in range(5)]
    draft = make_draft()

    with django_assert_max_num_queries(2):
        visible = queries.visible_articles([*(a.pk for a in published), draft.pk])

    assert visible == {article.pk for article in published}


def test_a_restricted_site_shows_nothing_to_strangers(client, make_article):
    article = make_article()
    assert _titles("number") == [article.title]

    PageViewRestriction.objects.create(
        page=Page.objects.get(depth=1), restriction_type=PageViewRestriction.LOGIN
    )

    assert search("number").hits == []
    assert client.get(article.get_absolute_url()).status_code == 302


def test_who_finds_nothing_is_led_to_the_nearest_topics(client, topic, make_article):
    make_article("Move your number to us", tags=[])
    roaming = actions.add_topic(language="en", title="Abroad", slug="abroad", tags=[])
    actions.add_topic(language="en", title="Empty", slug="empty", tags=[])
    actions.add_topic(language="zh-hans", title="国外", slug="abroad", tags=[])
    for title in ("Roaming for beginners", "Day passes"):
        make_article(title, topic=roaming)
    outbox.drain(at=timezone.now())

    near = queries.nearest_topics("number", "en")
    unknown = queries.nearest_topics("", "en")
    page = client.get("/en/search/?q=zebrafish+quokka+wombat+number").text

    assert [one.title for one in near] == ["Moving your number", "Abroad"]
    assert [one.title for one in unknown] == ["Abroad", "Moving your number"]
    assert "Nobody has asked this yet" in page
    assert page.index("/en/kb/porting/") < page.index("/en/kb/abroad/")
