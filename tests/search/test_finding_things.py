"""What somebody finds, through a real index."""

import pytest
from django.utils import timezone

from search import queries


def test_simplified_finds_traditional_and_the_other_way_round(put, found):
    put(1, "積分兌換話費的方法", language="zh-hans")
    put(2, "积分兑换规则", kind="article", language="zh-hans")

    for asked in ("积分", "積分", "積分 兌換", "积分怎么兑换"):
        assert set(found(asked)) == {"積分兌換話費的方法", "积分兑换规则"}


@pytest.mark.parametrize("asked", ["wifi", "Wi-Fi", "ＷｉＦｉ", "WIFI", "wi-fi"])
@pytest.mark.parametrize("written", ["Wi-Fi is slow", "wifi is slow", "ＷｉＦｉ 很慢"])
def test_every_spelling_of_wifi_finds_every_other(put, found, asked, written):
    put(1, written)

    assert found(asked) == [written]


def test_mixed_words_are_found(put, found):
    put(1, "4G流量用完了怎么办", language="zh-hans")
    put(2, "5G流量太贵", language="zh-hans")

    assert found("4G流量")[0] == "4G流量用完了怎么办"
    assert found("４ｇ") == ["4G流量用完了怎么办"]


def test_other_forms_of_a_word_find_it(put, found):
    put(1, "How do I turn on data roaming?")

    assert found("roamed") == found("roam") == ["How do I turn on data roaming?"]


def test_one_character_finds_words_that_hold_it(put, found):
    put(1, "话费查询", language="zh-hans")
    put(2, "网速慢", language="zh-hans")

    assert found("费") == ["话费查询"]


def test_chinese_cut_otherwise_is_found_by_its_characters(put, found):
    put(1, "携带号码转网办理步骤", language="zh-hans")

    assert found("携转") == ["携带号码转网办理步骤"]


def test_a_question_in_plain_words_finds_what_holds_most_of_them(put):
    put(1, "Data abroad", question="You can use a day pass in Europe.")
    put(2, "Broadband at home", question="The router is old.")

    results = queries.search("how do I use my phone's data when I am abroad in Norway")

    assert [hit.title for hit in results.hits] == ["Data abroad"]
    assert results.relaxed


def test_hits_with_every_word_come_before_those_with_most(put, found):
    put(1, "eSIM eSIM eSIM replacement", question="eSIM eSIM replacement costs")
    put(2, "Long thread", answers=f"{'other words ' * 80} eSIM replacement abroad")

    assert found("esim replacement abroad")[0] == "Long thread"


def test_words_nobody_wrote_find_nothing(put, found):
    put(1, "Moving house with broadband")

    assert found("smart doorbell offline") == []


def test_a_word_in_the_title_counts_more_than_in_an_answer(put, found):
    put(1, "Something else", answers="voicemail voicemail")
    put(2, "Voicemail", question="something")

    assert found("voicemail") == ["Voicemail", "Something else"]


def test_the_article_and_the_solved_come_first_among_equals(put, found):
    from search.indexes import _prior

    put(1, "Roaming open", prior=_prior("question", "open", 0))
    put(2, "Roaming solved", prior=_prior("question", "solved", 0))
    put(3, "Roaming article", kind="article", prior=_prior("article", "", 0))

    assert found("roaming") == ["Roaming article", "Roaming solved", "Roaming open"]


def test_both_languages_are_found_the_preferred_first(put, found):
    put(1, "5G 套餐", language="zh-hans")
    put(2, "5G plan")

    assert found("5g", prefer="zh-hans") == ["5G 套餐", "5G plan"]
    assert found("5g", prefer="en") == ["5G plan", "5G 套餐"]
    assert found("5g", language="en") == ["5G plan"]


def test_filters_leave_what_fits_and_counts_say_what_else_would(put):
    put(1, "Roaming one", status="solved", circle="plans", tags=("abroad",))
    put(2, "Roaming two", status="open", circle="network")
    put(3, "Roaming three", kind="article", tags=("abroad",))

    solved = queries.search("roaming", status="solved")
    articles = queries.search("roaming", kind="article")
    abroad = queries.search("roaming", tag="abroad", circle="plans")

    assert [hit.title for hit in solved.hits] == ["Roaming one"]
    assert solved.counts["status"] == {"open": 1, "solved": 1}
    assert [hit.title for hit in articles.hits] == ["Roaming three"]
    assert articles.counts_by_kind == {"all": 3, "article": 1, "question": 2}
    assert articles.total == 1
    assert [hit.title for hit in abroad.hits] == ["Roaming one"]
    assert abroad.circle_names["plans"]["en"] == "Plans"


def test_tags_are_counted_over_all_hits_not_only_those_shown(put):
    for number in range(12):
        put(number, "Roaming", tags=("abroad", "data") if number % 2 else ("abroad",))
    put(20, "Broadband", tags=("home",))

    everywhere = queries.search("roaming")
    abroad = queries.search("roaming", tag="data")

    assert everywhere.counts["tag"] == {"abroad": 12, "data": 6}
    assert abroad.total == 6
    assert abroad.counts["tag"] == {"abroad": 12, "data": 6}


def test_age_counts_and_filters(put):
    put(1, "Roaming")
    today = timezone.now().date()

    results = queries.search("roaming", age="month", today=today)
    later = queries.search(
        "roaming", age="month", today=today.replace(year=today.year + 1)
    )

    assert results.counts["since"] == {"month": 1, "year": 1}
    assert results.total == 1
    assert later.total == 0


def test_pages_hold_every_hit_once(put, found):
    for number in range(25):
        put(number, f"Roaming number {number}")

    pages = [found("roaming", page=page) for page in (1, 2, 3, 4)]

    assert [len(page) for page in pages] == [10, 10, 5, 0]
    assert len({title for page in pages for title in page}) == 25


def test_a_hit_carries_all_that_its_row_shows(put):
    put(
        7,
        "Port-in stuck",
        status="solved",
        tags=("porting",),
        question="It says in review.",
        accepted="Take the photo again, in review ends then.",
    )

    (hit,) = queries.search("in review photo").hits

    assert hit.id == "community.question.7"
    assert hit.pk == "7"
    assert hit.url == "/en/question/7/"
    assert hit.status == "solved"
    assert hit.snippet_from == "accepted"
    assert "<mark>photo</mark>" in hit.snippet_html


def test_words_that_stand_nowhere_are_named_by_leaving_them_out(put):
    put(1, "Broadband offline")

    results = queries.search("doorbell smart offline intercom chime")

    assert results.total == 0
    assert results.known_text == "offline"


def test_a_word_still_being_typed_finds_longer_ones(put):
    put(1, "International roaming")

    assert [hit.title for hit in queries.titles("internatio", prefer="en")] == [
        "International roaming"
    ]
    assert queries.search("internatio").total == 0


def test_what_was_hidden_leaves_at_once_however_late_the_index_is(put, monkeypatch):
    from search import registries

    for number in range(3):
        put(number, "Roaming")
    asked = []

    @registries.still_visible("question")
    def visible(pks):
        asked.append(sorted(pks))
        return {0, 2}

    results = queries.search("roaming")

    assert [hit.pk for hit in results.hits] == ["0", "2"]
    assert results.total == 2
    assert results.counts_by_kind["all"] == 2
    assert asked == [[0, 1, 2]]
