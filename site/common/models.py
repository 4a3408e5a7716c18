"""What must happen later, who runs the timers, and how often something was done."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class OutboxRow(models.Model):
    """One thing to do, written in the transaction of the fact that asks for it."""

    kind = models.CharField(max_length=100)
    key = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    # Changes with every put, so that a handler which began before the newest one
    # does not mark it done.
    version = models.UUIDField()
    put_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    claim = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("outbox row")
        verbose_name_plural = _("outbox rows")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "key"], name="one_outbox_row_per_kind_and_key"
            )
        ]
        indexes = [
            models.Index(
                fields=["kind", "next_at"],
                name="outbox_waiting",
                condition=Q(done_at=None),
            ),
            models.Index(F("claim"), name="outbox_claimed", condition=~Q(claim=None)),
            models.Index(
                fields=["done_at"], name="outbox_done", condition=~Q(done_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class TimerLease(models.Model):
    """When a timer last ran, and who is running it now."""

    name = models.CharField(max_length=100, unique=True)
    last_run_at = models.DateTimeField(null=True)
    leased_until = models.DateTimeField(null=True)
    owner = models.CharField(max_length=100, blank=True)
    last_note = models.TextField(blank=True)
    last_error = models.TextField(blank=True)

    class Meta:
        verbose_name = _("timer")
        verbose_name_plural = _("timers")

    def __str__(self) -> str:
        return self.name


class LimitWindow(models.Model):
    """How often something was done since the window began. Keys are hashes."""

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("limit window")
        verbose_name_plural = _("limit windows")

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.count}"
