from datetime import timedelta

import pytest

from community import actions, queries
from community.models import Circle, Tag
from community.queries import lists

pytestmark = pytest.mark.django_db


def titles(rows):
    return [row.title for row in rows]


@pytest.fixture
def threads(make_question, make_crowd, make_answer, clock):
    """Three of them: an old busy one, a voted one, a new quiet one."""
    one, two, three = make_crowd(3)
    busy = make_question(
        by=one,
        title="The old and busy one",
        at=clock.now - timedelta(hours=30),
        tags=["esim"],
    )
    liked = make_question(
        by=two,
        title="The one with votes",
        at=clock.now - timedelta(hours=20),
        tags=["esim"],
    )
    make_question(by=three, title="The new and quiet one", at=clock.now, tags=["esim"])
    make_answer(question=busy, at=clock.move(minutes=1))
    actions.vote(person=one, post=liked, value=1, at=clock.now)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("newest", ["quiet", "votes", "busy"]),
        ("active", ["busy", "quiet", "votes"]),
        ("unanswered", ["quiet", "votes"]),
        ("votes", ["votes", "quiet", "busy"]),
        ("nonsense", ["quiet", "votes", "busy"]),
    ],
)
@pytest.mark.parametrize("of", ["everything", "a tag", "a tag of many threads"])
def test_lists_are_sorted_as_their_tab_says(threads, sort, order, of, monkeypatch):
    tag = None if of == "everything" else Tag.objects.get()
    if of == "a tag of many threads":
        monkeypatch.setattr(lists, "MANY", 2)

    rows = queries.question_list(language="en", sort=sort, tag=tag)

    assert [
        title.split()[-2 if "one" in title[-3:] else -1] for title in titles(rows)
    ] == order


def test_what_was_asked_elsewhere_long_ago_is_not_new_here(make_question, clock):
    here = make_question(tags=["esim"], at=clock.now - timedelta(hours=1))
    older = make_question(tags=["esim"], at=clock.now - timedelta(days=900))

    rows = queries.question_list(language="en", tag=Tag.objects.get())

    assert list(rows) == [here, older]


def test_a_tag_of_many_threads_has_none_in_the_other_language(
    threads, make_question, make_crowd, monkeypatch
):
    monkeypatch.setattr(lists, "MANY", 2)
    (somebody,) = make_crowd(1)
    chinese = make_question(by=somebody, title="携号转网要等多久", tags=["esim"])
    make_question(by=somebody, title="The same without a tag")

    for sort in ("newest", "active", "votes"):
        rows = queries.question_list(
            language="zh-hans", sort=sort, tag=Tag.objects.get()
        )
        assert list(rows) == [chinese]


def test_a_list_holds_one_language(make_question):
    make_question()
    chinese = make_question(title="携号转网要等多久")

    assert titles(queries.question_list(language="zh-hans")) == [chinese.title]


def test_a_list_holds_only_what_anybody_may_see(make_question, asker, moderator, clock):
    kept, deleted, hidden = make_question(), make_question(), make_question()
    actions.delete(person=asker, post=deleted, at=clock.now)
    actions.hide_post(post=hidden, by=moderator, at=clock.now)

    assert list(queries.question_list(language="en")) == [kept]


def test_a_list_is_filtered_by_circle_and_by_tag(make_question, circle):
    other = Circle.objects.create(slug="roaming", name_en="Roaming", name_zh="漫游")
    here = make_question(tags=["esim"])
    there = make_question(circle=other)

    by_circle = queries.question_list(language="en", circle=other)
    by_tag = queries.question_list(language="en", tag=Tag.objects.get())

    assert list(by_circle) == [there]
    assert list(by_tag) == [here]


def test_more_rows_cost_no_more_queries(
    make_question, make_crowd, make_answer, django_assert_num_queries
):
    for neighbour in make_crowd(2):
        make_answer(question=make_question(by=neighbour, tags=["a1", "b2"]))

    def read_the_list():
        listed = queries.question_list(language="en")
        for row in queries.rows_of(question.pk for question in listed):
            question = row.question
            assert question.author.get_absolute_url()
            assert question.last_actor.name
            assert question.circle.name
            assert question.status == "answered"
            assert question.get_absolute_url()
            assert row.tags == ["a1", "b2"]
            assert row.steps == {"asked", "answered"}

    with django_assert_num_queries(4):
        read_the_list()
    for number, neighbour in enumerate(make_crowd(6)):
        make_answer(
            question=make_question(by=neighbour, tags=["a1", "b2"]),
            by=neighbour,
            body=f"It went away after a restart of the phone, try {number}",
        )
    with django_assert_num_queries(4):
        read_the_list()


def test_solved_lately_names_who_helped(make_question, make_answer, asker, clock):
    answer = make_answer()
    actions.accept(person=asker, answer=answer, at=clock.now)
    make_question()

    (row,) = queries.recently_solved("en", since=clock.now - timedelta(days=1))

    assert (row.solver, row.voice) == ("Xiaoman", "member")


def test_hot_is_what_troubles_most_people(make_question, make_crowd, clock):
    make_question()
    hot = make_question()
    for neighbour in make_crowd(2):
        actions.me_too(person=neighbour, question=hot, on=True, at=clock.now)

    rows = queries.hot_questions("en", since=clock.now - timedelta(days=7))

    assert rows[0] == hot


def test_popular_tags_are_those_in_use(make_question):
    make_question(tags=["esim", "app"])
    make_question(tags=["esim"])
    Tag.objects.create(slug="unused", name="unused", name_key="unused")

    assert [tag.name for tag in queries.popular_tags("en")] == ["esim", "app"]
