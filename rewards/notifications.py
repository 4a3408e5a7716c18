"""What rewards tell people, in the reader's language."""

from datetime import date, datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _, gettext_lazy, ngettext

from people.models import Notification, Person
from people.registries import notification
from rewards.actions.noticing import KIND as EXPIRING, link_for
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


@notification("rewards.order_lapsed")
def order_lapsed(data: dict[str, Any]) -> str:
    return _("“%(gift)s” was not confirmed in time; your points are back.") % {
        "gift": _gift(data)
    }


@notification("rewards.drop_turn", by_mail=True)
def drop_turn(data: dict[str, Any]) -> str:
    return _("It is your turn: “%(gift)s” is kept for you for 15 minutes.") % {
        "gift": _gift(data)
    }


@notification("rewards.drop_passed")
def drop_passed(data: dict[str, Any]) -> str:
    return _(
        "It was your turn for “%(gift)s”, but you could not have it any more: too few"
        " points, or you had yours. Nothing was taken from you."
    ) % {"gift": _gift(data)}


@notification("rewards.drop_sold_out")
def drop_sold_out(data: dict[str, Any]) -> str:
    return _(
        "“%(gift)s” has all gone. Thank you for waiting; your points are all still"
        " there."
    ) % {"gift": _gift(data)}


def _link_in_mail(told: Notification, at: datetime) -> str:
    return link_for(person=told.person, gift_id=told.data["gift"], at=at)


@notification(
    EXPIRING,
    gettext_lazy("Points of mine expire soon"),
    by_mail=True,
    mail_path=_link_in_mail,
)
def points_expiring(data: dict[str, Any]) -> str:
    day = date_format(date.fromisoformat(data["on"]), "DATE_FORMAT")
    facts = {"day": day, "amount": f"{data['points']:,}", "gift": _gift(data)}
    if facts["gift"]:
        words = ngettext(
            "%(amount)s point expires, from %(day)s on. You could still have"
            " “%(gift)s”; the oldest points are spent first.",
            "%(amount)s points expire, from %(day)s on. You could still have"
            " “%(gift)s”; the oldest points are spent first.",
            data["points"],
        )
    else:
        words = ngettext(
            "%(amount)s point expires, from %(day)s on. See what it still buys.",
            "%(amount)s points expire, from %(day)s on. See what they still buy.",
            data["points"],
        )
    return words % facts


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
