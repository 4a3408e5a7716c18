"""Members who help, what it earns them, and gifts to spend it on."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from common.site_day import start_of_site_day
from community import actions as community
from community.models import Answer, Circle, Question
from people.models import Person
from rewards import actions, queries
from rewards.actions.checking import broken_promises
from rewards.models import EarnRule, Gift, Redemption
from rewards.setup import release_at_once, setup_rules
from rewards.setup_agents import lead_through_programme
from tests.conftest import Clock

TITLE = "Port-in stuck in review for three days"
BODY = "I sent the request on Saturday and paid the fee, nothing has moved since."
HELP = "Take the photo of your card again in daylight, that is usually what is wrong."


@pytest.fixture
def clock() -> Clock:
    """Two days ago at ten in the site's zone: a whole day lies ahead, all of it past,
    and limits on how often somebody may change their mind count what is new."""
    return Clock(start_of_site_day(timezone.now()) - timedelta(hours=38))


@pytest.fixture(autouse=True)
def _the_ledger_still_holds(request: pytest.FixtureRequest):
    """Whatever a test did, every promise of the ledger stands at its end."""
    if request.node.get_closest_marker("django_db") is None:
        yield
        return
    request.getfixturevalue("db")
    yield
    if "corrupt" not in request.fixturenames:
        assert broken_promises() == []


@pytest.fixture
def rules(db: None) -> None:
    """The first rules of every new site, without the rest of its furniture."""
    setup_rules()
    release_at_once()


@pytest.fixture
def circle(rules: None) -> Circle:
    made, _is_new = Circle.objects.get_or_create(
        slug="general", defaults={"name_en": "General", "name_zh": "综合"}
    )
    return made


@pytest.fixture
def make_question(circle: Circle, asker: Person, clock: Clock) -> Callable[..., Any]:
    """Let somebody ask; every text differs, as nobody posts the same twice."""
    numbers = count(1)

    def make(
        *, by: Person | None = None, at: datetime | None = None, **fields: Any
    ) -> Question:
        return community.ask(
            person=by or asker,
            title=fields.pop("title", TITLE),
            body=f"{BODY} ({next(numbers)})",
            circle=circle,
            tags=fields.pop("tags", []),
            at=at or clock.now,
            **fields,
        )

    return make


@pytest.fixture
def make_answer(
    make_question: Callable[..., Question], helper: Person, clock: Clock
) -> Callable[..., Answer]:
    """Let somebody answer, the question given or a new one of the asker's."""
    numbers = count(1)

    def make(
        *,
        question: Question | None = None,
        by: Person | None = None,
        at: datetime | None = None,
    ) -> Answer:
        # Nobody types four answers a minute.
        clock.move(seconds=20)
        return community.answer(
            person=by or helper,
            question=question or make_question(),
            body=f"{HELP} ({next(numbers)})",
            at=at or clock.now,
        )

    return make


@pytest.fixture
def answer(make_answer: Callable[..., Answer]) -> Answer:
    return make_answer()


@pytest.fixture
def neighbours(make_person: Callable[..., Person]) -> Callable[[int], list[Person]]:
    numbers = count(1)

    def make(size: int) -> list[Person]:
        return [make_person(f"neighbour{next(numbers)}") for _ in range(size)]

    return make


@pytest.fixture
def accept(clock: Clock) -> Callable[[Answer], Question]:
    """The asker accepts this answer."""

    def accept(answer: Answer, by: Person | None = None) -> Question:
        answer = Answer.objects.get(pk=answer.pk)
        return community.accept(
            person=by or answer.question.author, answer=answer, at=clock.now
        )

    return accept


@pytest.fixture
def unaccept(clock: Clock) -> Callable[[Answer], Question]:
    """The asker takes the acceptance of this answer back."""

    def unaccept(answer: Answer) -> Question:
        question = Question.objects.get(pk=answer.question_id)
        return community.unaccept(
            person=question.author, question=question, at=clock.now
        )

    return unaccept


@pytest.fixture
def vote(clock: Clock) -> Callable[..., Any]:
    def vote(person: Person, post: Question | Answer, value: int = 1) -> Any:
        return community.vote(person=person, post=post, value=value, at=clock.now)

    return vote


@pytest.fixture
def help_somebody(
    make_question: Callable[..., Question],
    make_answer: Callable[..., Answer],
    neighbours: Callable[[int], list[Person]],
    accept: Callable[[Answer], Question],
    helper: Person,
) -> Callable[..., Answer]:
    """A neighbour asks, the helper answers, it is accepted: 20 points."""

    def helped(by: Person | None = None, asker: Person | None = None) -> Answer:
        question = make_question(by=asker or neighbours(1)[0])
        answer = make_answer(question=question, by=by or helper)
        accept(answer)
        return answer

    return helped


@pytest.fixture
def rule(rules: None) -> Callable[..., EarnRule]:
    """The rule of an event, with some of its values changed."""

    def change(event: str, **values: Any) -> EarnRule:
        rule = EarnRule.objects.get(event=event)
        for name, value in values.items():
            setattr(rule, name, value)
        rule.full_clean()
        rule.save()
        return rule

    return change


@pytest.fixture
def points(clock: Clock) -> Callable[[Person], int]:
    """What somebody can spend now."""
    return lambda person: queries.balance_of(person, at=clock.now).spendable


@pytest.fixture
def purse(clock: Clock) -> Callable[[Person], queries.points.Balance]:
    """Every figure of somebody's purse."""
    return lambda person: queries.balance_of(person, at=clock.now)


@pytest.fixture
def make_gift(rules: None) -> Callable[..., Gift]:
    numbers = count(1)

    def make(**fields: Any) -> Gift:
        number = next(numbers)
        values = {
            "slug": f"gift-{number}",
            "title_en": "Day pass Asia",
            "title_zh": "亚洲日包",
            "cost": 20,
            "stock": 5,
        } | fields
        return Gift.objects.create(**values)

    return make


@pytest.fixture
def gift(make_gift: Callable[..., Gift]) -> Gift:
    return make_gift(slug="day-pass")


@pytest.fixture
def redeem(clock: Clock) -> Callable[..., Redemption]:
    keys = count(1)

    def redeem(person: Person, gift: Gift, key: str | None = None) -> Redemption:
        return actions.redeem(
            person=person, gift=gift, key=key or f"key-{next(keys)}", at=clock.now
        )

    return redeem


@pytest.fixture
def appoint(manager: Person, clock: Clock) -> Callable[..., None]:
    """Take every step with somebody, up to their first day as an agent."""

    def appoint(person: Person, by: Person | None = None) -> None:
        lead_through_programme(person=person, by=by or manager, at=clock.now)

    return appoint


@pytest.fixture
def agent(appoint: Callable[..., None], helper: Person) -> Person:
    appoint(helper)
    return Person.objects.get(pk=helper.pk)
