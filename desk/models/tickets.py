"""A ticket: one person's trouble that our team has promised to settle."""

from __future__ import annotations

import re
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Final, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from desk import numbers
from desk.models.rules import Priority, Queue
from people.models import Person

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Reader = Person | AnonymousUser

# Crockford's base 32: no I, L, O or U, so that it survives a telephone call.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_CHARS: Final = 8
_READ_AS = str.maketrans("ILO", "110")


def new_reference() -> str:
    """Random, so that nobody learns from one ticket how many there are."""
    return "".join(secrets.choice(ALPHABET) for _ in range(REFERENCE_CHARS))


def reference_from(typed: str) -> str:
    """The reference somebody meant: case, dashes, I, L and O are forgiven."""
    return re.sub(r"[\s-]", "", typed).upper().translate(_READ_AS)


class TicketState(models.TextChoices):
    NEW = "new", pgettext_lazy("ticket", "new")
    ASSIGNED = "assigned", pgettext_lazy("ticket", "assigned")
    IN_PROGRESS = "in_progress", pgettext_lazy("ticket", "in progress")
    WAITING_CUSTOMER = (
        "waiting_customer",
        pgettext_lazy("ticket", "waiting for the customer"),
    )
    ANSWERED = "answered", pgettext_lazy("ticket", "answered")
    RESOLVED = "resolved", pgettext_lazy("ticket", "resolved")
    CLOSED = "closed", pgettext_lazy("ticket", "closed")


_S = TicketState
# The customer has what they came for, or we cannot do more.
ENDED: Final = frozenset({_S.RESOLVED, _S.CLOSED})
# Our team owes the next word.
WITH_US: Final = frozenset({_S.NEW, _S.ASSIGNED, _S.IN_PROGRESS})
_HELD: Final = frozenset({_S.ASSIGNED, _S.IN_PROGRESS})

TRANSITIONS: Final[dict[str, frozenset[str]]] = {
    _S.NEW: frozenset(
        {_S.ASSIGNED, _S.IN_PROGRESS, _S.WAITING_CUSTOMER, _S.ANSWERED, *ENDED}
    ),
    _S.ASSIGNED: frozenset({_S.IN_PROGRESS, _S.WAITING_CUSTOMER, _S.ANSWERED, *ENDED}),
    # Handed over, it is only assigned until the next one takes it.
    _S.IN_PROGRESS: frozenset({_S.ASSIGNED, _S.WAITING_CUSTOMER, _S.ANSWERED, *ENDED}),
    # The customer wrote: back to whoever has it, or into the queue.
    _S.WAITING_CUSTOMER: frozenset({_S.NEW, _S.IN_PROGRESS, _S.ANSWERED, *ENDED}),
    _S.ANSWERED: frozenset({_S.NEW, _S.IN_PROGRESS, _S.WAITING_CUSTOMER, *ENDED}),
    # Re-opened.
    _S.RESOLVED: frozenset({_S.NEW, _S.ASSIGNED}),
    _S.CLOSED: frozenset({_S.NEW, _S.ASSIGNED}),
}


class TicketQuerySet(models.QuerySet):
    def open(self) -> Self:
        return self.filter(closed_at__isnull=True)

    def visible_to(self, person: Reader) -> Self:
        """Our desk sees every ticket, anybody else only their own."""
        if not person.is_authenticated:
            return self.none()
        if person.has_perm("desk.work_tickets"):
            return self
        return self.filter(requester=person)

    def of(self, requester: Person) -> Self:
        return self.filter(requester=requester)

    def held_by(self, person: Person) -> Self:
        return self.filter(assignee=person)

    def unassigned(self) -> Self:
        return self.filter(assignee__isnull=True)

    def overdue(self, at: datetime) -> Self:
        return self.filter(due_at__lt=at)

    def at_risk(self, at: datetime) -> Self:
        """Late, or soon late: `due_at` is only set while our team owes a word."""
        return self.filter(due_at__lte=at + numbers.AT_RISK)

    def due_first(self) -> Self:
        return self.order_by(F("due_at").asc(nulls_last=True), "opened_at", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-opened_at", "-pk")


class Ticket(models.Model):
    reference = models.CharField(
        max_length=REFERENCE_CHARS, unique=True, default=new_reference, editable=False
    )
    # Null for a private ticket, which never had a public question.
    question = models.ForeignKey(
        "community.Question",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets",
    )
    # Whose trouble it is: the asker.
    requester = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="tickets"
    )
    # Who handed it to us; null when a rule did.
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    queue = models.ForeignKey(Queue, models.PROTECT, related_name="tickets")
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tickets_held",
    )
    priority = models.PositiveSmallIntegerField(
        choices=Priority.choices, default=Priority.NORMAL
    )
    state = models.CharField(
        max_length=20, choices=TicketState.choices, default=TicketState.NEW
    )
    subject = models.CharField(max_length=numbers.SUBJECT_MOST)
    # Opened once, re-opened n times.
    cycle = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    # When the person hears from us at the latest; null while it is their turn.
    due_at = models.DateTimeField(null=True, blank=True)
    first_answered_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    event_count = models.PositiveIntegerField(default=0)

    objects = TicketQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("noun", "ticket")
        verbose_name_plural = pgettext_lazy("noun", "tickets")
        permissions = [
            ("work_tickets", _("Can work on tickets")),
            ("request_escalation", _("Can hand any question to our team")),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["question"],
                condition=Q(closed_at__isnull=True),
                name="one_open_ticket_per_thread",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(ENDED), closed_at__isnull=False)
                | (~Q(state__in=sorted(ENDED)) & Q(closed_at__isnull=True)),
                name="an_ended_ticket_has_a_date",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(_HELD)) | Q(assignee__isnull=False),
                name="an_assigned_ticket_has_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(WITH_US)) | Q(due_at__isnull=True),
                name="due_only_while_it_is_our_turn",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "opened_at"],
                condition=Q(closed_at__isnull=True),
                name="ticket_open_by_due",
            ),
            models.Index(fields=["requester", "-opened_at"], name="ticket_of_asker"),
            models.Index(fields=["-opened_at"], name="ticket_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.subject}"

    def get_absolute_url(self) -> str:
        return reverse("desk:ticket", args=[self.reference])

    def get_desk_url(self) -> str:
        """Where our team works on it, in the admin."""
        return reverse("desk_admin:ticket", args=[self.reference])

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_with_us(self) -> bool:
        return self.state in WITH_US

    @property
    def promised(self) -> Priority:
        return Priority(self.priority)

    def is_overdue(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at < at

    def is_at_risk(self, at: datetime) -> bool:
        return self.due_at is not None and self.due_at <= at + numbers.AT_RISK

    def may_become(self, state: str) -> bool:
        return state in TRANSITIONS[self.state]


class TicketEvent(models.Model):
    """What happened to a ticket, in order. Append-only; kind and data, no sentences.

    Nothing anybody wrote is in here: a message can be forgotten, an event cannot.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        ROUTED = "routed", _("queue or priority changed")
        ASSIGNED = "assigned", _("assigned")
        TAKEN = "taken", _("taken")
        NOTED = "noted", _("note for colleagues")
        REPLIED = "replied", _("we wrote")
        WROTE = "wrote", _("the customer wrote")
        ANSWERED_IN_THREAD = "answered_in_thread", _("answered in the thread")
        OFFICIAL_ANSWER = "official_answer", _("official answer")
        SOLVED_IN_THREAD = "solved_in_thread", _("solved in the thread")
        THREAD_REMOVED = "thread_removed", _("question removed")
        THREAD_RESTORED = "thread_restored", _("question restored")
        THREAD_REOPENED = "thread_reopened", _("question re-opened")
        RESOLVED = "resolved", _("resolved")
        CLOSED = "closed", _("closed")
        REOPENED = "reopened", _("re-opened")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("the customer and our team")
        INTERNAL = "internal", _("our team only")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="events")
    seq = models.PositiveIntegerField()
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    visibility = models.CharField(
        max_length=10, choices=Visibility.choices, default=Visibility.INTERNAL
    )
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["ticket", "seq"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket", "seq"], name="event_number_in_ticket"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ticket_id}#{self.seq} {self.kind}"

    @property
    def is_public(self) -> bool:
        return self.visibility == self.Visibility.PUBLIC


class TicketMessage(models.Model):
    """What was written in a ticket. Blanked when the person it is about is erased."""

    class Kind(models.TextChoices):
        FROM_ASKER = "from_asker", _("from the customer")
        TO_ASKER = "to_asker", _("to the customer")
        NOTE = "note", _("note for colleagues")

    ticket = models.ForeignKey(Ticket, models.PROTECT, related_name="messages")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    body = models.TextField()
    html = models.TextField()
    renderer_version = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        indexes = [models.Index(fields=["author", "-at"], name="message_by_author")]

    def __str__(self) -> str:
        return f"{self.ticket_id} {self.kind} {self.pk}"

    @property
    def is_note(self) -> bool:
        return self.kind == self.Kind.NOTE
