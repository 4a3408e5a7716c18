"""Gifts that open at one moment, and who waits for them."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rewards.models.catalogue import Gift, Redemption


class WaitingRoom(models.Model):
    """How far the queue of a drop has come; counted here so that nobody has to count.

    Numbers are given in the order of lots to who was there at the opening, then in the
    order of arrival. `served` of them have had their turn.
    """

    gift = models.OneToOneField(
        Gift, models.PROTECT, primary_key=True, related_name="waiting_room"
    )
    numbered = models.PositiveIntegerField(default=0)
    served = models.PositiveIntegerField(default=0)
    # As it was when somebody last looked after the room.
    waiting = models.PositiveIntegerField(default=0)
    looked_after_at = models.DateTimeField(null=True)
    # Nothing is left and nobody holds anything: those waiting were told.
    sold_out_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("waiting room")
        verbose_name_plural = _("waiting rooms")
        constraints = [
            models.CheckConstraint(
                condition=Q(served__lte=models.F("numbered")),
                name="nobody_is_served_without_a_number",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gift_id}: {self.served}/{self.numbered}"


class Place(models.Model):
    """Somebody's place in the queue: theirs on every device, and never a second one."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SERVED = "served", _("had a turn")
        PASSED = "passed", _("passed over")
        LEFT = "left", _("left")

    room = models.ForeignKey(WaitingRoom, models.PROTECT, related_name="places")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="places"
    )
    joined_at = models.DateTimeField()
    # Drawn at the door for those who are early, shown to nobody: their order.
    lot = models.BigIntegerField(null=True)
    number = models.PositiveIntegerField(null=True)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    order = models.OneToOneField(
        Redemption, models.PROTECT, null=True, related_name="place"
    )

    class Meta:
        verbose_name = _("place in a waiting room")
        verbose_name_plural = _("places in waiting rooms")
        constraints = [
            models.UniqueConstraint(
                fields=["room", "person"], name="one_place_per_person"
            ),
            models.UniqueConstraint(
                fields=["room", "number"], name="a_number_is_given_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["room", "number"],
                condition=Q(state="waiting"),
                name="place_to_serve",
            ),
            models.Index(
                fields=["room", "joined_at"],
                condition=Q(number__isnull=True),
                name="place_to_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id}: {self.number or '?'}"
