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
    """One order that a hook is told of, until it says that it has delivered."""

    class State(models.TextChoices):
        WAITING = "waiting", _("not told yet")
        TAKEN = "taken", _("taken; to be delivered")
        DELIVERED = "delivered", _("delivered")
        STOPPED = "stopped", _("given up")

    order = models.OneToOneField(
        Redemption, models.PROTECT, related_name="hook_delivery"
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
        indexes = [
            models.Index(fields=["-at", "-id"], name="hook_deliveries_by_time"),
            models.Index(
                fields=["at"],
                condition=~Q(state="delivered"),
                name="hook_delivery_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hook_id}: {self.order_id}"


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
