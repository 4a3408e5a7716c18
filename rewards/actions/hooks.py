"""What the other side of a hook has to hear, put down where it happens."""

from datetime import datetime

from common import outbox
from rewards.models import DeliveryHook, HookDelivery, Redemption

DELIVER = "rewards.deliver"
Event = HookDelivery.Event


def ask_hook(order: Redemption, at: datetime) -> None:
    """Have the gift's hook told of the order, in the transaction that made it."""
    gift = order.gift
    if gift.hook is not None and not gift.has_codes:
        _put(order, Event.ORDERED, gift.hook, at)


def tell_hook(order: Redemption, at: datetime) -> None:
    """Have it told what became of the order, if it was asked to deliver.

    Also if no word reached it yet as far as we know: a worker may have died telling.
    """
    deliveries = HookDelivery.objects.select_related("hook")
    asked = deliveries.filter(order=order, event=Event.ORDERED).first()
    if asked is not None:
        _put(order, Event(order.state), asked.hook, at)


def _put(order: Redemption, event: str, hook: DeliveryHook, at: datetime) -> None:
    delivery = HookDelivery.objects.create(order=order, event=event, hook=hook, at=at)
    outbox.put(DELIVER, str(delivery.pk), {"delivery": delivery.pk}, at=at)
