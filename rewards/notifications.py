"""What rewards tell people, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from people.models import Person
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


@notification("rewards.award_given")
def award_given(data: dict[str, Any]) -> str:
    points = data["points"]
    if data["commended"]:
        words = ngettext(
            "Our team commends your answer: %(points)s point for you.",
            "Our team commends your answer: %(points)s points for you.",
            points,
        )
    else:
        words = ngettext(
            "Our team gave you %(points)s point.",
            "Our team gave you %(points)s points.",
            points,
        )
    return words % {"points": f"{points:,}"}


@notification("rewards.award_revoked")
def award_revoked(data: dict[str, Any]) -> str:
    points = data["points"]
    words = ngettext(
        "%(points)s point that our team had given you was taken back.",
        "%(points)s points that our team had given you were taken back.",
        points,
    )
    return words % {"points": f"{points:,}"}


@notification("rewards.pass_on")
def passed_on(data: dict[str, Any]) -> str:
    points = data["points"]
    words = ngettext(
        "You passed %(points)s point on to %(member)s.",
        "You passed %(points)s points on to %(member)s.",
        points,
    )
    return words % {"points": f"{points:,}", "member": _member(data)}


@notification("rewards.receive")
def received(data: dict[str, Any]) -> str:
    points = data["points"]
    words = ngettext(
        "%(member)s passed %(points)s point on to you.",
        "%(member)s passed %(points)s points on to you.",
        points,
    )
    return words % {"points": f"{points:,}", "member": _member(data)}


@notification(
    "rewards.budget_low", gettext_lazy("The month’s points run low"), by_mail=True
)
def budget_low(data: dict[str, Any]) -> str:
    return _(
        "%(percent)s %% of this month's points are given out. "
        "At the ceiling answers earn nothing until next month."
    ) % {"percent": data["percent"]}


@notification(
    "rewards.budget_used_up",
    gettext_lazy("The month’s points are used up"),
    by_mail=True,
)
def budget_used_up(data: dict[str, Any]) -> str:
    return _(
        "This month's %(points)s points are given out: "
        "answers earn nothing until next month, and pages say so."
    ) % {"points": f"{data['points']:,}"}


def _member(data: dict[str, Any]) -> str:
    member = Person.objects.filter(pk=data["member"], erased_at=None).first()
    return member.name if member else _("a member who left")
