"""A circle, and threads to say something in."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import count

import pytest
from django.dispatch import Signal
from django.utils import timezone

from community import actions
from community.models import Answer, Circle, Question
from people.models import Person

TITLE = "Port-in stuck in review for three days"
BODY = "I sent the request on Saturday and paid the fee, nothing has moved since."
HELP = "Take the photo of your card again in daylight, that is usually what is wrong."


@pytest.fixture
def circle(db: None) -> Circle:
    made, _is_new = Circle.objects.get_or_create(
        slug="general", defaults={"name_en": "General", "name_zh": "综合"}
    )
    return made


@pytest.fixture
def make_question(circle: Circle, asker: Person) -> Callable[..., Question]:
    """Let somebody ask; every text differs, as nobody posts the same twice."""
    numbers = count(1)

    def make(
        *,
        by: Person | None = None,
        title: str = TITLE,
        body: str | None = None,
        tags: Sequence[str] = (),
        at: datetime | None = None,
        **fields: object,
    ) -> Question:
        return actions.ask(
            person=by or asker,
            title=title,
            body=body or f"{BODY} ({next(numbers)})",
            circle=fields.pop("circle", circle),
            tags=list(tags),
            at=at or timezone.now(),
            **fields,
        )

    return make


@pytest.fixture
def question(make_question: Callable[..., Question]) -> Question:
    return make_question()


@pytest.fixture
def make_answer(
    helper: Person, request: pytest.FixtureRequest
) -> Callable[..., Answer]:
    """Let somebody answer a question, the fixture's unless one is given."""
    numbers = count(1)

    def make(
        *,
        question: Question | None = None,
        by: Person | None = None,
        body: str | None = None,
        at: datetime | None = None,
        **fields: object,
    ) -> Answer:
        return actions.answer(
            person=by or helper,
            question=question or request.getfixturevalue("question"),
            body=body or f"{HELP} ({next(numbers)})",
            at=at or timezone.now(),
            **fields,
        )

    return make


@pytest.fixture
def make_crowd(make_person: Callable[..., Person]) -> Callable[[int], list[Person]]:
    numbers = count(1)

    def make(size: int) -> list[Person]:
        return [make_person(f"neighbour{next(numbers)}") for _ in range(size)]

    return make


@pytest.fixture
def trace_of() -> Callable[[Question], list[str]]:
    """The kinds of a thread's trace, in order."""

    def kinds(question: Question) -> list[str]:
        return list(question.events.order_by("seq").values_list("kind", flat=True))

    return kinds


@pytest.fixture
def reputation_of() -> Callable[[Person], int]:
    from community import queries

    return lambda person: queries.tally_of(person).reputation


@pytest.fixture
def make_reputation() -> Callable[[Person, int], None]:
    """Set what others see as somebody's reputation."""
    from community.models import MemberTally

    def make(person: Person, shown: int) -> None:
        MemberTally.objects.update_or_create(
            person=person, defaults={"reputation_sum": shown - 1}
        )

    return make


@pytest.fixture
def heard() -> Iterator[Callable[[Signal], list[dict[str, object]]]]:
    """Listen to a signal; the list fills with what was announced."""
    listeners = []

    def listen(signal: Signal) -> list[dict[str, object]]:
        facts: list[dict[str, object]] = []

        def note(signal: Signal, sender: object, **fact: object) -> None:
            facts.append(fact)

        signal.connect(note, weak=False)
        listeners.append((signal, note))
        return facts

    yield listen
    for signal, note in listeners:
        signal.disconnect(note)
