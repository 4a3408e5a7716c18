"""Shops and systems elsewhere that deliver gifts when they are told of an order."""

from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rewards.models.catalogue import Redemption


class DeliveryHook(models.Model):
    """An address that is told of orders, and the key its messages are signed with."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    url = models.URLField(_("address"), max_length=500)
    sealed_key = models.TextField(editable=False)
    enabled = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("delivery hook")
        verbose_name_plural = _("delivery hooks")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class HookDelivery(models.Model):
    """Something about an order that a hook is told, until it says that it knows."""

    class Event(models.TextChoices):
        """The order's own states: what it has become."""

        ORDERED = Redemption.State.ORDERED, _("to be delivered")
        FULFILLED = Redemption.State.FULFILLED, _("delivered by our team")
        CANCELLED = Redemption.State.CANCELLED, _("cancelled")
        VOIDED = Redemption.State.VOIDED, _("code void, points given back")

    class State(models.TextChoices):
        WAITING = "waiting", _("not told yet")
        TAKEN = "taken", _("taken; to be delivered")
        DELIVERED = "delivered", _("delivered")
        STOPPED = "stopped", _("given up")

    order = models.ForeignKey(
        Redemption, models.PROTECT, related_name="hook_deliveries"
    )
    event = models.CharField(
        max_length=10, choices=Event.choices, default=Event.ORDERED
    )
    hook = models.ForeignKey(DeliveryHook, models.PROTECT, related_name="deliveries")
    # The same in every try, so that the other side delivers once.
    key = models.UUIDField(default=uuid4, unique=True)
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("delivery by hook")
        verbose_name_plural = _("deliveries by hook")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "event"], name="hook_is_told_once_of_an_event"
            )
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="hook_deliveries_by_time"),
            models.Index(
                fields=["at"],
                condition=~Q(state="delivered"),
                name="hook_delivery_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hook_id}: {self.order_id} {self.event}"

    @property
    def outcome(self) -> str:
        """What came of it, in words."""
        if self.is_order or self.state != self.State.DELIVERED:
            return self.get_state_display()
        return str(_("told"))

    @property
    def is_order(self) -> bool:
        """Whether the other side is to deliver; else it is only to know."""
        return self.event == self.Event.ORDERED

    @property
    def is_worth_repeating(self) -> bool:
        """Not what is done, nor an order that is closed."""
        closed = self.order.state != Redemption.State.ORDERED
        return self.state != self.State.DELIVERED and not (self.is_order and closed)


class HookTry(models.Model):
    """What came of telling a hook once; not its words, which may hold a code."""

    delivery = models.ForeignKey(HookDelivery, models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    # 0: nobody answered.
    status = models.PositiveSmallIntegerField(default=0)
    words = models.CharField(max_length=200, blank=True)
    milliseconds = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("try of a delivery")
        verbose_name_plural = _("tries of deliveries")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.delivery_id}: {self.status or self.words}"
