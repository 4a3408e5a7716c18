"""The admin's first page: what waits for moderators, what editors could write."""

from datetime import timedelta

import pytest
from django.utils import timezone

from common.site_day import site_day
from community import actions, queries
from community.models import ArticleSource, PostState, Question, QuestionEvent
from community.staff_panels import GapsPanel, ModerationPanel
from kb import actions as kb_actions
from search.models import QueryLog

pytestmark = pytest.mark.django_db

HOME = "/admin/"


@pytest.fixture
def searched():
    def note(text, people=1, results=0, days_ago=0):
        day = site_day(timezone.now()) - timedelta(days=days_ago)
        QueryLog.objects.bulk_create(
            QueryLog(
                key=f"{text}-{number}"[:16],
                day=day,
                visitor=f"{number}",
                text=text,
                language="en",
                results=results,
            )
            for number in range(people)
        )

    return note


@pytest.fixture
def article(editor):
    return kb_actions.create_draft_article(
        title="Moving your number",
        summary="In four steps.",
        body_markdown="Send the code.",
        language="en",
        topic=kb_actions.add_topic(language="en", title="Moving"),
        by=editor,
        at=timezone.now(),
    )


def took_a_ticket(question, at=None):
    at = at or timezone.now()
    actions.add_event(
        question=question,
        kind=QuestionEvent.Kind.TICKET_OPENED,
        key=f"ticket:{question.pk}",
        at=at,
    )
    return question


# Moderation


def test_moderators_are_told_how_many_reports_and_posts_wait(
    client_of, moderator, make_answer, make_question, stranger, helper
):
    answer = make_answer()
    for person in (stranger, moderator):
        actions.flag(
            person=person, post=answer, reason="spam", note="", at=timezone.now()
        )
    Question.objects.filter(pk=make_question(by=stranger).pk).update(
        state=PostState.PENDING
    )

    page = client_of(moderator).get(HOME)

    assert queries.waiting() == queries.Waiting(reports=2, held_back=1)
    assert "reports from members" in page.text
    assert "/admin/moderation/#held-back" in page.text


def test_a_quiet_hall_says_so(client_of, moderator):
    page = client_of(moderator).get(HOME)

    assert "Nothing waits for a decision." in page.text


@pytest.mark.parametrize("who", ["editor", "desk_agent"])
def test_only_moderators_see_what_waits_for_them(client_of, request, who):
    page = client_of(request.getfixturevalue(who)).get(HOME)

    assert page.status_code == 200
    assert "Nothing waits for a decision." not in page.text


def test_counting_what_waits_takes_four_queries(db, django_assert_num_queries):
    with django_assert_num_queries(4):
        ModerationPanel().get_context_data({})


def test_one_decision_settles_all_reports_on_a_post(
    client_of, moderator, make_answer, make_person, stranger
):
    spam, other = make_answer(), make_answer(body="Ask at the shop, they know it all.")
    for post, person in ((spam, "zhang"), (other, "wang"), (spam, "zhao")):
        actions.flag(
            person=make_person(person),
            post=post,
            reason="spam",
            note="",
            at=timezone.now(),
        )

    page = client_of(moderator).get("/admin/moderation/")

    assert [reported.post for reported in page.context["posts"]] == [spam, other]
    assert page.text.count('name="reason"') == 2
    assert "2 reported posts" in page.text


# What the articles do not say yet


def test_editors_see_what_was_searched_in_vain_by_most_people_first(
    client_of, editor, searched
):
    searched("vowifi", people=2)
    searched("esim watch", people=3)
    searched("roaming", people=9, results=4)
    searched("pager", people=9, days_ago=40)

    page = client_of(editor).get(HOME)

    found = GapsPanel().get_context_data({})["searches"]
    assert [(one.text, one.people) for one in found] == [
        ("esim watch", 3),
        ("vowifi", 2),
    ]
    assert "/en/search/?q=esim%20watch" in page.text


def test_editors_see_threads_that_took_a_ticket_and_left_no_article(
    client_of, editor, asker, article, make_question
):
    written, open_one, hidden, old = (
        make_question(title=f"Port-in is stuck for {days} days, what now?")
        for days in (3, 4, 5, 6)
    )
    took_a_ticket(open_one)
    took_a_ticket(hidden)
    took_a_ticket(old, at=timezone.now() - timedelta(days=60))
    Question.objects.filter(pk=hidden.pk).update(state=PostState.HIDDEN)
    ArticleSource.objects.create(
        question=took_a_ticket(written), article=article, person=asker
    )

    page = client_of(editor).get(HOME)

    assert GapsPanel().get_context_data({})["threads"] == [open_one]
    assert open_one.title in page.text
    assert hidden.title not in page.text


def test_editors_hear_when_nothing_is_missing(client_of, editor):
    page = client_of(editor).get(HOME)

    assert "Every search found something." in page.text
    assert "is an article by now" in page.text


def test_only_editors_see_what_is_missing(client_of, moderator):
    page = client_of(moderator).get(HOME)

    assert "Searched in vain" not in page.text


def test_gaps_take_two_queries_however_many_there_are(
    searched, make_question, make_person, django_assert_num_queries
):
    for number in range(12):
        searched(f"words {number}")
        someone = make_person(f"caller{number}")
        title = f"Why does call number {number} drop?"
        took_a_ticket(make_question(by=someone, title=title))

    with django_assert_num_queries(2):
        found = GapsPanel().get_context_data({})

    assert (len(found["searches"]), len(found["threads"])) == (8, 8)
