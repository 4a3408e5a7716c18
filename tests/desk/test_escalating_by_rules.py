"""What nobody solves in time goes to our team by itself, exactly once."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from common.timers import run_due
from community import actions as community
from community.models import Circle, Question
from desk import actions, queries
from desk.models import EscalationRule, Queue, RuleFiring, Ticket, TicketState
from people.models import Person
from tests.desk.conftest import OFFICIAL

pytestmark = pytest.mark.django_db


def test_a_thread_nobody_answers_for_a_day_becomes_a_ticket(
    thread, asker, clock, trace_of, told
):
    actions.run_escalations(at=clock.move(hours=23, minutes=59))
    assert not Ticket.objects.exists()

    run = actions.run_escalations(at=clock.move(minutes=1))

    ticket = Ticket.objects.get()
    assert (run.opened, ticket.question, ticket.requester) == (1, thread, asker)
    assert (ticket.state, ticket.subject) == (TicketState.NEW, thread.title)
    assert ticket.due_at == clock.now + timedelta(hours=8)
    thread.refresh_from_db()
    assert thread.with_staff_since == clock.now
    assert thread.status == "ticket"
    assert trace_of(thread) == ["asked", "escalated", "ticket_opened"]
    assert told(asker) == ["ticket_opened"]


def test_the_public_trace_says_which_rule_it_was_and_which_ticket(thread, clock):
    actions.run_escalations(at=clock.move(hours=24))

    reference = Ticket.objects.get().reference
    escalated = thread.events.get(kind="escalated")
    assert escalated.data == {"rule": "unanswered", "hours": 24, "ticket": reference}
    assert escalated.actor is None
    assert thread.events.get(kind="ticket_opened").data == {"ticket": reference}


def test_a_thread_with_an_answer_waits_for_the_second_rule(thread, make_answer, clock):
    make_answer(at=clock.move(hours=10))
    actions.run_escalations(at=clock.move(hours=40))
    assert not Ticket.objects.exists()

    actions.run_escalations(at=clock.move(hours=8))

    opened = Ticket.objects.get().events.get(kind="opened")
    assert opened.data == {"rule": "unaccepted", "hours": 48}


def test_more_answers_do_not_put_off_the_second_rule(thread, make_answer, clock):
    make_answer(at=clock.move(hours=1))
    make_answer(at=clock.move(hours=47))

    actions.run_escalations(at=clock.move(hours=1))

    assert Ticket.objects.count() == 1


def test_a_solved_thread_never_goes_to_our_team(thread, make_answer, asker, clock):
    community.accept(person=asker, answer=make_answer(), at=clock.move(hours=1))

    actions.run_escalations(at=clock.move(days=30))

    assert not Ticket.objects.exists()


def test_a_deleted_answer_counts_for_nothing(thread, make_answer, helper, clock):
    answer = make_answer(at=clock.move(hours=2))
    community.delete(person=helper, post=answer, at=clock.move(hours=1))

    actions.run_escalations(at=clock.move(hours=21))

    assert Ticket.objects.get().events.get(kind="opened").data["rule"] == "unanswered"


def test_hidden_and_deleted_threads_are_left_alone(
    make_thread, asker, moderator, clock
):
    community.delete(person=asker, post=make_thread(), at=clock.now)
    community.hide_post(post=make_thread(), by=moderator, at=clock.now)

    actions.run_escalations(at=clock.move(days=3))

    assert not Ticket.objects.exists()


def test_imported_threads_never_go_to_our_team(thread, desk_agent, clock):
    Question.objects.update(source="forum.example", source_id="1")

    run = actions.run_escalations(at=clock.move(days=30))

    assert run.opened == run.failed == 0
    with pytest.raises(actions.opening.CameFromElsewhere):
        actions.open_ticket(question=thread, by=desk_agent, at=clock.now)
    assert not Ticket.objects.exists()
    assert not RuleFiring.objects.exists()


def test_after_three_days_without_a_scheduler_every_due_thread_goes_once(
    make_thread, make_person, clock, trace_of
):
    people = [make_person(f"customer{number}") for number in range(6)]
    threads = [make_thread(by=by, at=clock.move(hours=4)) for by in people]
    clock.move(days=3)

    first = actions.run_escalations(at=clock.now)
    again = actions.run_escalations(at=clock.now)
    later = actions.run_escalations(at=clock.move(days=3))

    assert (first.opened, again.opened, later.opened) == (6, 0, 0)
    assert RuleFiring.objects.count() == Ticket.objects.count() == 6
    for thread in threads:
        assert trace_of(thread) == ["asked", "escalated", "ticket_opened"]


def test_threads_not_yet_due_are_not_swept_along(make_thread, make_person, clock):
    old = make_thread()
    clock.move(days=3)
    make_thread(by=make_person("late"), at=clock.now - timedelta(hours=23))

    actions.run_escalations(at=clock.now)

    assert [ticket.question for ticket in Ticket.objects.all()] == [old]


def test_closing_without_a_solution_frees_the_thread_but_the_rule_has_fired(
    thread, desk_agent, clock, trace_of
):
    actions.run_escalations(at=clock.move(hours=24))
    ticket = Ticket.objects.get()

    actions.close(ticket=ticket, by=desk_agent, at=clock.move(hours=1))

    thread.refresh_from_db()
    assert thread.with_staff_since is None
    assert thread.status == "open"
    assert actions.run_escalations(at=clock.move(days=30)).opened == 0
    assert trace_of(thread) == ["asked", "escalated", "ticket_opened"]


def test_a_reopened_thread_starts_a_new_cycle_and_may_come_again(
    thread, asker, make_answer, desk_agent, clock
):
    actions.run_escalations(at=clock.move(hours=24))
    ticket = Ticket.objects.get()
    actions.close(ticket=ticket, by=desk_agent, at=clock.now)
    community.accept(person=asker, answer=make_answer(), at=clock.move(hours=1))
    community.unaccept(person=asker, question=thread, at=clock.move(hours=1))

    too_early = actions.run_escalations(at=clock.move(hours=23))
    in_time = actions.run_escalations(at=clock.move(hours=1))

    assert (too_early.opened, in_time.opened) == (0, 1)
    firings = RuleFiring.objects.order_by("cycle")
    assert [(one.rule.kind, one.cycle) for one in firings] == [
        ("unanswered", 1),
        ("unanswered", 2),
    ]
    assert Ticket.objects.open().count() == 1


def test_a_ticket_that_ended_gives_the_members_their_time_again(
    thread, make_answer, desk_agent, clock
):
    actions.run_escalations(at=clock.move(hours=24))
    make_answer(at=clock.move(hours=1))
    actions.close(ticket=Ticket.objects.get(), by=desk_agent, at=clock.move(hours=60))

    at_once = actions.run_escalations(at=clock.now)
    later = actions.run_escalations(at=clock.move(hours=48))

    assert (at_once.opened, later.opened) == (0, 1)


def test_the_database_allows_one_open_ticket_per_thread(ticket, thread, front_desk):
    from django.db import IntegrityError

    with pytest.raises(IntegrityError), transaction.atomic():
        Ticket.objects.create(
            question=thread,
            requester=thread.author,
            queue=front_desk,
            subject="Twin",
            opened_at=ticket.opened_at,
        )


def test_firings_and_events_cannot_be_changed(thread, clock):
    from django.db import IntegrityError

    actions.run_escalations(at=clock.move(hours=24))
    firing, event = RuleFiring.objects.get(), Ticket.objects.get().events.first()

    for change in (
        lambda: RuleFiring.objects.filter(pk=firing.pk).update(cycle=9),
        lambda: firing.delete(),
        lambda: type(event).objects.filter(pk=event.pk).update(kind="closed"),
        lambda: event.delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_an_edited_rule_decides_the_next_thread(make_thread, unanswered, clock):
    thread = make_thread()
    unanswered.hours = 2
    unanswered.priority = 1
    unanswered.save()

    actions.run_escalations(at=clock.move(hours=2))

    ticket = Ticket.objects.get(question=thread)
    assert ticket.priority == 1
    assert ticket.due_at == clock.now + timedelta(minutes=30)


def test_a_rule_that_is_off_sends_nothing(thread, unanswered, clock):
    EscalationRule.objects.update(is_enabled=False)

    assert actions.run_escalations(at=clock.move(days=9)).opened == 0


def test_a_rule_may_hold_for_some_circles_and_one_language(
    make_thread, make_person, unanswered, clock
):
    billing = Circle.objects.create(slug="billing", name_en="Bills", name_zh="账单")
    unanswered.circles.add(billing)
    unanswered.language = "zh-hans"
    unanswered.save()
    zhang, wang, li = (make_person(name) for name in ("zhang", "wang", "lili"))
    make_thread(by=zhang)
    make_thread(by=wang, circle=billing)
    wanted = make_thread(by=li, circle=billing, title="漫游日包半夜自动多扣了一次")

    actions.run_escalations(at=clock.move(hours=24))

    assert [ticket.question for ticket in Ticket.objects.all()] == [wanted]


def test_a_ticket_goes_to_the_queue_of_its_circle_unless_the_rule_names_one(
    make_thread, make_person, unanswered, front_desk, clock
):
    billing = Circle.objects.create(slug="billing", name_en="Bills", name_zh="账单")
    bills = Queue.objects.create(slug="bills", name_en="Bills", name_zh="账务组")
    bills.circles.add(billing)
    urgent = Queue.objects.create(slug="urgent", name_en="Urgent", name_zh="加急")

    general = make_thread()
    billed = make_thread(by=make_person("zhang"), circle=billing)
    actions.run_escalations(at=clock.move(hours=24))
    unanswered.queue = urgent
    unanswered.save()
    named = make_thread(by=make_person("wang"), circle=billing)
    actions.run_escalations(at=clock.move(hours=24))

    queues = {ticket.question: ticket.queue for ticket in Ticket.objects.all()}
    assert queues == {general: front_desk, billed: bills, named: urgent}


def test_one_bad_thread_does_not_hold_up_the_others(
    make_thread, make_person, clock, monkeypatch, caplog
):
    first, second = make_thread(), make_thread(by=make_person("zhang"))
    notify = actions.telling.notify

    def fail_for_the_first(**news: object) -> object:
        if news["person"] == first.author:
            raise OSError("no space left")
        return notify(**news)

    monkeypatch.setattr(actions.telling, "notify", fail_for_the_first)
    run = actions.run_escalations(at=clock.move(hours=24))

    assert (run.opened, run.failed) == (1, 1)
    assert Ticket.objects.get().question == second
    assert f"Question {first.pk} could not be escalated" in caplog.text
    assert RuleFiring.objects.count() == 1
    monkeypatch.undo()
    assert actions.run_escalations(at=clock.now).opened == 1


def test_the_command_takes_a_time_and_says_what_it_did(thread, clock):
    out = StringIO()
    moment = clock.move(hours=24).isoformat()

    call_command("run_escalations", at=moment, stdout=out, stderr=StringIO())
    call_command("run_escalations", at=moment, stdout=out, stderr=StringIO())

    lines = out.getvalue().splitlines()
    assert lines[0] == "tickets opened: 1, passed by: 0, failed: 0."
    assert lines[1] == "tickets opened: 0, passed by: 0, failed: 0."
    with pytest.raises(CommandError, match="Not a time: yesterday"):
        call_command("run_escalations", at="yesterday")


def test_the_timer_looks_every_minute(thread, clock):
    said = run_due(clock.move(hours=24), only=["escalations"])

    assert said == {"escalations": "tickets opened: 1, passed by: 0, failed: 0"}
    assert run_due(clock.move(seconds=30), only=["escalations"]) == {}
    assert "escalations" in run_due(clock.move(seconds=31), only=["escalations"])


def test_setting_up_again_changes_nothing(unanswered, front_desk):
    from desk.setup import setup_desk

    unanswered.hours = 6
    unanswered.save()

    setup_desk()

    rules = EscalationRule.objects.order_by("position")
    assert [(rule.kind, rule.hours) for rule in rules] == [
        ("unanswered", 6),
        ("unaccepted", 48),
        ("requested", 0),
    ]
    assert list(Queue.objects.all()) == [front_desk]


def test_a_past_that_is_only_written_down_wakes_nobody_up(
    make_thread, asker, clock, told
):
    long_ago = clock.now - timedelta(days=40)
    make_thread(at=long_ago)

    actions.run_escalations(at=long_ago + timedelta(hours=24))

    assert Ticket.objects.count() == 1
    assert told(asker) == []


def test_looking_for_what_is_due_costs_the_same_for_any_number_of_threads(
    make_thread, make_person, unanswered, clock, django_assert_num_queries
):
    for number in range(8):
        make_thread(by=make_person(f"customer{number}"))
    clock.move(hours=24)

    with django_assert_num_queries(2):  # the rule's circles, the threads
        assert len(list(queries.due(unanswered, clock.now))) == 8


def test_an_official_answer_alone_does_not_stop_the_second_rule(
    thread, desk_agent, clock
):
    community.post_official_answer(
        person=desk_agent, question=thread, body=OFFICIAL, at=clock.move(hours=1)
    )

    actions.run_escalations(at=clock.move(hours=48))

    assert Ticket.objects.count() == 1
    assert Person.objects.filter(tickets__isnull=False).distinct().count() == 1
