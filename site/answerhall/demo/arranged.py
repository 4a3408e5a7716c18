"""Dealings of the demo that look arranged, for staff to decide about."""

import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from community import actions as community
from community.models import Answer, Circle, Question
from people.actions import create_person
from people.models import Person
from rewards.actions.looking import review_fair_play

HappenAt = Callable[[datetime, Callable[[datetime], None]], None]
# After the second round; what comes later waits already.
LOOK_HOURS_AGO = 40


def arrange(happen_at: HappenAt, *, circle: Circle, now: datetime) -> None:
    """Let four accounts deal with each other, and the hall look at it at night."""
    text = Path(__file__).with_name("arranged.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    people = [
        create_person(
            handle=row["handle"],
            display_name=row["display_name"],
            at=now - timedelta(days=24),
        )
        for row in data["person"]
    ]
    known = {person.handle: person for person in people}
    for row in data["thread"]:
        at = now - timedelta(hours=row["hours_ago"])
        happen_at(at, partial(_ask, happen_at, row, known, circle))
    happen_at(now - timedelta(hours=LOOK_HOURS_AGO), _look)


def _ask(
    happen_at: HappenAt,
    row: dict[str, Any],
    people: dict[str, Person],
    circle: Circle,
    at: datetime,
) -> None:
    question = community.ask(
        person=people[row["asker"]],
        title=row["title"],
        body=row["body"],
        circle=circle,
        tags=[],
        language=row["language"],
        at=at,
    )
    helper = next(iter(people.values()))
    happen_at(
        at + timedelta(minutes=4), partial(_answer, happen_at, row, question, helper)
    )


def _answer(
    happen_at: HappenAt,
    row: dict[str, Any],
    question: Question,
    helper: Person,
    at: datetime,
) -> None:
    answer = community.answer(
        person=helper,
        question=Question.objects.get(pk=question.pk),
        body=row["answer"],
        at=at,
    )
    happen_at(at + timedelta(seconds=40), partial(_agree, answer))


def _agree(answer: Answer, at: datetime) -> None:
    found = Answer.objects.select_related("question__author").get(pk=answer.pk)
    asker = found.question.author
    community.vote(person=asker, post=found, value=1, at=at)
    community.accept(person=asker, answer=Answer.objects.get(pk=answer.pk), at=at)


def _look(at: datetime) -> None:
    review_fair_play(at=at)
