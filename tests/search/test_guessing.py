"""Somebody types pinyin, or mistypes, and is understood."""

import pytest

from search import queries


@pytest.fixture(autouse=True)
def _a_small_hall(put, index):
    put(1, "积分兑换规则", language="zh-hans", tags=("积分",))
    put(2, "国际漫游怎么开通", language="zh-hans")
    put(3, "International roaming charges")
    put(4, "换套餐要多久", language="zh-hans")
    put(5, "Verification code never arrives")


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("jifen", "积分"),
        ("JiFen", "积分"),
        ("ji fen", "积分"),
        ("ji'fen", "积分"),
        ("jifenduihuan", "积分 兑换"),
        ("jifen duihuan", "积分 兑换"),
        ("jifen规则", "积分规则"),
    ],
)
def test_pinyin_finds_what_it_spells(typed, read):
    results = queries.search(typed, prefer="zh-hans")

    assert results.hits[0].title == "积分兑换规则"
    assert results.read_as == read


def test_pinyin_is_understood_while_typing_too():
    assert "积分兑换规则" in [hit.title for hit in queries.titles("jifen", prefer="en")]


def test_a_word_somebody_wrote_is_never_read_as_pinyin(put, found):
    put(6, "The jifen app is slow")

    results = queries.search("jifen")

    assert results.hits[0].title == "The jifen app is slow"
    assert results.read_as == ""


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("raoming", "roaming"),
        ("roming charges", "roaming charges"),
        ("Verifcation code", "verification code"),
        ("internatoinall roaming", "international roaming"),
        ("积份规则", "积分规则"),
        ("国际慢游", "国际漫游"),
        ("换套参", "换套餐"),
    ],
)
def test_a_mistyped_word_is_guessed(typed, meant):
    assert queries.search(typed).guess.lower() == meant


@pytest.mark.parametrize(
    "typed", ["roaming", "积分", "套餐", "xyzzyplugh", "积分 兑换", "charges code"]
)
def test_nothing_is_guessed_where_nothing_is_wrong_or_near(typed):
    assert queries.search(typed).guess == ""


def test_words_of_what_left_the_index_are_not_guessed(index, put):
    put(7, "Zanzibar story")
    assert queries.search("zanzibra").guess == "zanzibar"

    index.write((), gone=["community.question.7"])

    assert queries.search("zanzibra").guess == ""


def test_words_of_texts_are_not_guessed(put):
    put(8, "Something private was taken out", question="Zanzibar")

    assert queries.search("zanzibra").guess == ""


def test_what_staff_wrote_down_can_be_spelled(put):
    from search.models import SynonymGroup

    SynonymGroup.objects.all().delete()
    put(9, "Hotspot at home")
    assert queries.search("redian").total == 0

    SynonymGroup.objects.create(terms="热点, hotspot")

    assert [hit.title for hit in queries.search("redian").hits] == ["Hotspot at home"]


def test_the_page_says_what_it_read_and_offers_what_it_guesses(client):
    read = client.get("/zh-hans/search/", {"q": "jifen"}).text
    guessed = client.get("/en/search/", {"q": "raoming <charges>"}).text

    assert "“积分”" in read
    assert "<mark>积分</mark>" in read
    assert 'href="/en/search/?q=roaming%20%3Ccharges%3E"' in guessed
    assert ">roaming &lt;charges&gt;</a>?" in guessed
    assert "<charges>" not in guessed
