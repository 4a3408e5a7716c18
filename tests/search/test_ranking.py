"""Which hit comes first, whoever asks and however they put it."""

import pytest

from search import analyser, queries


def test_one_telling_word_in_a_whole_question_is_enough(put, found):
    put(1, "Tesla", question="He died in New York, the year was 1943.")
    for number in range(2, 30):
        put(number, f"Year {number}", question="Another year, and what a year it was.")

    assert found("What year did Tesla die?")[0] == "Tesla"


def test_a_name_the_dictionary_cuts_wrongly_is_found(put, found):
    put(1, "王沈", question="王沈，字处道，太原晋阳人。", language="zh-hans")
    put(2, "王羲之", question="书法家，是琅琊人。", language="zh-hans")

    assert found("王沈是哪里人？")[0] == "王沈"


def test_how_it_is_asked_does_not_matter(put, found):
    put(1, "怎么开通漫游", language="zh-hans")
    put(2, "为什么要开通漫游", language="zh-hans")

    for asked in ("怎样开通漫游", "如何开通漫游", "咋开通漫游"):
        assert found(asked)[0] == "怎么开通漫游"
    assert found("为啥要开通漫游")[0] == "为什么要开通漫游"


def test_words_side_by_side_come_before_words_apart(put, found):
    put(1, "One", question="The roaming charge was small, and data was slow there.")
    put(2, "Two", question="The data roaming was slow, and a charge was small there.")

    assert found("data roaming")[0] == "Two"
    assert found("roaming charge")[0] == "One"


def test_shared_characters_count_in_short_texts(put, found):
    put(1, "借款多久到账", language="zh-hans")
    put(2, "登录多久到期", language="zh-hans")

    assert found("借钱多久到")[0] == "借款多久到账"


def test_a_short_title_that_says_it_beats_a_long_one(put, found):
    put(1, "解除挂失以后多久可以再用原来的卡", language="zh-hans")
    put(2, "挂失", language="zh-hans")

    assert found("挂失")[0] == "挂失"


def test_words_said_in_passing_find_nothing_by_themselves(put, found):
    put(1, "How do I do this?", question="What is it about?")
    put(2, "这是怎么回事", language="zh-hans")

    assert found("how about this") == []
    assert found("请问怎么样") == []


@pytest.mark.parametrize(
    ("asked", "telling"),
    [
        ("Does this happen because they do this?", ["happen"]),
        ("请问能不能退款", ["退款"]),
        ("可否如何", []),
        ("这些套餐从何时开始，哪个便宜", ["套餐", "开始", "便宜"]),
    ],
)
def test_only_telling_words_are_looked_for(asked, telling):
    assert [word.forms[0] for word in analyser.query_words(asked)] == telling


def test_a_very_long_question_asks_for_a_bounded_number_of_clues():
    long = "这是一个很长的问题关于国际漫游和积分兑换以及宽带" * 8
    words = analyser.query_words(long)
    clues = analyser.clues(long, words)

    for kind in (clues.pieces, clues.passing, clues.grams, clues.characters):
        assert len(kind) <= analyser.MAX_CLUES


def test_a_question_of_which_hardly_a_word_is_known_finds_nothing(put):
    put(1, "Broadband offline")

    assert queries.search("doorbell chime intercom offline").total == 0
    assert queries.search("doorbell offline").total == 1


def test_how_many_says_less_than_what(put, found):
    put(1, "换机失败", question="试了两次，两次都提示失败。", language="zh-hans")
    put(2, "自动充值重复扣费", question="一个下午扣费三回。", language="zh-hans")
    put(3, "充值到账时间", question="一般很快。", language="zh-hans")

    assert found("充值扣费两次")[0] == "自动充值重复扣费"


def test_the_younger_comes_first_among_nearly_equals_only(put):
    put(1, "Roaming in Norway", question="Works well.", days_ago=900)
    put(2, "Roaming in Norway", question="Works well there.")
    put(3, "Holidays", question="Roaming in Norway, and much else besides.")

    hits = queries.search("roaming norway").hits

    assert [hit.pk for hit in hits] == ["2", "1", "3"]
