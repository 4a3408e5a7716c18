"""Which tags somebody may mean who has typed a few letters."""

import pytest

from community.models import Tag
from search.registries import names_of_tags, tags_begun

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_tag():
    def make(name, slug, language="en", count=1, synonym_of=None):
        return Tag.objects.create(
            name=name,
            slug=slug,
            name_key=name.casefold(),
            language=language,
            question_count=count,
            synonym_of=synonym_of,
        )

    Tag.objects.all().delete()
    return make


def names(text, language="en", limit=5):
    return [tag.name for tag in tags_begun(text, language, limit)]


def test_by_how_they_begin_the_most_used_first(make_tag):
    make_tag("Wi-Fi", "wi-fi", count=2)
    make_tag("wifi calling", "wifi-calling", count=9)
    make_tag("billing", "billing")

    assert names("wi") == ["wifi calling", "Wi-Fi"]
    assert names("ＷＩ-f") == ["wifi calling", "Wi-Fi"]


def test_by_a_word_of_a_longer_search(make_tag):
    make_tag("billing", "billing")
    make_tag("积分", "ji-fen", "zh-hans")

    assert names("strange billing line") == ["billing"]
    assert names("我的积分去哪了") == ["积分"]


def test_by_the_sound_of_chinese(make_tag):
    make_tag("积分", "ji-fen", "zh-hans")

    assert names("jif") == names("ji fen") == names("JIFEN") == ["积分"]


def test_in_the_readers_language_first(make_tag):
    make_tag("5g", "5g", "en", count=1)
    make_tag("5g套餐", "5g-tao-can", "zh-hans", count=8)

    assert names("5g", "en") == ["5g", "5g套餐"]
    assert names("5g", "zh-hans") == ["5g套餐", "5g"]


def test_a_synonym_gives_the_tag_it_stands_for(make_tag):
    billing = make_tag("billing", "billing")
    make_tag("invoice", "invoice", count=0, synonym_of=billing)

    assert names("invo") == ["billing"]


@pytest.mark.parametrize("text", ["", " ", "%", "_", "-"])
def test_signs_alone_mean_no_tag(make_tag, text):
    make_tag("billing", "billing")

    assert names(text) == []


def test_unused_tags_are_left_out_in_one_query(make_tag, django_assert_num_queries):
    for number in range(8):
        make_tag(f"bill {number}", f"bill-{number}", count=number)

    with django_assert_num_queries(1):
        assert len(names("bill", limit=99)) == 7


def test_tags_are_called_by_their_names(make_tag):
    make_tag("积分", "ji-fen", "zh-hans")

    assert names_of_tags(["ji-fen", "gone"]) == {"ji-fen": "积分"}
