"""What a reader, a browser and a search engine get from an article."""

import json
import re
from datetime import date

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import ReferenceIndex

from kb import actions
from kb.models import ArticleDocument, ArticlePage
from kb.tasks import redraw_bodies
from people.models import Person


def _page(client, page, **headers):
    return client.get(page.get_absolute_url(), **headers).content.decode()


def test_it_says_where_it_stands_who_checked_it_and_when(
    client, make_article, make_person
):
    author = make_person("zoe", display_name="Zoe Lindqvist")
    article = make_article(author=author, checked_on=date(2026, 11, 21))

    html = _page(client, article)

    assert '<a href="/en/kb/porting/">Moving your number</a>' in html
    assert "Official</span>" in html
    assert re.search(r"Checked on Nov. 21, 2026 by Zoe Lindqvist", html)


def test_headings_become_a_table_of_contents_also_in_chinese(
    client, make_article, chinese_topic
):
    article = make_article(
        "携号转网",
        "# 办理前请确认\n\n一。\n\n# 费用\n\n二。\n\n# 费用\n\n三。",
        topic=chinese_topic,
    )

    html = _page(client, article)

    assert '<h2 id="ban-li-qian-qing-que-ren">办理前请确认</h2>' in html
    assert '<a href="#fei-yong">费用</a>' in html
    assert '<a href="#fei-yong-2">费用</a>' in html


def test_a_heading_never_takes_an_id_of_the_page(client, make_article):
    html = _page(client, make_article(text="# Main\n\nA\n\n# Helped\n\nB"))

    assert len(re.findall(r'id="main"', html)) == 1
    assert len(re.findall(r'id="helped"', html)) == 1
    assert 'id="main-2"' in html


def test_translations_name_each_other_and_english_is_the_default(
    client, make_article, chinese_topic
):
    english = make_article()
    chinese = make_article("携号转网", topic=chinese_topic, translation_of=english)

    links = [
        '<link rel="alternate" hreflang="en" href="http://127.0.0.1:8000'
        '/en/kb/porting/move-your-number-to-us/">',
        '<link rel="alternate" hreflang="zh-CN" href="http://127.0.0.1:8000'
        '/zh-hans/kb/porting/xie-hao-zhuan-wang/">',
        '<link rel="alternate" hreflang="x-default" href="http://127.0.0.1:8000'
        '/en/kb/porting/move-your-number-to-us/">',
    ]
    for page in (english, chinese):
        html = _page(client, page)
        assert all(link in html for link in links)
    html = " ".join(_page(client, english).split())
    assert f'href="{chinese.get_absolute_url()}" lang="zh' in html


def test_an_unpublished_translation_is_not_named(
    client, make_article, chinese_topic, editor
):
    english = make_article()
    chinese = make_article("携号转网", topic=chinese_topic, translation_of=english)
    actions.unpublish_article(article=chinese, by=editor)

    html = " ".join(_page(client, english).split())

    assert 'hreflang="zh-CN"' not in html
    assert 'href="/zh-hans/kb/" lang="zh' in html


def test_search_engines_get_one_address_a_description_and_an_article(
    client, make_article
):
    article = make_article(summary="Four steps, ten minutes.")

    html = " ".join(_page(client, article).split())

    address = "http://127.0.0.1:8000/en/kb/porting/move-your-number-to-us/"
    assert html.count('rel="canonical"') == 1
    assert f'<link rel="canonical" href="{address}">' in html
    assert '<meta name="description" content="Four steps, ten minutes.">' in html
    found, trail = _json_ld(html)
    assert found["@type"] == "Article"
    assert found["headline"] == "Move your number to us"
    assert found["url"] == address
    assert found["datePublished"].endswith("+08:00")
    assert [item["name"] for item in trail["itemListElement"]] == [
        "Service hall",
        "Articles",
        "Moving your number",
        "Move your number to us",
    ]


def test_a_title_cannot_break_out_of_the_page_or_its_data(client, make_article):
    article = make_article("</script><script>alert(1)</script>", slug="x")

    html = _page(client, article)

    assert "<script>alert" not in html
    assert _json_ld(html)[0]["headline"] == "</script><script>alert(1)</script>"


def test_html_in_any_block_is_shown_never_obeyed(client, make_article):
    evil = "<script>alert(1)</script>"
    article = make_article(
        blocks=[
            {"type": "markdown", "value": evil},
            {"type": "steps", "value": {"steps": [{"title": evil, "text": ""}]}},
            {"type": "callout", "value": {"kind": "tip", "title": evil, "text": ""}},
            {"type": "faq", "value": {"title": evil, "items": []}},
            {
                "type": "table",
                "value": {
                    "caption": evil,
                    "columns": [{"type": "text", "heading": evil}],
                    "rows": [{"values": [evil]}],
                },
            },
        ]
    )

    html = _page(client, article)

    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 6


def test_steps_callouts_tables_and_questions_keep_their_form(client, make_article):
    article = make_article(
        blocks=[
            {
                "type": "steps",
                "value": {
                    "steps": [{"title": "Ask for a code", "text": "<p>SQXZ</p>"}]
                },
            },
            {
                "type": "callout",
                "value": {"kind": "warning", "title": "", "text": "<p>60 minutes</p>"},
            },
            {
                "type": "table",
                "value": {
                    "caption": "How long",
                    "columns": [
                        {"type": "text", "heading": "Step"},
                        {"type": "number", "heading": "Minutes"},
                    ],
                    "rows": [{"values": ["Review", "2880"]}],
                },
            },
            {
                "type": "faq",
                "value": {
                    "title": "",
                    "items": [{"question": "Is it free?", "answer": "<p>Yes.</p>"}],
                },
            },
        ]
    )

    html = " ".join(_page(client, article).split())

    assert '<ol class="steps"> <li> <b>Ask for a code</b> <p>SQXZ</p>' in html
    assert '<div class="notice is-warn" role="note">' in html
    assert 'icons.svg#alert-triangle"' in html
    assert "icons.svg" not in article.body_html
    assert "<b>Mind this</b>" in html
    assert '<caption class="label">How long</caption>' in html
    assert '<th scope="col" class="num">Minutes</th>' in html
    assert '<td class="num"> 2880 </td>' in html
    assert '<h3 id="is-it-free">Is it free?</h3>' in html


def test_words_between_blocks_are_in_the_articles_language(
    client, make_article, chinese_topic
):
    blocks = [
        {
            "type": "callout",
            "value": {"kind": "warning", "title": "", "text": "<p>!</p>"},
        }
    ]

    article = make_article("携转", blocks=blocks, topic=chinese_topic)

    assert "<b>请注意</b>" in _page(client, article)


def test_pictures_come_in_sizes_with_words_and_reserved_room(
    client, make_article, make_image
):
    picture = {"image": make_image().pk, "alt_text": "ID in the frame"}
    article = make_article(
        blocks=[
            {
                "type": "steps",
                "value": {
                    "steps": [
                        {
                            "title": "Photograph",
                            "text": "",
                            "picture": picture | {"decorative": False},
                            "caption": "All four corners",
                        }
                    ]
                },
            }
        ]
    )

    image = re.search(r"<img [^>]+>", _page(client, article))[0]

    assert 'alt="ID in the frame"' in image
    assert re.search(r'width="352"', image)
    assert re.search(r'height="\d+"', image)
    assert re.search(r'srcset="[^"]+ 352w, [^"]+ 704w, [^"]+ 1056w"', image)
    assert "style=" not in image


def test_a_new_picture_file_shows_in_old_articles(client, make_article, make_image):
    image = make_image(colour="teal")
    value = {"picture": {"image": image.pk, "alt_text": "a", "decorative": False}}
    article = make_article(blocks=[{"type": "picture", "value": value}])
    before = re.search(r'src="([^"]+)"', article.body_html)[1]

    ReferenceIndex.create_or_update_for_object(article)

    image.file = make_image(colour="maroon").file
    image.save()
    image.renditions.all().delete()

    after = _page(client, ArticlePage.objects.get(pk=article.pk))
    assert before not in after
    assert "maroon" in after


def test_outdated_bodies_are_drawn_again_once(make_article, clock):
    article = make_article(text="Drawn")
    ArticlePage.objects.update(body_html="Outdated", body_version=0)

    assert redraw_bodies(clock.now) == "1 drawn"
    assert redraw_bodies(clock.now) is None
    article.refresh_from_db()
    assert article.body_html == "<p>Drawn</p>"


def test_a_file_is_offered_with_its_size(client, make_article):
    document = ArticleDocument.objects.create(
        title="Porting form", file=ContentFile(b"x" * 2048, name="form.pdf")
    )
    value = {"file": document.pk, "about": "Bring it signed."}
    article = make_article(blocks=[{"type": "file", "value": value}])

    html = " ".join(_page(client, article).split())

    assert f'<a href="/documents/{document.pk}/form.pdf" download>' in html
    assert "PDF, 2.0" in html


def test_the_page_can_be_stored_for_everybody(client, article):
    response = client.get(article.get_absolute_url())

    assert "csrfmiddlewaretoken" not in response.content.decode()
    assert not response.cookies
    assert "private" not in response["Cache-Control"]


def test_a_reader_of_the_other_language_keeps_their_interface(
    client_of, make_person, article
):
    reader = make_person("xiaoman", language="zh-hans")

    html = _page(client_of(reader), article)

    assert '<html lang="zh-Hans">' in html
    assert "这篇文章有帮助吗" in html
    assert re.search(r'lang="en">\s*<nav class="crumbs"', html)


def test_related_articles_share_tags_first_and_topic_second(make_article, client):
    article = make_article(tags=["esim", "port-in"])
    neighbour = make_article("What it costs")
    cousin = make_article("eSIM on a second-hand phone", tags=["esim"])

    html = _page(client, article)

    related = html[html.index('id="related"') :]
    assert related.index(cousin.title) < related.index(neighbour.title)


def test_a_preview_shows_what_was_not_saved_yet(article):
    article.body = [{"type": "markdown", "value": "Not saved yet"}]

    response = article.make_preview_request()
    response.render()

    assert "Not saved yet" in response.content.decode()


def test_more_articles_cost_no_more_queries(client, make_article):
    article = make_article(tags=["esim"])
    make_article("Another one", tags=["esim"])

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(article.get_absolute_url()).status_code == 200
        return len(queries)

    cost()
    before = cost()
    for number in range(12):
        make_article(f"More {number}", tags=["esim"])

    # One fewer: enough share a tag, so the topic need not be asked for more.
    assert cost() <= before <= 8


@pytest.mark.parametrize("address", ["/en/", "/en/kb/", "/en/kb/porting/"])
def test_lists_cost_the_same_however_long_they_are(client, make_article, address):
    make_article()

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    cost()
    before = cost()
    for number in range(8):
        topic = actions.add_topic(language="en", title=f"Topic {number}")
        make_article(f"More {number}")
        make_article(f"Deep {number}", topic=topic)

    assert cost() == before


def _json_ld(html: str) -> list[dict]:
    written = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL
    )
    return [json.loads(one) for one in written]


def test_an_author_is_never_deleted_from_under_an_article(article, make_person):
    article.author = make_person("zoe")
    article.save()

    with pytest.raises(TypeError):
        Person.objects.filter(handle="zoe").delete()
