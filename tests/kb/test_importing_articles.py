"""import_articles: a file of articles, in as often as you like."""

import io
import json
import re
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from common.models import OutboxRow
from kb.models import ArticlePage, TopicPage
from kb.signals import article_published
from people.models import Notification


def row(key: str, title: str = "", **fields) -> dict:
    return {
        "source": "phone-help",
        "key": key,
        "lang": "en",
        "title": title or key.title(),
        "summary": "Use **it**.",
        "categories": ["Sound", "a11y"],
        "body_md": "Text.",
    } | fields


@pytest.fixture
def run(site, tmp_path):
    def run(*rows: dict | str, language: str = "en") -> str:
        path: Path = tmp_path / "articles.jsonl"
        lines = (one if isinstance(one, str) else json.dumps(one) for one in rows)
        path.write_text("\n".join(lines) + "\n")
        out = io.StringIO()
        call_command(
            "import_articles", str(path), language=language, stdout=out, stderr=out
        )
        return out.getvalue()

    return run


def test_each_source_becomes_a_topic_with_its_articles(run, client):
    said = run(row("bounce"), row("zoom"), row("printer", source="print_help"))

    assert said.startswith("articles.jsonl: 3 articles in en: 3 new, 0 updated,")
    assert [topic.title for topic in TopicPage.objects.order_by("path")] == [
        "Phone help",
        "Print help",
    ]
    article = ArticlePage.objects.get(source_id="bounce")
    assert article.summary == "Use it."
    assert article.tags == ["sound", "a11y"]
    assert article.get_absolute_url() == "/en/kb/phone-help/bounce/"
    html = client.get("/en/kb/phone-help/bounce/").content.decode()
    assert "Imported from phone-help" in html


def test_a_second_run_changes_nothing(run):
    rows = [row("bounce", body_md="See [zoom](#zoom)."), row("zoom")]
    run(*rows)
    before = list(ArticlePage.objects.order_by("pk").values())

    said = run(*rows)

    assert "0 new, 0 updated, 2 unchanged" in said
    assert list(ArticlePage.objects.order_by("pk").values()) == before


def test_a_newer_file_updates_what_nobody_touched_here(run, editor):
    run(row("bounce"), row("zoom"))
    edited = ArticlePage.objects.get(source_id="zoom")
    edited.title = "Zoom, by us"
    edited.save_revision(user=editor).publish()

    said = run(row("bounce", body_md="Newer."), row("zoom", body_md="Newer."))

    assert "1 updated" in said
    assert "1 edited here since" in said
    assert "Newer." in ArticlePage.objects.get(source_id="bounce").body_html
    assert ArticlePage.objects.get(source_id="zoom").title == "Zoom, by us"


def test_rows_in_another_language_are_skipped_and_said(run):
    said = run(row("bounce"), row("tan-tiao", lang="zh-hans", title="弹跳键"))

    assert "1 skipped (1 in another language)" in said


def test_the_same_article_in_two_languages_is_one_translation(run):
    rows = [row("zoom"), row("zoom", lang="zh_CN", title="放大")]
    run(*rows)
    run(*rows, language="zh-hans")

    chinese = ArticlePage.objects.get(language="zh-hans")
    english = ArticlePage.objects.get(language="en")
    assert chinese.translation_key == english.translation_key
    assert chinese.get_absolute_url() == "/zh-hans/kb/phone-help/fang-da/"
    topics = TopicPage.objects.all()
    assert len({topic.translation_key for topic in topics}) == 1


def test_links_between_articles_lead_here_also_to_later_ones(run):
    run(
        row(
            "a-first", body_md="See [zoom](#zoom), [sum](en/calc/sum.html), [x](x.html)"
        ),
        row("zoom"),
        row("calc-sum"),
    )

    html = ArticlePage.objects.get(source_id="a-first").body_html
    assert '<a href="/en/kb/phone-help/zoom/" rel="noopener">zoom</a>' in html
    assert 'href="/en/kb/phone-help/calc-sum/"' in html
    assert html.endswith("x</p>")


def test_html_and_lost_pictures_become_words(run):
    said = run(
        row(
            "bounce",
            body_md="# Bounce\n\nPress <kbd>F1</kbd>.<script>alert(1)</script>\n\n"
            "<table><tr><th>Key</th></tr><tr><td>F1</td></tr></table>\n\n"
            '![The panel](img/panel.png)\n\n```\n<b>kept</b>\n```\n\n<a id="x"></a>End',
        )
    )

    html = ArticlePage.objects.get().body_html
    assert "<code>F1</code>" in html
    assert "<script" not in html
    assert "<td>F1</td>" in html
    assert "<em>(The panel)</em>" in html
    assert "&lt;b&gt;kept&lt;/b&gt;" in html
    assert "Bounce" not in html
    assert "<p>End</p>" in html
    assert "1 pictures were not in the file" in said


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ('{"source": "phone-help", "key"', "not JSON"),
        ("[1]", "not an object"),
        (row("x", title=7), "“title” is missing or is not text"),
        (row("x", body_md=""), "“body_md” is missing"),
        (row("x", categories="Sound"), "has another form"),
    ],
)
def test_a_malformed_line_stops_the_run_and_is_named(run, bad, why):
    with pytest.raises(CommandError) as stopped:
        run(row("bounce"), row("zoom"), bad, row("late"))

    assert "articles.jsonl, line 3: " in str(stopped.value)
    assert why in str(stopped.value)
    assert set(ArticlePage.objects.values_list("source_id", flat=True)) == {
        "bounce",
        "zoom",
    }


def test_a_stopped_run_goes_on_where_it_was(run):
    with pytest.raises(CommandError):
        run(row("bounce"), "{", row("late"))

    said = run(row("bounce"), row("late"))

    assert "1 new, 0 updated, 1 unchanged" in said


def test_a_file_that_is_not_there_is_said(site, tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_articles", str(tmp_path / "none.jsonl"), language="en")


def test_history_is_not_news_but_it_is_found(run):
    heard = []

    def listen(**kwargs):
        heard.append(kwargs)

    article_published.connect(listen)
    try:
        run(row("bounce"))
    finally:
        article_published.disconnect(listen)

    assert heard == []
    assert not Notification.objects.exists()
    article = ArticlePage.objects.get()
    waiting = OutboxRow.objects.filter(done_at=None).values_list("payload", flat=True)
    assert any(article.pk in payload.get("pks", []) for payload in waiting)


def test_articles_of_one_title_differ_in_search_engines(run, client):
    parts = [
        row("wifi-1", "Wi-Fi helper", summary="Look at the cable."),
        row("wifi-2", "Wi-Fi helper", summary="Look at the driver."),
        row("wifi-3", "Wi-Fi helper", source="print_help"),
    ]
    run(*parts)

    titles = {
        article.source_id: article.seo_title for article in ArticlePage.objects.all()
    }
    assert titles == {
        "wifi-1": "",
        "wifi-2": "Wi-Fi helper: Look at the driver.",
        "wifi-3": "",
    }
    html = client.get("/en/kb/phone-help/wi-fi-helper-2/").content.decode()
    assert "<title>Wi-Fi helper: Look at the driver. · " in html
    assert ">Wi-Fi helper</h1>" in html
    assert "0 new, 0 updated, 3 unchanged" in run(*reversed(parts))


def test_a_summary_that_was_not_translated_is_left_out(run, client):
    run(
        row("beifen", "备份频率", lang="zh-hans", body_md="请每周备份一次重要文件。"),
        language="zh-hans",
    )

    article = ArticlePage.objects.get()
    assert article.summary == ""
    html = client.get(article.get_absolute_url()).content.decode()
    assert 'content="请每周备份一次重要文件。' in html


def test_links_within_an_article_lead_to_its_headings(run, client):
    long = "Is what I type or dictate used to teach the assistant that answers me"
    run(
        row(
            "errors",
            body_md="[`Error: exit 74`](#exit-74), [Two](#two), [Long](#"
            + long.lower().replace(" ", "-")
            + "), [Three](#3), [`gone`](#gone)\n\n## Thrice {#3}\n\n"
            f'<a id="exit-74"></a>\n\n## `Error: exit 74`\n\n## Two\n\n## {long}\n',
        )
    )

    html = client.get("/en/kb/phone-help/errors/").content.decode()
    ids = set(re.findall(r'<h2 id="([^"]+)"', html))
    targets = re.findall(r'<a href="#([^"]+)" rel="noopener">', html)
    assert len(targets) == 4
    assert ids.issuperset(targets)
    assert "<code>gone</code>" in html
