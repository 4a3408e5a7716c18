"""What happened to a question, in order, fit for anybody's eyes."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from people.models import Person


class QuestionEvent(models.Model):
    """One step of the public trace. Append-only; `key` makes a repeat harmless.

    Holds kind and data, never sentences: the reader's language decides the words.
    """

    class Kind(models.TextChoices):
        ASKED = "asked", _("Asked")
        ANSWERED = "answered", _("Answered")
        ACCEPTED = "accepted", _("Accepted")
        UNACCEPTED = "unaccepted", _("Re-opened")
        ESCALATED = "escalated", _("Escalated")
        TICKET_OPENED = "ticket_opened", _("Ticket")
        OFFICIAL_ANSWER = "official_answer", _("Official")
        SOLVED = "solved", _("Solved")
        ARTICLE_PUBLISHED = "article_published", _("Article")

    question = models.ForeignKey(
        "community.Question", models.PROTECT, related_name="events"
    )
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    data = models.JSONField(default=dict)
    key = models.CharField(max_length=120, unique=True)

    # Filled in where a whole trace is read: the time since the step before, and who
    # wrote the answer that the step is about.
    gap: timedelta | None
    subject: Person | None

    class Meta:
        ordering = ["question", "seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["question", "seq"], name="event_number_in_question"
            )
        ]
        indexes = [
            models.Index(
                fields=["-at"],
                condition=models.Q(kind="ticket_opened"),
                name="event_ticket_opened",
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id}#{self.seq} {self.kind}"
