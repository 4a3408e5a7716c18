"""One text, however it is typed, becomes the same words."""

import pytest
from hypothesis import given, strategies as st

from search.analyser import (
    MAX_QUERY_WORDS,
    plain_words,
    query_tokens,
    query_words,
    tokens,
)


@pytest.mark.parametrize(
    ("typed", "same_as"),
    [
        ("積分兌換", "积分兑换"),
        ("ＷｉＦｉ", "wifi"),
        ("５Ｇ套餐", "5G套餐"),
        ("寬頻", "宽带"),
        ("簡訊", "短信"),
        ("CAFÉ", "cafe"),
        ("cafe\u0301", "café"),
        ("port\u200bing", "porting"),
        ("隨身碟", "U盘"),
    ],
)
def test_other_ways_of_typing_are_the_same_words(typed, same_as):
    assert tokens(typed) == tokens(same_as) != []


def test_mixed_text_keeps_numbers_and_mixtures():
    assert tokens("4G流量用完，致电10066") == [
        "4g",
        "流量",
        "用",
        "完",
        "致电",
        "10066",
    ]


def test_a_compound_is_found_whole_joined_and_by_its_parts():
    assert tokens("Wi-Fi") == ["wi-fi", "wifi", "wi", "fi"]
    assert query_tokens("wi-fi") == ["wi-fi", "wifi", "wi", "fi"]


def test_english_words_are_stemmed_and_empty_ones_left_out():
    assert tokens("How do I cancel my roaming charges?") == ["cancel", "roam", "charg"]


def test_possessives_and_contractions_leave_no_crumbs():
    assert tokens("the customer's bill doesn't arrive") == ["custom", "bill", "arriv"]


def test_chinese_that_says_nothing_is_left_out():
    assert tokens("请问怎么办呢") == []
    assert query_words("怎么办") == ()


def test_one_character_is_a_word():
    (word,) = query_words("費")
    assert word.forms == ("费",)


def test_a_long_query_asks_for_a_bounded_number_of_words():
    assert len(query_words(" ".join(f"w{n}" for n in range(100)))) <= MAX_QUERY_WORDS


def test_words_for_the_database_are_those_typed():
    assert plain_words("How do roaming charges work in 歐洲？") == [
        "roaming",
        "charges",
        "work",
        "歐洲",
    ]


@given(st.text(max_size=300))
def test_no_text_is_too_strange(text):
    assert all(token and " " not in token for token in tokens(text))
    query_words(text, complete_last=True)
    plain_words(text)


@given(st.text(alphabet="ab-'. 网络\x00\ud83d\u0301ＷＩ", max_size=200))
def test_indexing_and_asking_agree(text):
    """Whatever a text is asked by was put into the index for it."""
    asked = {form for word in query_words(text) for form in word.forms}
    assert asked <= set(tokens(text[:200]))
