"""Whatever people do in whatever order, a ticket keeps its promises."""

from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings, strategies as st

from common.errors import Refused
from community import actions as community
from community.models import Question
from desk import actions
from desk.models import (
    ENDED,
    TRANSITIONS,
    EscalationRule,
    RuleFiring,
    Ticket,
    TicketState,
)
from desk.models.tickets import WITH_US
from tests.desk.conftest import OFFICIAL

pytestmark = pytest.mark.django_db


def test_every_state_has_its_ways_out_and_none_leads_nowhere():
    assert set(TRANSITIONS) == set(TicketState)
    for ways in TRANSITIONS.values():
        assert ways
        assert ways <= set(TicketState)
    for ended in ENDED:
        assert TRANSITIONS[ended] == {TicketState.NEW, TicketState.ASSIGNED}


def test_every_open_state_can_be_ended():
    for state in set(TicketState) - ENDED:
        assert TRANSITIONS[state] >= ENDED


class Undo(Exception):
    """Takes one example's changes back."""


DOINGS = (
    "take",
    "assign",
    "note",
    "reply",
    "ask_back",
    "official",
    "official_and_resolve",
    "write",
    "close",
    "resolve",
    "say_solved",
    "reopen",
    "reopen_by_customer",
    "peer_answers",
    "asker_accepts",
    "asker_unaccepts",
    "run_rules",
    "ask_our_team",
)


def do(doing, world, at):
    ticket, thread = world["ticket"], world["thread"]
    desk, other, asker = world["desk"], world["other"], world["asker"]
    number = world["number"]
    work = {"ticket": ticket, "by": desk, "at": at}
    text = {**work, "body": f"{OFFICIAL} ({number})"}
    mine = {"ticket": ticket, "by": asker, "at": at}
    match doing:
        case "take":
            actions.take(**work)
        case "assign":
            actions.assign(to=other, **work)
        case "note":
            actions.add_internal_note(**text)
        case "reply":
            actions.reply_to_asker(**text)
        case "ask_back":
            actions.reply_to_asker(ask_back=True, **text)
        case "official":
            actions.post_reply_to_thread(**text)
        case "official_and_resolve":
            actions.post_reply_to_thread(resolve=True, **text)
        case "write":
            actions.write_to_us(body="Hello?", **mine)
        case "close":
            actions.close(**work)
        case "resolve":
            actions.close(resolved=True, **work)
        case "say_solved":
            actions.say_it_is_solved(**mine)
        case "reopen":
            actions.reopen(**work)
        case "reopen_by_customer":
            actions.reopen(**mine)
        case "peer_answers":
            community.answer(
                person=world["helper"],
                question=thread,
                body=f"Have you tried turning it off and on? ({number})",
                at=at,
            )
        case "asker_accepts":
            if answer := thread.answers.order_by("pk").last():
                community.accept(person=asker, answer=answer, at=at)
        case "asker_unaccepts":
            community.reopen(person=asker, question=thread, at=at)
        case "run_rules":
            assert actions.run_escalations(at=at).failed == 0
        case "ask_our_team":
            actions.request_escalation(person=asker, question=thread, at=at)


def check_promises(thread):
    thread = Question.objects.get(pk=thread.pk)
    tickets = list(Ticket.objects.filter(question=thread))
    still_open = [ticket for ticket in tickets if ticket.is_open]
    assert len(still_open) <= 1
    if thread.solved_at is None:
        assert (thread.with_staff_since is not None) == bool(still_open)
    for ticket in tickets:
        assert ticket.is_open == (ticket.state not in ENDED)
        assert (ticket.due_at is not None) == (ticket.state in WITH_US)
        if ticket.state in (TicketState.ASSIGNED, TicketState.IN_PROGRESS):
            assert ticket.assignee_id is not None
        numbers = list(ticket.events.order_by("seq").values_list("seq", flat=True))
        assert numbers == list(range(1, ticket.event_count + 1))
    trace = list(thread.events.order_by("seq").values_list("kind", flat=True))
    assert trace.count("escalated") == len(tickets)
    firings = RuleFiring.objects.filter(question=thread)
    once = firings.values_list("rule", "cycle").distinct().count()
    assert once == firings.count() <= EscalationRule.objects.count() * thread.cycle


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(
        st.tuples(st.sampled_from(DOINGS), st.integers(1, 40)), min_size=1, max_size=14
    )
)
def test_whatever_happens_a_ticket_keeps_its_promises(
    ticket, thread, asker, helper, desk_agent, manager, clock, doings
):
    world = {
        "thread": thread,
        "desk": desk_agent,
        "other": manager,
        "asker": asker,
        "helper": helper,
    }
    at = clock.now
    with suppress(Undo), transaction.atomic():
        for number, (doing, wait) in enumerate(doings):
            at += timedelta(minutes=20 * wait)
            world["number"] = number
            world["ticket"] = Ticket.objects.filter(question=thread).latest("pk")
            world["thread"] = Question.objects.get(pk=thread.pk)
            with suppress(Refused), transaction.atomic():
                do(doing, world, at)
            check_promises(thread)
        raise Undo
