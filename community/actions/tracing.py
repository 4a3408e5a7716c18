"""The public trace: one numbered row per step, never changed afterwards."""

from datetime import datetime
from typing import Any

from django.db import transaction

from community.models import Question, QuestionEvent
from people.models import Person


@transaction.atomic
def add_event(
    *,
    question: Question,
    kind: str,
    key: str,
    at: datetime,
    actor: Person | None = None,
    data: dict[str, Any] | None = None,
) -> QuestionEvent:
    """Write a step down, or return the one that has this key already.

    `data` is public: ids and references, never sentences and nothing private.
    """
    row = Question.objects.filter(pk=question.pk)
    # The lock numbers the steps and lets one of two equal keys through.
    steps = row.select_for_update(no_key=True).values_list("event_count", flat=True)
    number = steps.get() + 1
    if known := QuestionEvent.objects.filter(key=key).first():
        return known
    event = QuestionEvent.objects.create(
        question=question,
        seq=number,
        at=at,
        actor=actor,
        kind=kind,
        data=data or {},
        key=key,
    )
    row.update(event_count=number)
    question.event_count = number
    return event
