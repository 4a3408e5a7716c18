import re

import pytest
from django.test import Client

from community import actions
from community.models import Circle, Tag

pytestmark = pytest.mark.django_db

# which rows, the rows, their tags, their trace, circles, popular tags
LIST_QUERIES = 6


@pytest.fixture
def visitor():
    return Client()


def titles_in(page):
    main = page.text.split("<main")[1]
    rows = re.findall(r"<h2[^>]*><a href=\"[^\"]+\">([^<]+)</a></h2>", main)
    return [title.strip() for title in rows]


def test_a_list_holds_one_language(visitor, make_question):
    make_question(title="Roaming does not start in Osaka")
    make_question(title="携号转网三天了还在审核怎么办")

    english = visitor.get("/en/questions/")
    chinese = visitor.get("/zh-hans/questions/")

    assert titles_in(english) == ["Roaming does not start in Osaka"]
    assert titles_in(chinese) == ["携号转网三天了还在审核怎么办"]


def test_a_member_reads_either_list_in_their_own_words(
    client_of, make_question, stranger
):
    make_question(title="Roaming does not start in Osaka")
    stranger.language = "zh-hans"
    stranger.save()

    page = client_of(stranger).get("/en/questions/")

    assert '<html lang="zh-Hans">' in page.text
    assert titles_in(page) == ["Roaming does not start in Osaka"]
    assert '<h2 lang="en">' in page.text
    assert 'href="/en/questions/?sort=votes"' in page.text


def test_lists_sort_by_what_people_look_for(
    visitor, make_question, make_answer, helper, stranger, clock
):
    first = make_question(title="The first question of the three")
    second = make_question(title="The second question of the three")
    make_question(title="The third question of the three")
    actions.vote(person=stranger, post=second, value=1, at=clock.now)
    make_answer(question=first, at=clock.move(hours=1))

    def sorted_by(sort):
        page = visitor.get("/en/questions/", {"sort": sort})
        return [title.split()[1] for title in titles_in(page)]

    assert sorted_by("newest") == ["third", "second", "first"]
    assert sorted_by("active")[0] == "first"
    assert sorted_by("unanswered") == ["third", "second"]
    assert sorted_by("votes")[0] == "second"


@pytest.mark.parametrize(
    "query",
    ["sort=oldest", "sort=", "page=0", "page=-1", "page=x", "page=99999", "page=2"],
)
def test_there_is_nothing_at_lists_that_do_not_exist(visitor, make_question, query):
    make_question()

    assert visitor.get(f"/en/questions/?{query}").status_code == 404


def test_a_circle_lists_its_own_questions(visitor, make_question):
    roaming = Circle.objects.create(
        slug="roaming", name_en="Roaming", name_zh="漫游", about_en="Phones abroad."
    )
    make_question(title="Which pass do I need in Japan", circle=roaming)
    make_question(title="Something about my last bill")

    page = visitor.get("/en/circles/roaming/")

    assert titles_in(page) == ["Which pass do I need in Japan"]
    assert "Phones abroad." in page.text
    assert visitor.get("/en/circles/nowhere/").status_code == 404


def test_choosing_a_circle_leads_to_its_page(visitor, circle):
    page = visitor.get("/zh-hans/questions/?circle=general&sort=votes")

    assert page.status_code == 302
    assert page["Location"] == "/zh-hans/circles/general/?sort=votes"


def test_a_tag_lists_its_questions_and_a_synonym_leads_there(
    visitor, make_question, manager
):
    make_question(title="Which phones can do this at all", tags=["eSIM"])
    make_question(title="Something about my last bill", tags=["bill"])
    esim = Tag.objects.get(slug="esim")
    same = Tag.objects.create(slug="e-sim", name="e-SIM", name_key="e-sim")
    actions.make_synonym(tag=same, canonical=esim, by=manager)

    page = visitor.get("/en/questions/tagged/esim/")
    old = visitor.get("/en/questions/tagged/e-sim/")

    assert titles_in(page) == ["Which phones can do this at all"]
    assert old.status_code == 301
    assert old["Location"] == "/en/questions/tagged/esim/"
    assert visitor.get("/en/questions/tagged/none/").status_code == 404


def test_deleted_and_hidden_threads_are_in_no_list(
    visitor, make_question, moderator, clock
):
    gone = make_question(title="This one will be deleted soon", tags=["eSIM"])
    hidden = make_question(title="This one will be hidden soon", tags=["eSIM"])
    actions.delete(person=moderator, post=gone, at=clock.now)
    actions.hide_post(post=hidden, by=moderator, at=clock.now)

    for url in ("/en/questions/", "/en/circles/general/", "/en/questions/tagged/esim/"):
        page = visitor.get(url)
        assert "will be" not in page.text.split("<main")[1]


def test_an_empty_list_says_what_to_do_next(visitor, circle):
    page = visitor.get("/en/questions/")

    assert "No questions yet" in page.text
    assert 'href="/en/questions/ask/"' in page.text
    assert '<meta name="robots" content="noindex">' in page.text


def test_only_the_newest_order_is_for_search_engines(visitor, make_question):
    make_question()

    newest = visitor.get("/en/questions/")
    votes = visitor.get("/en/questions/?sort=votes")

    assert "noindex" not in newest.text
    assert '<meta name="robots" content="noindex">' in votes.text
    base = "http://127.0.0.1:8000/en/questions/"
    assert f'<link rel="canonical" href="{base}">' in newest.text
    assert f'<link rel="canonical" href="{base}?sort=votes">' in votes.text


def test_further_pages_name_themselves(visitor, make_question, make_crowd):
    for person in make_crowd(21):
        make_question(by=person)

    page = visitor.get("/en/questions/?page=2")

    assert len(titles_in(page)) == 1
    assert "?page=2" in page.text.split('rel="canonical"')[1].split(">")[0]
    assert "page 2" in page.text.split("<title>")[1].split("</title>")[0]
    assert "noindex" not in page.text


def test_longer_lists_cost_no_more_queries(
    visitor, make_question, make_answer, make_crowd, django_assert_num_queries
):
    make_question(tags=["eSIM"])
    visitor.get("/en/questions/")
    with django_assert_num_queries(LIST_QUERIES):
        visitor.get("/en/questions/")

    for person in make_crowd(12):
        asked = make_question(by=person, tags=["eSIM", "bill"])
        make_answer(question=asked, by=person)

    for url in ("/en/questions/", "/en/questions/?sort=active"):
        with django_assert_num_queries(LIST_QUERIES):
            page = visitor.get(url)
        assert len(titles_in(page)) == 13


def test_visitors_get_lists_without_session_or_token(visitor, make_question):
    make_question()

    page = visitor.get("/en/questions/")

    assert "csrfmiddlewaretoken" not in page.text
    assert not page.cookies


def test_a_title_in_a_list_is_text(visitor, make_question):
    make_question(title='<script>alert(1)</script> "quoted" title', tags=["a&b"])

    page = visitor.get("/en/questions/")

    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text
