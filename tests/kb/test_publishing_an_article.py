"""From a draft to a public article and back, and who is told."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from wagtail.test.utils.form_data import (
    inline_formset,
    nested_form_data,
    streamfield,
)

from kb import actions, queries
from kb.errors import NotAnEditor
from kb.models import ArticlePage
from kb.signals import article_published, article_unpublished


@pytest.fixture
def heard() -> Iterator[list]:
    facts: list = []

    def published(article, by, at, first, **_kwargs):
        facts.append(("published", article.pk, by, at, first))

    def unpublished(article, **_kwargs):
        facts.append(("unpublished", article.pk))

    article_published.connect(published)
    article_unpublished.connect(unpublished)
    yield facts
    article_published.disconnect(published)
    article_unpublished.disconnect(unpublished)


def test_a_draft_is_the_editors_work_below_its_topic(make_draft, topic, editor, clock):
    draft = make_draft(tags=["port-out", "账单"])

    assert not draft.live
    assert draft.get_parent().specific == topic
    assert draft.author == editor
    assert draft.get_latest_revision().user == editor
    assert draft.tags == ["port-out", "zhang-dan"]
    assert "<p>Pay what is owed.</p>" in draft.body_html


def test_a_chinese_draft_stands_below_the_translated_topic(
    make_draft, topic, chinese_topic
):
    draft = make_draft("转出前要结清什么", language="zh-hans", topic=topic)

    assert draft.get_parent().specific == chinese_topic
    assert draft.language == "zh-hans"


def test_only_editors_write_articles(make_draft, asker, desk_agent):
    for person in (asker, desk_agent):
        with pytest.raises(NotAnEditor):
            make_draft(by=person)

    assert not ArticlePage.objects.exists()


def test_publishing_on_the_editors_screen_is_announced_too(
    make_draft, heard, editor, client_of
):
    draft = make_draft()
    form = {
        "title": draft.title,
        "slug": draft.slug,
        "summary": draft.summary,
        "tags": "",
        "body": streamfield([("markdown", "Pay what is owed, then ask for the code.")]),
        "comments": inline_formset([]),
    }

    response = client_of(editor).post(
        f"/admin/pages/{draft.pk}/edit/",
        nested_form_data(form | {"action-publish": "publish"}),
    )

    draft.refresh_from_db()
    assert response.status_code == 302
    assert draft.live
    assert heard == [
        ("published", draft.pk, editor, draft.last_published_at, True),
    ]


def test_only_editors_publish_them(make_draft, asker, editor, client):
    draft = make_draft()

    with pytest.raises(NotAnEditor):
        actions.publish_article(article=draft, by=asker)
    assert client.get(draft.get_absolute_url()).status_code == 404

    actions.publish_article(article=draft, by=editor)
    assert client.get(draft.get_absolute_url()).status_code == 200


def test_the_first_publication_is_told_from_later_ones(
    make_draft, editor, manager, clock, heard
):
    draft = make_draft()
    past = clock.now - timedelta(days=3)

    article = actions.publish_article(article=draft, by=manager, at=past)
    article.save_revision(user=editor).publish(user=editor)

    first, second = heard
    assert first == ("published", draft.pk, manager, past, True)
    assert (second[2], second[4]) == (editor, False)


def test_publishing_after_taking_down_is_not_the_first_time(article, editor, heard):
    actions.unpublish_article(article=article, by=editor)
    actions.publish_article(article=article, by=editor)

    assert [fact[0] for fact in heard] == ["unpublished", "published"]
    assert heard[1][4] is False


def test_a_receiver_that_fails_undoes_the_publication(make_draft, editor):
    draft = make_draft()

    def refuse(**_kwargs):
        raise RuntimeError("no")

    article_published.connect(refuse)
    try:
        with pytest.raises(RuntimeError):
            draft.get_latest_revision().publish(user=editor)
    finally:
        article_published.disconnect(refuse)

    assert not ArticlePage.objects.get(pk=draft.pk).live


def test_a_date_in_the_future_publishes_nothing_yet(make_draft, editor, clock, heard):
    draft = make_draft()
    draft.go_live_at = clock.now + timedelta(days=1)

    draft.save_revision(user=editor).publish(user=editor)

    assert heard == []
    assert queries.visible_articles([draft.pk]) == set()


def test_writing_a_draft_of_a_public_article_changes_nothing_for_readers(
    client, article, editor
):
    article.title = "Not yet"
    article.body = [{"type": "markdown", "value": "Not yet"}]
    article.save_revision(user=editor)

    html = client.get(article.get_absolute_url()).content.decode()

    assert "Not yet" not in html
    assert "CXXZ" in html


def test_a_published_revision_is_drawn_and_tagged(article, editor):
    article.body = [{"type": "text", "value": "<h2>New</h2><p>Text</p>"}]
    article.tags = ["esim"]
    article.save_revision(user=editor).publish()

    stored = ArticlePage.objects.get(pk=article.pk)
    assert stored.body_html == '<h2 id="new">New</h2><p>Text</p>'
    assert stored.body_contents == [{"id": "new", "text": "New"}]
    assert queries.articles_tagged(["esim"], "en", 5) == [stored]
    assert queries.articles_tagged(["esim"], "zh-hans", 5) == []


def test_a_copy_of_an_imported_article_is_no_import(make_article, editor):
    imported = make_article(source="gnome-help", source_id="a11y")

    copy = imported.copy(update_attrs={"slug": "a-copy", "title": "A copy"})

    assert copy.source == ""
    assert not copy.is_imported
