"""Each thread can say why our team has it or not, and when it comes to them."""

from datetime import timedelta

import pytest
from django.utils import translation
from hypothesis import HealthCheck, given, settings, strategies as st

from community import actions as community
from community.models import Question
from desk import actions, queries
from desk.models import EscalationRule, Ticket
from desk.wording import moment_in_words

pytestmark = pytest.mark.django_db


def test_a_new_thread_says_when_our_team_takes_it(thread, clock):
    said = queries.why(thread, clock.move(hours=1))

    due = moment_in_words(thread.created_at + timedelta(hours=24))
    assert said == [
        f"If nobody answers, our team takes it at {due}.",
        "If there are answers but none is accepted in 48 hours, our team takes it too.",
    ]


def test_an_answered_thread_counts_from_its_first_answer(thread, make_answer, clock):
    answer = make_answer(at=clock.move(hours=5))
    thread.refresh_from_db()

    said = queries.why(thread, clock.move(hours=1))

    due = moment_in_words(answer.created_at + timedelta(hours=48))
    assert said == [f"If no answer is accepted, our team takes it at {due}."]


def test_a_due_thread_is_about_to_come(thread, clock):
    (first, _second) = queries.why(thread, clock.move(days=3))

    assert first == "It has waited long enough: our team gets it in a minute."


def test_a_thread_with_our_team_says_since_when_and_why(thread, clock):
    actions.run_escalations(at=clock.move(hours=24))
    thread.refresh_from_db()

    assert queries.why(thread, clock.now) == [
        f"Our team has it since {moment_in_words(clock.now)}.",
        "Nobody had answered for 24 hours.",
    ]


def test_a_rule_that_has_fired_says_why_it_does_not_fire_again(
    thread, desk_agent, clock
):
    fired_at = clock.move(hours=24)
    actions.run_escalations(at=fired_at)
    ticket = Ticket.objects.get()
    actions.close(ticket=ticket, by=desk_agent, at=clock.move(hours=1))
    thread.refresh_from_db()

    first = queries.why(thread, clock.now)[0]

    assert first == (
        "After 24 hours without an answer our team took it at "
        f"{moment_in_words(fired_at)} and ended ticket {ticket.reference}. "
        "It comes back only if the question is re-opened."
    )


def test_what_is_solved_imported_or_hidden_says_so(
    make_thread, make_answer, asker, clock
):
    solved, imported, hidden = (make_thread() for _ in range(3))
    community.accept(person=asker, answer=make_answer(question=solved), at=clock.now)
    Question.objects.filter(pk=imported.pk).update(source="forum", source_id="1")
    Question.objects.filter(pk=hidden.pk).update(state="hidden")

    said = [
        queries.why(Question.objects.get(pk=thread.pk), clock.now)
        for thread in (solved, imported, hidden)
    ]

    assert said == [
        ["It is solved, so our team is not called."],
        ["This question comes from an older community; our team is not called."],
        ["This question is not public, so our team is not called."],
    ]


def test_without_rules_members_answer(thread, clock):
    EscalationRule.objects.update(is_enabled=False)

    assert queries.why(thread, clock.now) == [
        "No rule sends it to our team by itself; members answer here."
    ]


def test_it_is_explained_in_chinese_too(thread, clock):
    with translation.override("zh-hans"):
        first = queries.why(thread, clock.move(hours=1))[0]

    assert "如果" in first
    assert "team" not in first


hours = st.integers(0, 120)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    started=hours,
    answers=st.lists(hours, max_size=3),
    closed=st.none() | hours,
    now=hours,
    wait=st.integers(1, 60),
    kind=st.sampled_from(["unanswered", "unaccepted"]),
)
def test_the_explanation_and_the_runner_agree(
    thread, front_desk, clock, started, answers, closed, now, wait, kind
):
    """Whatever the thread went through: due now says the same as the moment told."""
    start = clock.now
    moments = sorted(start + timedelta(hours=hour) for hour in answers)
    Question.objects.filter(pk=thread.pk).update(
        cycle_started_at=start + timedelta(hours=started),
        answer_count=len(moments),
        first_answer_at=moments[0] if moments else None,
        last_answer_at=moments[-1] if moments else None,
    )
    closed_at = None if closed is None else start + timedelta(hours=closed)
    Ticket.objects.all().delete()
    if closed_at is not None:
        Ticket.objects.create(
            question=thread,
            requester=thread.author,
            queue=front_desk,
            subject=thread.title,
            state="closed",
            opened_at=start,
            closed_at=closed_at,
        )
    rule = EscalationRule.objects.get(kind=kind)
    EscalationRule.objects.filter(pk=rule.pk).update(hours=wait)
    rule.refresh_from_db()
    at = start + timedelta(hours=now)

    moment = queries.due_moment(rule, Question.objects.get(pk=thread.pk), closed_at)

    is_due = queries.due(rule, at).filter(pk=thread.pk).exists()
    assert is_due == (moment is not None and moment <= at)


def test_explaining_costs_at_most_four_queries(
    thread, desk_agent, clock, django_assert_max_num_queries
):
    actions.run_escalations(at=clock.move(hours=24))
    actions.close(ticket=Ticket.objects.get(), by=desk_agent, at=clock.now)
    thread.refresh_from_db()

    with django_assert_max_num_queries(4):
        queries.why(thread, clock.now)
