"""What points did, day by day: what reports read, however long the ledger is."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class PointsDay(models.Model):
    """Points that left or reached the hall on one day of the site, for one reason.

    Written once the day is over, in one transaction; the ledger says the same.
    """

    class Flow(models.TextChoices):
        ISSUED = "issued", _("given out")
        REDEEMED = "redeemed", _("spent on gifts")
        DONATED = "donated", _("given to good causes")
        EXPIRED = "expired", _("expired")
        CLAWBACK = "clawback", _("taken back")

    day = models.DateField()
    flow = models.CharField(max_length=10, choices=Flow.choices)
    # What of an award counts: its event. Of all else: the kind of transfer.
    reason = models.CharField(max_length=40)
    points = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day", "flow", "reason"], name="one_sum_of_a_day"
            )
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.flow} {self.reason}: {self.points}"
