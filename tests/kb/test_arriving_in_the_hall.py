"""The page everybody enters by, as editors arrange it."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from kb import actions, queries
from kb.models import HallSettings, PlainPage


def _hall(client, language: str = "en") -> str:
    return client.get(f"/{language}/").content.decode()


def test_the_search_box_comes_first_then_the_doors(client, site):
    html = _hall(client)

    assert html.index('id="q"') < html.index('class="doors"')
    for address in (
        "kb",
        "questions/ask",
        "questions",
        "tickets",
        "rewards",
        "leaders",
    ):
        assert f'<a href="/en/{address}/">' in html
    assert "<h1" in html
    assert html.count("<h1") == 1


def test_the_chinese_hall_speaks_chinese(client, site):
    html = _hall(client, "zh-hans")

    assert "您遇到了什么问题？" in html
    assert '<a href="/zh-hans/questions/ask/">' in html
    assert '<html lang="zh-Hans">' in html


def test_an_editors_tiles_stand_in_the_hall(client, article):
    hall = queries.hall("en")
    hall.tiles = [
        _tile("page", "Porting", page=article.pk),
        _tile("link", "Shops", url="https://shops.example/"),
        _tile("phone", "Call us", number="10066"),
    ]
    hall.popular_searches = "high bill\nroaming in Japan"
    hall.save_revision().publish()

    html = _hall(client)

    assert f'<a href="{article.get_absolute_url()}">' in html
    assert '<a href="https://shops.example/">' in html
    assert '<a href="tel:10066">' in html
    assert "?q=roaming%20in%20Japan" in html


def test_a_door_to_an_unpublished_page_is_left_out(client, article, editor):
    hall = queries.hall("en")
    hall.tiles = [_tile("page", "Porting", page=article.pk)]
    hall.save_revision().publish()

    actions.unpublish_article(article=article, by=editor)

    assert "Porting" not in _hall(client)


def test_topics_show_how_many_articles_they_hold(client, make_article, make_draft):
    make_article()
    make_article("Another")
    make_draft()

    html = " ".join(client.get("/en/kb/").content.decode().split())

    assert "2 articles" in html


def test_a_long_topic_has_pages_that_are_canonical_to_themselves(client, make_article):
    for number in range(21):
        make_article(f"Article {number:02}")

    second = client.get("/en/kb/porting/?page=2").content.decode()
    assert 'rel="alternate" hreflang' not in second

    assert "Article 20" in second
    assert "Article 00" not in second
    assert 'href="http://127.0.0.1:8000/en/kb/porting/?page=2"' in second
    assert client.get("/en/kb/porting/?page=3").status_code == 404
    assert client.get("/en/kb/porting/?page=x").status_code == 404


def test_an_empty_topic_says_what_to_do(client, topic):
    html = client.get(topic.get_absolute_url()).content.decode()

    assert "No articles yet" in html
    assert reverse("community:ask") in html


def test_the_operators_settings_need_no_code(client, site):
    terms = PlainPage(
        title="Terms", slug="terms", body=[{"type": "text", "value": "<h2>Use</h2>"}]
    )
    queries.hall("en").add_child(instance=terms)
    settings = HallSettings.load()
    settings.hall_name_en, settings.hall_name_zh = "Linwan Answerhall", "临湾问答厅"
    settings.terms_page = terms
    settings.icp_number = "京ICP备12345678号-1"
    settings.save()

    english, chinese = _hall(client), _hall(client, "zh-hans")

    assert "<span>Linwan Answerhall</span>" in english
    assert "<span>临湾问答厅</span>" in chinese
    assert 'href="/en/terms/"' in english
    assert "京ICP备12345678号-1" in english
    page = client.get("/en/terms/").content.decode()
    assert '<h2 id="use">Use</h2>' in page


def test_a_colour_that_would_break_contrast_is_refused(site):
    settings = HallSettings.load()
    settings.tone = "0.2"

    with pytest.raises(ValidationError, match="0.13"):
        settings.full_clean()


def test_visitors_get_the_hall_without_cookies_or_tokens(client, article):
    for address in ("/en/", "/en/kb/", "/en/kb/porting/"):
        response = client.get(address)
        assert not response.cookies
        assert "csrfmiddlewaretoken" not in response.content.decode()


def test_headings_nest_on_every_page(client, article):
    for address in ("/en/", "/en/kb/", "/en/kb/porting/", article.get_absolute_url()):
        levels = [
            int(level)
            for level in re.findall(r"<h([1-6])", client.get(address).content.decode())
        ]
        assert levels[0] == 1
        assert all(b - a <= 1 for a, b in zip(levels, levels[1:], strict=False))


def _tile(kind: str, title: str, **value) -> dict:
    words = {"title": title, "note": "", "icon": "book-2"}
    return {"type": kind, "value": words | value}
