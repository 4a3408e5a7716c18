"""Askers, service agents and staff hand a thread to our team themselves."""

from datetime import timedelta

import pytest

from community import actions as community
from community.errors import NoLongerThere
from community.models import Question
from desk import actions, errors, numbers, queries
from desk.models import EscalationRule, RuleFiring, Ticket
from people.models import Person
from rewards.actions import end_agent
from rewards.models import Programme
from rewards.queries import escalations_a_day

pytestmark = pytest.mark.django_db


def ask_our_team(person, thread, at):
    return actions.request_escalation(person=person, question=thread, at=at)


def ten_in_the_morning(clock):
    """Of the site's day, which is eight hours ahead."""
    clock.now = clock.now.replace(hour=2, minute=0, second=0, microsecond=0)


def test_an_asker_may_call_our_team_after_two_hours(thread, asker, clock, trace_of):
    with pytest.raises(errors.TooEarlyToAsk):
        ask_our_team(asker, thread, clock.move(hours=1, minutes=59))

    ticket = ask_our_team(asker, thread, clock.move(minutes=1))

    assert (ticket.requester, ticket.opened_by) == (asker, asker)
    assert trace_of(thread) == ["asked", "escalated", "ticket_opened"]
    escalated = thread.events.get(kind="escalated")
    assert escalated.actor == asker
    assert escalated.data == {
        "rule": "requested",
        "hours": 0,
        "ticket": ticket.reference,
    }


def test_asking_twice_leads_to_the_same_ticket(thread, asker, clock, trace_of):
    first = ask_our_team(asker, thread, clock.move(hours=3))
    second = ask_our_team(asker, thread, clock.move(minutes=5))

    assert first == second
    assert Ticket.objects.count() == RuleFiring.objects.count() == 1
    assert len(trace_of(thread)) == 3


def test_an_asker_is_told_of_what_a_rule_does_but_not_of_what_they_did(
    thread, asker, clock, told
):
    ask_our_team(asker, thread, clock.move(hours=3))

    assert told(asker) == []


def test_somebody_else_may_not_hand_over_the_thread(thread, stranger, clock):
    with pytest.raises(errors.NotForOurTeam):
        ask_our_team(stranger, thread, clock.move(days=1))

    assert not Ticket.objects.exists()


def test_an_asker_may_do_it_three_times_a_day(make_thread, asker, clock):
    ten_in_the_morning(clock)
    threads = [make_thread() for _ in range(numbers.ASKER_A_DAY + 1)]
    clock.move(hours=2)
    for thread in threads[:-1]:
        ask_our_team(asker, thread, clock.now)

    with pytest.raises(errors.AskedEnoughToday) as refusal:
        ask_our_team(asker, threads[-1], clock.now)

    assert refusal.value.status == 429
    assert refusal.value.retry_after == 12 * 3600
    assert ask_our_team(asker, threads[-1], clock.move(hours=13)).is_open


def test_an_agent_need_not_wait_and_has_five_a_day(
    make_thread, make_person, agent, clock
):
    ten_in_the_morning(clock)
    threads = [
        make_thread(by=make_person(f"customer{number}"))
        for number in range(escalations_a_day() + 1)
    ]
    for thread in threads[:-1]:
        assert ask_our_team(agent, thread, clock.now).requester == thread.author

    with pytest.raises(errors.AskedEnoughToday):
        ask_our_team(agent, threads[-1], clock.now)


def test_an_agent_hears_what_became_of_it(
    thread, agent, asker, desk_agent, clock, told
):
    ticket = ask_our_team(agent, thread, clock.now)
    assert told(asker) == ["ticket_opened"]

    actions.close(ticket=ticket, by=desk_agent, at=clock.move(hours=1))

    assert "escalation_ended" in told(agent)


def test_how_many_an_agent_has_a_day_is_a_figure_managers_edit(
    make_thread, make_person, agent, clock
):
    ten_in_the_morning(clock)
    Programme.objects.update(escalations_a_day=1)
    first, second = (make_thread(by=make_person(f"customer{n}")) for n in range(2))
    ask_our_team(agent, first, clock.now)

    with pytest.raises(errors.AskedEnoughToday):
        ask_our_team(agent, second, clock.now)


def test_an_agent_is_told_where_the_answer_stands(
    thread, agent, asker, desk_agent, clock, told
):
    ticket = ask_our_team(agent, thread, clock.now)
    assert queries.handed_over_by(agent, clock.now).rows[0].outcome == "open"

    answer = actions.post_reply_to_thread(
        ticket=ticket,
        by=desk_agent,
        body="Your line was on hold because of a wrong address; it works again now.",
        resolve=True,
        at=clock.move(hours=1),
    )

    assert told(agent)[-1] == "escalation_answered"
    assert "escalation_ended" not in told(agent)
    assert agent.notifications.latest("pk").url.endswith(f"#answer-{answer.pk}")
    (row,) = queries.handed_over_by(agent, clock.now).rows
    assert (row.outcome, row.url) == ("answered", answer.get_absolute_url())


def test_the_bench_shows_what_became_of_each_thread(
    thread, agent, desk_agent, clock, client_of, django_assert_max_num_queries
):
    ticket = ask_our_team(agent, thread, clock.now)
    actions.close(ticket=ticket, by=desk_agent, at=clock.move(hours=1))

    with django_assert_max_num_queries(4):
        (row,) = queries.handed_over_by(agent, clock.now).rows

    assert row.outcome == "ended"
    page = client_of(agent).get("/en/agents/").text
    assert thread.title in page
    assert "Our team has finished with it" in page


def test_the_right_ends_with_the_role(thread, agent, manager, clock):
    as_loaded_before = Person.objects.get(pk=agent.pk)
    end_agent(person=agent, by=manager, at=clock.now)

    # They still wear the badge; the role decides.
    assert as_loaded_before.standing == "agent"
    with pytest.raises(errors.NotForOurTeam):
        ask_our_team(as_loaded_before, thread, clock.now)


def test_staff_may_at_once_and_without_a_limit(make_thread, make_person, editor, clock):
    threads = [make_thread(by=make_person(f"customer{number}")) for number in range(7)]

    tickets = [ask_our_team(editor, thread, clock.now) for thread in threads]

    assert len(set(tickets)) == 7


def test_once_a_cycle_then_the_earlier_ticket_is_the_place_to_go(
    thread, asker, desk_agent, clock
):
    ticket = ask_our_team(asker, thread, clock.move(hours=3))
    actions.close(ticket=ticket, by=desk_agent, at=clock.move(hours=1))

    with pytest.raises(errors.AskedAlready) as refusal:
        ask_our_team(asker, thread, clock.move(hours=1))

    assert ticket.reference in str(refusal.value)
    assert ask_our_team(desk_agent, thread, clock.now) != ticket


def test_what_is_solved_hidden_or_imported_is_not_handed_over(
    make_thread, make_answer, moderator, desk_agent, asker, clock
):
    solved, hidden, imported = (make_thread() for _ in range(3))
    answer = make_answer(question=solved)
    community.accept(person=asker, answer=answer, at=clock.now)
    community.hide_post(post=hidden, by=moderator, at=clock.now)
    Question.objects.filter(pk=imported.pk).update(source="forum", source_id="7")
    clock.move(hours=3)

    for person in (asker, desk_agent):
        with pytest.raises(errors.SolvedAlready):
            ask_our_team(person, solved, clock.now)
        with pytest.raises(NoLongerThere):
            ask_our_team(person, hidden, clock.now)
        with pytest.raises(errors.CameFromElsewhere):
            ask_our_team(person, imported, clock.now)


def test_managers_may_switch_it_off(thread, asker, clock):
    EscalationRule.objects.for_requests().update(is_enabled=False)

    with pytest.raises(errors.AskingIsOff):
        ask_our_team(asker, thread, clock.move(hours=3))


def test_a_request_does_not_use_up_the_rules(thread, asker, desk_agent, clock):
    ticket = ask_our_team(asker, thread, clock.move(hours=3))
    actions.close(ticket=ticket, by=desk_agent, at=clock.move(hours=1))

    assert actions.run_escalations(at=clock.move(hours=23)).opened == 0
    assert actions.run_escalations(at=clock.move(hours=1)).opened == 1


def test_only_our_team_opens_a_ticket_without_a_rule(thread, asker, moderator, clock):
    for person in (asker, moderator):
        with pytest.raises(errors.NotForOurTeam):
            actions.open_ticket(question=thread, by=person, at=clock.now)


def test_somebody_may_write_to_us_in_private(private_ticket, asker, clock, told):
    assert private_ticket.question is None
    assert private_ticket.due_at == clock.now + timedelta(hours=8)
    message = private_ticket.messages.get()
    assert message.html == "<p>My bill still shows the old plan.</p>"
    opened = private_ticket.events.get()
    assert opened.data == {"message": message.pk}
    assert opened.is_public


def test_private_tickets_are_limited_to_five_a_day(asker, site, clock):
    ten_in_the_morning(clock)

    def write_to_us():
        at = clock.move(minutes=30)
        return actions.open_private_ticket(
            person=asker, subject="My bill", body="It is wrong.", at=at
        )

    for _ in range(numbers.PRIVATE_A_DAY):
        write_to_us()
    with pytest.raises(errors.OpenedEnoughToday):
        write_to_us()

    clock.move(days=1)
    assert write_to_us().is_open


def test_a_private_ticket_needs_words(asker, site, clock):
    with pytest.raises(errors.SubjectTooShort):
        actions.open_private_ticket(person=asker, subject="x", body="y", at=clock.now)
    with pytest.raises(errors.NothingWritten):
        actions.open_private_ticket(
            person=asker, subject="My bill", body="  \n ", at=clock.now
        )

    assert not Ticket.objects.exists()
