"""What drops down below the search box while somebody types."""

import re

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from search import queries, registries

pytestmark = pytest.mark.django_db


def read(response):
    return BeautifulSoup(response.text, "html.parser")


@pytest.fixture
def suggested(client):
    """Headings of the groups and the options below each."""

    def ask(text, prefix="en"):
        response = client.get(f"/{prefix}/search/suggestions/", {"q": text})
        assert response.status_code == 200
        return {
            group.find(id=group["aria-labelledby"]).text: [
                option.text.strip() for option in group.find_all(role="option")
            ]
            for group in read(response).find_all(role="group")
        }

    return ask


def test_articles_and_questions_come_in_groups(put, suggested):
    put(1, "Roaming abroad", kind="article")
    put(2, "Roaming is slow")
    put(3, "Broadband")

    assert suggested("roam") == {
        "Articles": ["Roaming abroad"],
        "Questions": ["Roaming is slow"],
    }


def test_tags_come_first(put, suggested):
    put(1, "Roaming is slow")

    @registries.tag_finder
    def tags_begun(text, language, limit):
        return [registries.FoundTag(f"{text}ing", "/en/t/", language, 7)][:limit]

    assert list(suggested("roam").items()) == [
        ("Tags", ["roaming7"]),
        ("Questions", ["Roaming is slow"]),
    ]


def test_a_few_of_each_kind_are_enough(put, suggested):
    for number in range(10):
        put(number, f"Roaming {number}")
        put(100 + number, f"Roaming {number}", kind="article")

    found = suggested("roaming")

    assert len(found["Articles"]) == 3
    assert len(found["Questions"]) == 5


def test_half_a_word_in_pinyin_is_understood(put, suggested):
    put(1, "积分兑换规则", kind="article", language="zh-hans")

    assert suggested("jifen", "zh-hans") == {"官方文章": ["积分兑换规则"]}


def test_every_option_is_a_link_that_a_box_can_point_at(put, client):
    put(1, "Roaming abroad", kind="article")
    put(2, "漫游 roaming", language="zh-hans")

    page = read(client.get("/en/search/suggestions/?q=roaming"))
    options = page.find_all(role="option")

    assert [one.get("href") for one in options] == [
        "/en/article/1/",
        "/zh-hans/question/2/",
    ]
    assert len({one.get("id") for one in options}) == 2
    assert [one.get("lang") for one in options] == [None, "zh-Hans"]
    assert page.div["data-said"] == "2 suggestions"


def test_titles_are_text_and_the_words_are_marked(put, client):
    put(1, "<script>roaming</script>")

    said = client.get("/en/search/suggestions/?q=roaming").text

    assert "&lt;script&gt;<mark>roaming</mark>" in said


def test_nothing_typed_or_nothing_found_says_nothing(put, suggested):
    put(1, "Roaming")

    for text in ("", "  ", "?", "the", "zebra"):
        assert suggested(text) == {}


def test_suggestions_cost_the_same_for_any_number(
    put, client, django_assert_num_queries, django_assert_max_num_queries
):
    put(0, "Roaming")
    with django_assert_max_num_queries(4) as few:
        client.get("/en/search/suggestions/?q=roa")
    for number in range(1, 12):
        put(number, "Roaming")

    with django_assert_num_queries(len(few)):
        client.get("/en/search/suggestions/?q=roa")


def test_what_is_gone_is_not_suggested(put, suggested):
    put(1, "Roaming")

    @registries.still_visible("question")
    def nothing(_pks):
        return set()

    assert suggested("roaming") == {}
    assert queries.titles("roaming", prefer="en") == []


def test_search_engines_are_asked_to_leave_them(client):
    response = client.get("/en/search/suggestions/?q=roaming")

    assert response.headers["X-Robots-Tag"] == "noindex"


@pytest.mark.parametrize("path", ["/en/", "/en/search/", "/zh-hans/questions/"])
def test_every_search_box_knows_where_to_ask(site, client, path):
    page = read(client.get(path))

    (box,) = page.find_all("input", attrs={"name": "q"})
    language = path.split("/")[1]
    assert box.get("data-suggest") == f"/{language}/search/suggestions/"
    assert box.get("role") is None, "without script it is a plain field"
    assert box.parent["class"] == ["searchbox"]


def test_a_search_that_found_something_is_remembered_by_the_page_alone(put, client):
    put(1, "Roaming")

    found = client.get("/en/search/", {"q": 'roaming "x"'}).text
    nothing = client.get("/en/search/", {"q": "zebra"}).text

    assert 'data-searched="roaming &quot;x&quot;"' in found
    assert "data-searched" not in nothing
    assert not found.count(reverse("search:suggestions")) > 1


def test_what_was_opened_can_be_told_from_each_hit(put, client):
    put(1, "Roaming abroad", kind="article")

    said = client.get("/en/search/?q=roaming").text

    pings = re.findall('ping="([^"]+)"', said)
    assert any(ping.endswith("&amp;place=1&amp;id=kb.articlepage.1") for ping in pings)
    assert any(ping.endswith("&amp;place=ask") for ping in pings)


def test_tags_are_called_by_their_names_beside_and_in_the_list(put, client):
    put(1, "积分兑换规则", kind="article", language="zh-hans", tags=("ji-fen",))
    put(2, "积分不见了", language="zh-hans", tags=("积分",))

    @registries.tag_names
    def names(slugs):
        assert set(slugs) >= {"ji-fen"}
        return {"ji-fen": "积分大类"}

    page = read(client.get("/zh-hans/search/?q=积分"))

    assert "ji-fen" not in page.find(class_="rows").text
    assert "积分大类" in page.find(class_="rows").text
    filters = page.find(class_="is-filters")
    assert "积分大类" in filters.text
    assert filters.find("a", href=lambda href: "tag=ji-fen" in href)
