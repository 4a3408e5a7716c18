"""The words found are marked in the text as it was written."""

import re
from html import unescape

import pytest
from hypothesis import given, strategies as st

from search.analyser import highlight, query_tokens


@pytest.mark.parametrize(
    ("text", "asked", "marked"),
    [
        ("您的積分可以兌換話費", "积分兑换", ["積分", "兌換"]),
        ("Ｗｉ-Ｆｉ太慢", "wifi", ["Ｗｉ-Ｆｉ"]),
        ("WiFi is slow", "ＷＩＦＩ", ["WiFi"]),
        ("I was roamed, charges apply", "roaming charge", ["roamed", "charges"]),
        ("把隨身碟插到寬頻裡面", "U盘 宽带", ["隨身碟", "寬頻"]),
        ("Cafe\u0301 au lait", "café", ["Cafe\u0301"]),
        ("4G流量用完了", "４Ｇ流量", ["4G", "流量"]),
        ("unroamed territory", "roam", []),
        ("……（積分）……", "积分", ["積分"]),
    ],
)
def test_words_are_marked_as_written(text, asked, marked):
    html = highlight(text, query_tokens(asked), 200)

    assert re.findall("<mark>(.*?)</mark>", html) == marked
    assert unescape(re.sub("</?mark>", "", html)) == text


def test_markup_in_the_text_stays_text():
    html = highlight("<script>points</script> & <mark>", query_tokens("points"), 200)

    assert html == (
        "&lt;script&gt;<mark>points</mark>&lt;/script&gt; &amp; &lt;mark&gt;"
    )


def test_a_word_of_markup_is_not_found_in_the_escaped_text():
    assert highlight("a < b", query_tokens("lt amp"), 200) == "a &lt; b"


def test_the_window_is_cut_around_the_words():
    text = (
        "Nothing to see here. " * 30
        + "The roaming pass ends at midnight. "
        + "x " * 200
    )

    html = highlight(text, query_tokens("roaming pass"), 80)

    assert "<mark>roaming</mark> <mark>pass</mark>" in html
    assert html.startswith("…")
    assert html.endswith("…")
    assert len(re.sub("</?mark>|…", "", html)) <= 80


def test_the_stretch_with_most_words_is_shown():
    text = (
        "roaming. " + "filler " * 60 + "the pass for roaming abroad. " + "filler " * 60
    )

    html = highlight(text, query_tokens("roaming pass abroad"), 90)

    assert html.count("<mark>") == 3


@pytest.mark.parametrize(
    "character", ["👨‍👩‍👧‍👦", "🇨🇳", "👍🏽", "e\u0301", "\u845b\U000e0100"]
)
def test_no_character_is_torn(character):
    text = character * 40 + "流量" + character * 40

    for size in range(20, 40):
        html = highlight(text, query_tokens("流量"), size)
        rest = re.sub("</?mark>|…", "", html)
        assert rest.replace("流量", "").replace(character, "") == ""


@given(st.text(max_size=120), st.text(max_size=30), st.integers(5, 150))
def test_taking_the_marks_away_leaves_the_text(text, asked, size):
    html = highlight(text, query_tokens(asked), size)

    plain = unescape(re.sub("</?mark>", "", html))
    shown = "".join(" " if "\ud800" <= c <= "\udfff" else c for c in text)
    shown = " ".join(re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", " ", shown).split())
    assert plain.removeprefix("…").removesuffix("…") in shown or plain in shown
