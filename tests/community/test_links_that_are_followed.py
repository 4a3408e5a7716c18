"""Search engines follow the links of who earned it, for as long as they have it."""

import pytest
from django.test import Client
from django.utils import timezone

from community import actions, numbers
from people.actions import erase_person, set_standing

pytestmark = pytest.mark.django_db

PLAIN, FOLLOWED = 'rel="nofollow ugc noopener">', 'rel="ugc noopener">'
BODY = "The form is at https://port.example/form, fill it in on both sides please."


@pytest.fixture
def answer(question, make_answer):
    return make_answer(body=BODY)


def rel_of(question, address="https://port.example/form"):
    html = Client().get(question.get_absolute_url()).text
    return html.split(f'<a href="{address}" ')[1].split(">")[0] + ">"


def test_links_of_a_member_are_not_followed_at_first(question, answer):
    assert rel_of(question) == PLAIN


def test_a_member_of_good_reputation_is_trusted_until_it_is_lost(
    question, answer, helper, make_reputation
):
    enough = numbers.REPUTATION_FOR_FOLLOWED_LINKS
    make_reputation(helper, enough - 1)
    assert rel_of(question) == PLAIN

    make_reputation(helper, enough)
    assert rel_of(question) == FOLLOWED

    make_reputation(helper, enough - 1)
    assert rel_of(question) == PLAIN


def test_a_service_agent_is_trusted_while_they_are_one(question, answer, helper, clock):
    set_standing(person=helper, standing="agent", at=clock.now)
    assert rel_of(question) == FOLLOWED

    set_standing(person=helper, standing="member", at=clock.now)
    assert rel_of(question) == PLAIN


def test_nobody_trusts_a_name_that_is_gone(
    question, answer, helper, make_reputation, clock
):
    make_reputation(helper, 1_000)
    erase_person(person=helper, at=clock.now)

    assert rel_of(question) == PLAIN


def test_questions_and_comments_have_their_own_authors(
    make_question, helper, stranger, make_reputation, clock
):
    question = make_question(body=f"What is https://a.example/asked good for? {BODY}")
    remark = "See https://b.example/said for more."
    actions.comment(person=stranger, post=question, body=remark, at=clock.now)
    make_reputation(stranger, 1_000)

    assert rel_of(question, "https://a.example/asked") == PLAIN
    assert rel_of(question, "https://b.example/said") == FOLLOWED


def test_what_only_looks_like_a_tag_stays_as_typed(
    question, make_answer, helper, make_reputation
):
    make_answer(
        body=f'Write `<a href="x" {PLAIN}` and https://port.example/form there.'
    )
    make_reputation(helper, 1_000)

    html = Client().get(question.get_absolute_url()).text

    assert 'rel="nofollow ugc noopener"&gt;' in html
    assert rel_of(question) == FOLLOWED


def test_whoever_becomes_trusted_is_shown_so_on_kept_pages(
    question,
    answer,
    helper,
    stranger,
    make_reputation,
    django_capture_on_commit_callbacks,
):
    from common.freshness import marks, named, places

    page = places([named(type(helper), helper.pk)])
    make_reputation(helper, numbers.REPUTATION_FOR_FOLLOWED_LINKS - 5)
    before = marks().clock()

    with django_capture_on_commit_callbacks(execute=True):
        actions.vote(person=stranger, post=answer, value=1, at=timezone.now())
    assert not marks().unchanged(page, before)
    assert rel_of(question) == FOLLOWED


def test_links_cost_a_page_no_more_queries(question, make_answer, make_crowd, clock):
    def cost():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(connection) as queries:
            Client().get(question.get_absolute_url())
        return len(queries)

    first = make_answer(body=BODY)
    actions.comment(person=first.author, post=first, body=BODY, at=clock.now)
    cost()
    before = cost()
    for person in make_crowd(6):
        made = make_answer(by=person, body=f"{BODY} {person.handle}")
        actions.comment(person=person, post=made, body=BODY, at=clock.now)

    assert cost() == before
