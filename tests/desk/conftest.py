"""Threads that may go to the desk, tickets, and what rules say about them."""

from collections.abc import Callable
from datetime import datetime
from itertools import count

import pytest

from community import actions as community
from community.models import Answer, Circle, Question
from desk import actions
from desk.models import EscalationRule, Queue, Ticket
from people.models import Person
from rewards.setup_agents import lead_through_programme

TITLE = "Day pass bought twice by itself at midnight"
BODY = "Bought one Asia day pass at 22:10. At midnight another one was charged."
HELP = "Look at the time zone of the pass: it follows the calendar day of Beijing."
OFFICIAL = "The second charge was our mistake: 58 yuan go back to your balance today."


@pytest.fixture
def circle(site: None) -> Circle:
    return Circle.objects.get(slug="general")


@pytest.fixture
def make_thread(circle: Circle, asker: Person, clock) -> Callable[..., Question]:
    """Let somebody ask; every text differs, as nobody posts the same twice."""
    numbers = count(1)

    def make(
        *, by: Person | None = None, at: datetime | None = None, **fields: object
    ) -> Question:
        return community.ask(
            person=by or asker,
            title=fields.pop("title", TITLE),
            body=f"{BODY} ({next(numbers)})",
            circle=fields.pop("circle", circle),
            tags=[],
            at=at or clock.now,
            **fields,
        )

    return make


@pytest.fixture
def thread(make_thread: Callable[..., Question]) -> Question:
    return make_thread()


@pytest.fixture
def make_answer(
    helper: Person, clock, request: pytest.FixtureRequest
) -> Callable[..., Answer]:
    numbers = count(1)

    def make(
        *,
        question: Question | None = None,
        by: Person | None = None,
        at: datetime | None = None,
    ) -> Answer:
        return community.answer(
            person=by or helper,
            question=question or request.getfixturevalue("thread"),
            body=f"{HELP} ({next(numbers)})",
            at=at or clock.now,
        )

    return make


@pytest.fixture
def unanswered(site: None) -> EscalationRule:
    """The first rule of every new site: no answer for 24 hours."""
    return EscalationRule.objects.get(kind=EscalationRule.Kind.UNANSWERED)


@pytest.fixture
def unaccepted(site: None) -> EscalationRule:
    """The second: answers, none accepted for 48 hours."""
    return EscalationRule.objects.get(kind=EscalationRule.Kind.UNACCEPTED)


@pytest.fixture
def front_desk(site: None) -> Queue:
    return Queue.objects.get(is_default=True)


@pytest.fixture
def ticket(thread: Question, desk_agent: Person, clock) -> Ticket:
    """A colleague opened it for the thread, a minute after it was asked."""
    return actions.open_ticket(question=thread, by=desk_agent, at=clock.move(minutes=1))


@pytest.fixture
def private_ticket(asker: Person, site: None, clock) -> Ticket:
    return actions.open_private_ticket(
        person=asker,
        subject="Charged after cancelling",
        body="My bill still shows the old plan.",
        at=clock.now,
    )


@pytest.fixture
def agent(make_person: Callable[..., Person], manager: Person, clock) -> Person:
    """A member whom a manager has made a service agent."""
    person = make_person("ache")
    lead_through_programme(person=person, by=manager, at=clock.now)
    return Person.objects.get(pk=person.pk)


@pytest.fixture
def trace_of() -> Callable[[Question], list[str]]:
    """The kinds of a thread's public trace, in order."""

    def kinds(question: Question) -> list[str]:
        return list(question.events.order_by("seq").values_list("kind", flat=True))

    return kinds


@pytest.fixture
def story_of() -> Callable[[Ticket], list[str]]:
    """The kinds of a ticket's events, in order, checking that none is missing."""

    def kinds(ticket: Ticket) -> list[str]:
        events = list(ticket.events.order_by("seq"))
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        return [event.kind for event in events]

    return kinds


@pytest.fixture
def told() -> Callable[[Person], list[str]]:
    """The kinds of what somebody was notified of, oldest first."""

    def kinds(person: Person) -> list[str]:
        return list(person.notifications.order_by("pk").values_list("kind", flat=True))

    return kinds
