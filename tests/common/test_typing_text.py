import pytest
from django import forms

from common.forms import BodyField, LineField
from common.text import (
    BadText,
    TextTooLong,
    clean_body,
    clean_line,
    detect_language,
    excerpt,
    han_share,
    pinyin_slug,
)

NOT_FIT_TO_KEEP = {
    "a NUL": "pay\0ment",
    "a lone surrogate": "pay\ud800ment",
    "a text turned around": "pay\u202ement",
    "an isolated direction": "pay\u2066ment",
    "an escape": "pay\x1b[31mment",
    "a vertical tab": "pay\x0bment",
    "a C1 control": "pay\x9bment",
    "a character XML has no place for": "pay\uffffment",
    "a smear of accents": "pay" + "\u0336" * 7 + "ment",
}


@pytest.mark.parametrize("text", NOT_FIT_TO_KEEP.values(), ids=NOT_FIT_TO_KEEP)
def test_text_that_cannot_be_shown_is_refused_in_lines_and_bodies(text):
    with pytest.raises(BadText):
        clean_line(text, 100)
    with pytest.raises(BadText):
        clean_body(text)


@pytest.mark.parametrize(
    "text",
    [
        "Thiên đường",
        "携号转网提交三天还在“审核中”",
        "👩🏽‍🚒 and ☝️ and 3️⃣",
        "กำลังเดินทาง",
        "שָׁלוֹם",
        "短信里有�乱码",
        "𠮷野家",
    ],
)
def test_every_script_and_emoji_is_kept(text):
    assert clean_line(text, 100) == text
    assert clean_body(text) == text


def test_thirty_thousand_characters_are_kept_and_one_more_is_refused():
    assert len(clean_body("携" * 30_000)) == 30_000

    with pytest.raises(TextTooLong) as refusal:
        clean_body("携" * 30_001)

    assert "1 character too long; 30000 are allowed" in str(refusal.value)


def test_the_sentence_says_how_many_characters_are_too_many():
    with pytest.raises(TextTooLong) as refusal:
        clean_line("x" * 130, 120)

    assert "10 characters too long; 120 are allowed" in str(refusal.value)


def test_a_line_is_one_line_with_single_spaces():
    assert (
        clean_line("\ufeff My \u3000 SIM\r\n\tcard\u00a0\u200b ", 30) == "My SIM card"
    )


def test_full_width_letters_become_ordinary_where_asked():
    assert clean_line("ＶＩＰ　５Ｇ", 10, nfkc=True) == "VIP 5G"
    assert clean_line("ＶＩＰ", 10) == "ＶＩＰ"


def test_a_body_keeps_its_lines_and_indented_code():
    assert clean_body("\r\n\r\n    code\r\n\ttab\r\n\r\n") == "    code\n\ttab"


def test_letters_written_in_two_ways_become_the_same():
    assert clean_body("cafe\u0301") == clean_body("café")
    assert clean_line("cafe\u0301", 10) == "café"


@pytest.mark.parametrize("text", ["", " \n\t ", "\u200b\ufeff\u2060"])
def test_what_shows_nothing_is_empty(text):
    assert clean_line(text, 10) == ""
    assert clean_body(text) == ""


class PostForm(forms.Form):
    title = LineField(max_chars=20)
    body = BodyField()


def test_a_form_takes_clean_text():
    form = PostForm({"title": " My  SIM ", "body": "It\r\nfails"})

    assert form.is_valid()
    assert form.cleaned_data == {"title": "My SIM", "body": "It\nfails"}


def test_a_refused_form_says_why_and_shows_what_was_typed():
    form = PostForm({"title": "x" * 25, "body": "x" * 30_002})

    assert not form.is_valid()
    assert "5 characters too long" in form.errors["title"][0]
    assert "2 characters too long" in form.errors["body"][0]
    assert form["title"].value() == "x" * 25
    assert "x" * 30_002 in str(form["body"])


def test_a_form_of_invisible_characters_counts_as_not_filled_in():
    form = PostForm({"title": "\u200b", "body": "   "})

    assert not form.is_valid()
    assert form.errors["title"].as_data()[0].code == "required"
    assert form.errors["body"].as_data()[0].code == "required"


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("携号转网提交三天还在审核中", "zh-hans"),
        ("How long does porting take?", "en"),
        ("5G 套餐怎么换成 eSIM", "zh-hans"),
        ("How do I get from 携号转网 to another operator?", "en"),
        ("???", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_title_follows_its_chinese_characters(title, language):
    assert detect_language(title) == language


def test_punctuation_and_spaces_do_not_count_as_letters():
    assert han_share("转网？！ …") == 1
    assert han_share("ab转网") == 0.5


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("携号转网 FAQ", "xie-hao-zhuan-wang-faq"),
        ("What's a crème brûlée?", "whats-a-creme-brulee"),
        ("ＶＩＰ 用户", "vip-yong-hu"),
        ("under_scored", "under-scored"),
        ("😀？", "x"),
        ("", "x"),
        ("привет", "x"),
    ],
)
def test_an_address_can_be_read_and_is_ascii(text, slug):
    assert pinyin_slug(text) == slug


def test_a_long_address_ends_with_a_whole_word():
    assert (
        pinyin_slug("move your number to another network", 20) == "move-your-number-to"
    )
    assert pinyin_slug("携" * 200, 20) == "xie-xie-xie-xie-xie"
    assert pinyin_slug("a" * 200, 20) == "a" * 20


def test_an_excerpt_ends_between_words_and_is_never_too_long():
    text = "The SIM was blocked after three wrong codes, says the letter."

    assert excerpt(text, 100) == text
    assert excerpt(text, 30) == "The SIM was blocked after…"
    assert excerpt("一二三四五六七八九十。一二三", 12) == "一二三四五六七八九十…"
    assert excerpt("a\n\nb", 10) == "a b"
