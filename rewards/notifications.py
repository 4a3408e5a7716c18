"""What rewards tell people, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from people.registries import notification
from rewards.models import Gift


@notification("rewards.agent_appointed")
def agent_appointed(_data: dict[str, Any]) -> str:
    return _("You are a service agent now. Thank you for helping so many people.")


@notification("rewards.agent_ended")
def agent_ended(_data: dict[str, Any]) -> str:
    return _("Your time as a service agent has ended. Your posts and points stay.")


@notification("rewards.order_fulfilled")
def order_fulfilled(data: dict[str, Any]) -> str:
    return _("“%(gift)s” was delivered.") % {"gift": _gift(data)}


@notification("rewards.order_cancelled")
def order_cancelled(data: dict[str, Any]) -> str:
    return _("Your order of “%(gift)s” was cancelled; the points are back.") % {
        "gift": _gift(data)
    }


@notification("rewards.order_voided")
def order_voided(data: dict[str, Any]) -> str:
    return _("The code for “%(gift)s” was not valid; the points are back.") % {
        "gift": _gift(data)
    }


def _gift(data: dict[str, Any]) -> str:
    gift = Gift.objects.filter(pk=data["gift"]).first()
    return gift.title if gift else ""
