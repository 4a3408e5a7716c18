"""Quotes, a minus, tag: circle: by: is: leave what was meant, in either language."""

import pytest
from hypothesis import given, strategies as st

from search import queries, registries
from search.operators import MAX_OPERATORS, take_apart


@pytest.fixture(autouse=True)
def _a_hall(put):
    put(1, "Day pass for Japan", status="solved", tags=("abroad",), circle="roaming")
    put(2, "Pass the day in Japan", status="open", circle="roaming", by="7")
    put(3, "Day pass for Europe", kind="article", tags=("abroad", "esim"))
    put(4, "漫游日包怎么选", language="zh-hans", status="solved", tags=("日包",))
    put(5, "每日套餐包含什么", language="zh-hans", status="open")


@pytest.mark.parametrize(
    ("typed", "left"),
    [
        ('"day pass"', {"Day pass for Japan", "Day pass for Europe"}),
        ("“day pass” japan", {"Day pass for Japan", "Day pass for Europe"}),
        ("「日包」", {"漫游日包怎么选"}),
        ("pass -japan", {"Day pass for Europe"}),
        ('japan -"day pass"', {"Pass the day in Japan"}),
        ("day tag:abroad", {"Day pass for Japan", "Day pass for Europe"}),
        ("day tag:abroad tag:esim", {"Day pass for Europe"}),
        ("day -tag:abroad", {"Pass the day in Japan"}),
        ("day is:solved", {"Day pass for Japan"}),
        ("day IS:Article", {"Day pass for Europe"}),
        ("day circle:roaming", {"Day pass for Japan", "Pass the day in Japan"}),
        ("day 圈子：Roaming", {"Day pass for Japan", "Pass the day in Japan"}),
        ("tag:日包", {"漫游日包怎么选"}),
        ("标签：日包 状态：已解决", {"漫游日包怎么选"}),
        ("漫游 -每日", {"漫游日包怎么选"}),
        ("tag:#esim", {"Day pass for Europe"}),
    ],
)
def test_operators_leave_what_was_meant(found, typed, left):
    assert set(found(typed)) == left


def test_by_means_whoever_carries_the_handle_now(found):
    registries.author(lambda handle: {"linjian": "7"}.get(handle, ""))

    assert found("day by:linjian") == ["Pass the day in Japan"]
    assert found("by:@LinJian") == ["Pass the day in Japan"]
    assert found("day by:nobody") == []


def test_a_name_in_quotes_that_stands_nowhere_is_looked_for_as_words():
    results = queries.search('"Japan day"')

    assert {hit.title for hit in results.hits} >= {"Pass the day in Japan"}
    assert results.relaxed


def test_quoted_words_that_say_nothing_ask_for_nothing(found):
    assert found('"how to" japan') != []


def test_counts_are_of_what_the_operators_leave():
    results = queries.search("day tag:abroad")

    assert results.counts_by_kind == {"all": 2, "article": 1, "question": 1}
    assert results.counts["status"] == {"solved": 1}


def test_a_guess_keeps_the_operators():
    assert queries.search("japn is:solved").guess == "japan is:solved"


@pytest.mark.parametrize(
    "typed",
    [
        "wi-fi",
        "5-day pass",
        "error -100",
        "is:nonsense",
        "day - pass",
        '"',
        '""',
        "what is: it",
    ],
)
def test_what_is_no_operator_is_a_word_like_any_other(typed):
    assert not take_apart(typed).has_operators
    assert take_apart(typed).text == typed.strip()


def test_only_so_many_operators_count():
    typed = take_apart(" ".join(f"-word{chr(97 + n)}" for n in range(26)))

    assert len(typed.without) == MAX_OPERATORS


@given(st.text(alphabet='a日 -"“”:：tagis是by@#\x00', max_size=60))
def test_no_text_is_too_strange(text):
    take_apart(text)


def test_the_page_says_how_in_the_readers_language(client):
    english = client.get("/en/search/").text
    chinese = client.get("/zh-hans/search/", {"q": "xyzzyplugh"}).text

    assert "tag:name" in english
    assert "is:solved" in english
    assert "标签:名称" in chinese
    assert "状态:已解决" in chinese
