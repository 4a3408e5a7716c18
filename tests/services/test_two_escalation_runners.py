"""Many runners on PostgreSQL are one runner, and nobody waits for ever for a lock."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from common.errors import Refused
from community import actions as community
from community.models import Circle, Question
from desk import actions, errors
from desk.models import RuleFiring, Ticket, TicketState
from desk.setup import setup_desk
from people.models import Person
from tests.services.at_once import CROWD, each_at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

TITLE = "Day pass bought twice by itself at midnight"
BODY = "Bought one Asia day pass at 22:10. At midnight another one was charged."
HELP = "Look at the time zone of the pass: it follows the calendar day of Beijing."
OFFICIAL = "The second charge was our mistake: 58 yuan go back to your balance today."


@pytest.fixture
def threads(make_person) -> list[Question]:
    """Fifty threads of fifty people, unanswered for three days."""
    setup_desk()
    circle, _is_new = Circle.objects.get_or_create(
        slug="general", defaults={"name_en": "General", "name_zh": "综合"}
    )
    asked_at = timezone.now() - timedelta(days=3)
    return [
        community.ask(
            person=make_person(f"customer{number}"),
            title=TITLE,
            body=f"{BODY} ({number})",
            circle=circle,
            tags=[],
            at=asked_at,
        )
        for number in range(CROWD)
    ]


@pytest.fixture
def make_colleague(make_person) -> Callable[[str], Person]:
    def make(handle: str) -> Person:
        person = make_person(handle)
        person.user_permissions.add(Permission.objects.get(codename="work_tickets"))
        return Person.objects.get(pk=person.pk)

    return make


def trace(question: Question) -> list[tuple[int, str]]:
    return list(question.events.order_by("seq").values_list("seq", "kind"))


def assert_each_went_once(threads: list[Question]) -> None:
    assert Ticket.objects.count() == RuleFiring.objects.count() == len(threads)
    assert not RuleFiring.objects.filter(ticket=None).exists()
    for thread in threads:
        assert trace(thread) == [(1, "asked"), (2, "escalated"), (3, "ticket_opened")]
        told = thread.author.notifications.filter(kind="ticket_opened")
        assert told.count() <= 1


def test_two_runners_are_one_runner(threads):
    at = timezone.now()

    runs = each_at_once(lambda _: actions.run_escalations(at=at), size=2)

    assert sum(run.opened for run in runs) == CROWD
    assert sum(run.failed for run in runs) == 0
    assert_each_went_once(threads)


def test_fifty_runners_are_one_runner(threads):
    at = timezone.now()

    runs = each_at_once(lambda _: actions.run_escalations(at=at))

    assert sum(run.opened for run in runs) == CROWD
    assert sum(run.failed for run in runs) == 0
    assert_each_went_once(threads)


def test_runners_and_askers_at_once_open_one_ticket_per_thread(threads):
    """Half of the askers press the button, twice, while the rules run."""
    at = timezone.now()

    def act(number: int) -> object:
        if number < 2:
            return actions.run_escalations(at=at)
        thread = threads[number // 2]
        return actions.request_escalation(person=thread.author, question=thread, at=at)

    outcomes = each_at_once(act)

    assert not [one for one in outcomes if isinstance(one, Refused)]
    actions.run_escalations(at=at)
    assert_each_went_once(threads)


def test_one_of_many_colleagues_takes_a_ticket(threads, make_colleague):
    colleagues = [make_colleague(f"colleague{number}") for number in range(10)]
    actions.run_escalations(at=timezone.now())
    ticket = Ticket.objects.first()

    outcomes = each_at_once(
        lambda number: actions.take(
            ticket=ticket, by=colleagues[number], at=timezone.now()
        ),
        size=10,
    )

    assert Counter(type(one) for one in outcomes) == {
        Ticket: 1,
        errors.TakenByAnother: 9,
    }
    ticket.refresh_from_db()
    assert ticket.state == TicketState.IN_PROGRESS
    assert ticket.events.filter(kind="taken").count() == 1


def test_our_answer_and_the_askers_acceptance_may_meet(threads, helper, make_colleague):
    """Our team settles what the asker accepts in the same moment: solved once."""
    colleague = make_colleague("colleague")
    at = timezone.now()
    actions.run_escalations(at=at)
    threads = threads[:10]
    answers = [
        community.answer(
            person=helper,
            question=thread,
            body=f"{HELP} ({number})",
            at=at - timedelta(days=2) + timedelta(minutes=number),
        )
        for number, thread in enumerate(threads)
    ]

    def act(number: int) -> object:
        thread = threads[number // 2]
        if number % 2:
            return community.accept(
                person=thread.author, answer=answers[number // 2], at=at
            )
        return actions.post_reply_to_thread(
            ticket=Ticket.objects.get(question=thread),
            by=colleague,
            body=f"{OFFICIAL} ({number})",
            at=at,
            resolve=True,
        )

    each_at_once(act, size=20)

    for thread in threads:
        thread.refresh_from_db()
        assert (thread.status, thread.with_staff_since) == ("solved", None)
        ticket = Ticket.objects.get(question=thread)
        assert ticket.state == TicketState.RESOLVED
        kinds = [kind for _seq, kind in trace(thread)]
        assert kinds.count("solved") == 1
        ends = ticket.events.filter(kind="resolved").count()
        assert ends == 1
