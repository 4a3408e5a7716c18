"""Trust earned by helping. Never spent; points are another room's."""

from django.conf import settings
from django.db import models


class ReputationChange(models.Model):
    """Append-only. A cause undone is a second row, under its own reference."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="reputation_changes"
    )
    amount = models.SmallIntegerField()
    reason = models.CharField(max_length=40)
    reference = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "reason", "reference"],
                name="one_reputation_change_per_cause",
            )
        ]
        indexes = [models.Index(fields=["person", "-at"], name="reputation_history")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.amount:+d} {self.reason}"


class MemberTally(models.Model):
    """What a person's posts add up to, kept by the actions that change it."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        primary_key=True,
        related_name="tally",
    )
    # The plain sum; what people see is never below 1.
    reputation_sum = models.IntegerField(default=0)
    question_count = models.PositiveIntegerField(default=0)
    answer_count = models.PositiveIntegerField(default=0)
    accepted_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.person_id}: {self.reputation}"

    @property
    def reputation(self) -> int:
        return max(1, 1 + self.reputation_sum)
