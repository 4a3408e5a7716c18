"""Threads nobody has solved: what escalation looks for."""

from datetime import datetime

from django.db.models import QuerySet

from community.models import Circle, Question


def waiting_questions(
    *,
    until: datetime,
    answered: bool | None = None,
    circle: Circle | None = None,
    language: str | None = None,
) -> QuerySet[Question]:
    """Visible, unsolved threads of this hall that nobody of our staff has yet.

    `answered=False`: without an answer, waiting since `until` or longer.
    `answered=True`: with answers, the newest given at `until` or before, none accepted.
    `answered=None`: waiting since `until` or longer, answered or not. Oldest first.
    """
    waiting = Question.objects.visible().native().unsolved().without_staff()
    waiting = waiting.waiting_since(until)
    if answered is True:
        waiting = waiting.answered().no_answer_since(until)
    elif answered is False:
        waiting = waiting.unanswered()
    if circle is not None:
        waiting = waiting.in_circle(circle)
    if language is not None:
        waiting = waiting.in_language(language)
    return waiting.order_by("cycle_started_at", "pk")
