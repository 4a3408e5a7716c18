"""Staff say what stands first for a search; the next one shows it."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from community import actions
from community.models import Circle
from kb.actions import add_article, add_topic
from search import queries
from search.models import PinnedResults

LIST = "wagtailsnippets_search_pinnedresults"
pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
def make_article(site):
    topics = {}

    def make(title, language="en", **fields):
        if language not in topics:
            topics[language] = add_topic(
                language=language, title="Points", slug="points", tags=[]
            )
        return add_article(
            topic=topics[language],
            title=title,
            body=[{"type": "markdown", "value": "What there is to say."}],
            published_at=timezone.now(),
            **fields,
        )

    return make


@pytest.fixture
def make_question(asker):
    def make(title, **fields):
        return actions.ask(
            person=asker,
            title=title,
            body=f"{title} I have looked everywhere and cannot find out.",
            circle=Circle.objects.first(),
            tags=["points"],
            at=timezone.now(),
            **fields,
        )

    return make


@pytest.fixture
def pin(client_of, editor):
    """Fill in the form as an editor does; the answer of the form."""

    def fill_in(searches, *addresses, office=None):
        return (office or client_of(editor)).post(
            reverse(f"{LIST}:add"),
            {"queries": searches, "addresses": "\n".join(addresses)},
        )

    return fill_in


def pinned(text, prefer="en", **options):
    return [hit.title for hit in queries.search(text, prefer=prefer, **options).pinned]


def test_what_an_editor_recommends_stands_first_for_the_next_search(
    make_article, make_question, pin, client
):
    article = make_article("How the catalogue works")
    question = make_question("Where do vouchers come from?")
    assert pinned("redeem points") == []

    pin(
        "redeem points, 积分兑换",
        f"https://hall.example{question.get_absolute_url()}#a1",
        article.get_absolute_url(),
    )

    assert pinned("redeem points") == [question.title, article.title]
    said = client.get("/en/search/?q=redeem+points").text
    assert "Recommended by our team" in said
    assert said.index(question.title) < said.index(article.title)
    assert "Nothing else was found." in said
    assert "Nobody has asked this yet" not in said


@pytest.mark.parametrize(
    "text",
    ["Redeeming points", "points, redeem!", "How do I redeem points?", "積分兌換"],
)
def test_the_same_search_in_other_words_counts(make_article, pin, text):
    article = make_article("How the catalogue works")

    pin("redeem points, 积分兑换", article.get_absolute_url())

    assert pinned(text) == [article.title]


@pytest.mark.parametrize(
    "text", ["points", "redeem points tomorrow", '"redeem points"', "redeem points -x"]
)
def test_another_search_does_not(make_article, pin, text):
    pin("redeem points", make_article("How the catalogue works").get_absolute_url())

    assert pinned(text) == []


def test_the_readers_language_comes_first(make_article, pin):
    english = make_article("How the catalogue works")
    chinese = make_article("礼品怎么领", "zh-hans")

    pin("points", english.get_absolute_url(), chinese.get_absolute_url())

    assert pinned("points", "en") == [english.title, chinese.title]
    assert pinned("points", "zh-hans") == [chinese.title, english.title]
    assert pinned("points", "zh-hans", language="en") == [english.title]
    assert pinned("points", kind="question") == []


def test_what_is_recommended_is_not_listed_twice(make_article, pin):
    from common.outbox import drain

    article = make_article("Points and gifts")
    other = make_article("Points that expire")
    drain(at=timezone.now())

    pin("points", article.get_absolute_url())

    found = queries.search("points")
    assert [hit.title for hit in found.pinned] == [article.title]
    assert [hit.title for hit in found.hits] == [other.title]


def test_it_is_suggested_and_programs_get_it_too(make_article, pin, client):
    article = make_article("How the catalogue works")

    pin("redeem points", article.get_absolute_url())

    assert article.title in client.get("/en/search/suggestions/?q=redeem+points").text
    answer = client.get("/api/v1/search/?q=redeem+points").json()
    assert [one["title"] for one in answer["pinned"]] == [article.title]
    assert answer["items"] == []


def test_what_is_hidden_leaves_at_once_and_keeps_its_place(
    make_question, pin, moderator, client_of, editor
):
    question = make_question("Where do vouchers come from?")
    pin("vouchers", question.get_absolute_url())

    actions.hide_post(post=question, by=moderator, at=timezone.now())
    assert pinned("vouchers") == []

    (row,) = PinnedResults.objects.all()
    edit = reverse(f"{LIST}:edit", args=[row.pk])
    office = client_of(editor)
    assert f"community.question.{question.pk}" in office.get(edit).text
    office.post(
        edit,
        {"queries": "coupons", "addresses": f"community.question.{question.pk}"},
    )
    actions.unhide_post(post=question, by=moderator, at=timezone.now())
    assert pinned("coupons") == [question.title]


def test_only_what_anybody_may_read_can_be_recommended(
    make_question, pin, moderator, subtests
):
    question = make_question("Where do vouchers come from?")
    actions.hide_post(post=question, by=moderator, at=timezone.now())

    for address in (
        question.get_absolute_url(),
        f"community.question.{question.pk}",
        "/en/kb/points/nothing-here/",
        "/en/rewards/",
        "https://elsewhere.example/",
        "%",
        "/en/questions/99999999999999999999/",
    ):
        with subtests.test(address=address):
            assert "There is no public article or question" in pin("x", address).text
    assert not PinnedResults.objects.exists()


def test_too_many_recommendations_are_refused(make_article, pin):
    addresses = [make_article(f"All about voucher {n}") for n in "abcdef"]

    said = pin("vouchers", *(one.get_absolute_url() for one in addresses)).text

    assert "At most 5 pages." in said


@pytest.mark.parametrize(
    ("searches", "why"), [("how, points", "“how”"), (" , ", "at least one")]
)
def test_a_search_that_says_nothing_is_refused(db, searches, why):
    with pytest.raises(ValidationError, match=why):
        PinnedResults(queries=searches).full_clean()


def test_managers_may_and_others_may_not(
    make_article, pin, manager, moderator, client_of
):
    address = make_article("How the catalogue works").get_absolute_url()

    pin("points", address, office=client_of(moderator))
    assert pinned("points") == []

    pin("points", address, office=client_of(manager))
    assert pinned("points") == ["How the catalogue works"]


def test_a_recommendation_costs_the_same_for_any_number(
    make_question, pin, django_assert_num_queries, django_assert_max_num_queries
):
    first, *others = [make_question(f"Where is voucher {n}?") for n in "abcde"]
    pin("one", first.get_absolute_url())
    pin("many", *(one.get_absolute_url() for one in others))

    with django_assert_max_num_queries(8) as one:
        assert len(pinned("one")) == 1
    with django_assert_num_queries(len(one)):
        assert len(pinned("many")) == 4
