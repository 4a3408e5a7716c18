"""Views are counted in memory and written together."""

import pytest
from django.db import DatabaseError
from django.utils import timezone

from answerhall import view_counter
from answerhall.view_counter import ViewCounter
from community import actions
from community.models import Circle, Question


@pytest.fixture
def questions(site, asker):
    return [
        actions.ask(
            person=asker,
            title=f"Which plan fits person number {number}?",
            body=f"I call a lot and use little data, which plan fits me? {number}",
            circle=Circle.objects.first(),
            tags=[],
            at=timezone.now(),
        )
        for number in range(2)
    ]


@pytest.fixture
def counter(monkeypatch):
    # Nothing is written behind the test's back.
    monkeypatch.setattr(view_counter.Thread, "start", lambda _self: None)
    return ViewCounter()


def views_of(question):
    return Question.objects.values_list("view_count", flat=True).get(pk=question.pk)


def test_views_are_added_to_what_was_counted_before(counter, questions):
    first, second = questions
    for question in (first, second, first):
        counter.viewed(question.pk, {})

    assert counter.write() == 2
    counter.viewed(first.pk, {})
    counter.write()

    assert (views_of(first), views_of(second)) == (3, 1)


@pytest.mark.parametrize(
    "environ",
    [
        {"HTTP_USER_AGENT": "Mozilla/5.0 (compatible; Baiduspider/2.0)"},
        {"HTTP_USER_AGENT": "Googlebot/2.1"},
        {"HTTP_SEC_PURPOSE": "prefetch;prerender"},
    ],
)
def test_robots_and_pages_fetched_in_advance_do_not_count(counter, questions, environ):
    counter.viewed(questions[0].pk, environ)

    assert counter.write() == 0


def test_views_that_could_not_be_written_are_written_later(
    counter, questions, monkeypatch, caplog
):
    counter.viewed(questions[0].pk, {})

    def locked(_views):
        raise DatabaseError("database is locked")

    with monkeypatch.context() as trouble:
        trouble.setattr(view_counter, "count_views", locked)
        assert counter.write() == 0
    assert "kept" in caplog.text
    counter.write()

    assert views_of(questions[0]) == 1


def test_writing_views_costs_one_statement_a_thread(
    counter, questions, django_assert_num_queries
):
    for question in questions * 5:
        counter.viewed(question.pk, {})

    with django_assert_num_queries(4):  # two between a savepoint and its release
        counter.write()
