"""Points set aside to be given: for a month, or for a campaign."""

from django.db import models
from django.db.models import Q


class Pot(models.Model):
    """So many points may be given from it; what is left lies in its pieces.

    `used_before` is what had been given in its month before the pot was there.
    """

    key = models.CharField(max_length=40, unique=True)
    points = models.PositiveBigIntegerField()
    used_before = models.PositiveBigIntegerField(default=0)
    opened_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class PotPiece(models.Model):
    """A part of a pot. Many small rows, so that nobody waits for another's."""

    pot = models.ForeignKey(Pot, models.PROTECT, related_name="pieces")
    left = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left__gte=0), name="pot_piece_not_negative"
            )
        ]
        indexes = [
            models.Index(
                fields=["pot", "left"],
                condition=Q(left__gt=0),
                name="pot_piece_to_take",
            )
        ]

    def __str__(self) -> str:
        return f"{self.pot_id}: {self.left}"
