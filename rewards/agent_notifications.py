"""What the agents' programme tells people, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from people.registries import notification
from rewards.models import Ability, BonusBand, Notice

PROGRAMME = gettext_lazy("Your part as a service agent")
CANDIDATES = gettext_lazy("Whom you invited as service agents")
LINES = gettext_lazy("Agents who wait on the staff line")


@notification("rewards.agent_invited", PROGRAMME, by_mail=True)
def agent_invited(data: dict[str, Any]) -> str:
    return _(
        "You help so many people that we would like you as a service agent. "
        "Read what that means and say yes or no within %(days)s days."
    ) % {"days": data["days"]}


@notification("rewards.agent_paused")
def agent_paused(_data: dict[str, Any]) -> str:
    return _("Our team has paused your part as a service agent. Your bench says more.")


@notification("rewards.agent_paused_for_terms")
def agent_paused_for_terms(_data: dict[str, Any]) -> str:
    return _("Your bench is closed until you agree to the new terms. Nothing is lost.")


@notification("rewards.agent_back")
def agent_back(_data: dict[str, Any]) -> str:
    return _("Your break is over: your bench is open again.")


@notification("rewards.agent_new_terms", PROGRAMME, by_mail=True)
def agent_new_terms(_data: dict[str, Any]) -> str:
    return _("The terms for service agents have a new version. Please read and decide.")


@notification("rewards.agent_certificate_ends", PROGRAMME)
def agent_certificate_ends(data: dict[str, Any]) -> str:
    ability = Ability.objects.filter(pk=data["ability"]).first()
    return _("Your certificate “%(ability)s” ends soon. Take the test again.") % {
        "ability": ability.title if ability else ""
    }


@notification("rewards.agent_line", PROGRAMME, by_mail=True)
def agent_line(_data: dict[str, Any]) -> str:
    return _("Our team wrote to you on the staff line.")


@notification("rewards.agent_waits", LINES)
def agent_waits(data: dict[str, Any]) -> str:
    return _("%(name)s wrote on the staff line and waits for an answer.") % data


@notification("rewards.agent_notice", PROGRAMME, by_mail=True)
def agent_notice(data: dict[str, Any]) -> str:
    """Says what about only while the reader may read it: mail is sent later."""
    notice = Notice.objects.filter(pk=data["notice"], withdrawn_at=None).first()
    if notice is None:
        return _("An early notice was withdrawn.")
    return _("There is an early notice for service agents on your bench.")


@notification("rewards.agent_bonus", PROGRAMME, by_mail=True)
def agent_bonus(data: dict[str, Any]) -> str:
    band = BonusBand.objects.filter(pk=data["band"]).first()
    return _("Your bonus for %(month)s: “%(band)s”, %(points)s points. Thank you!") % {
        "month": data["month"],
        "band": band.title if band else "",
        "points": data["points"],
    }


@notification("rewards.agent_said_yes", CANDIDATES)
def agent_said_yes(data: dict[str, Any]) -> str:
    return _("%(name)s accepted your invitation as a service agent.") % data


@notification("rewards.agent_said_no", CANDIDATES)
def agent_said_no(data: dict[str, Any]) -> str:
    return _("%(name)s declined your invitation as a service agent.") % data


@notification("rewards.agent_said_nothing", CANDIDATES)
def agent_said_nothing(data: dict[str, Any]) -> str:
    return _("Your invitation to %(name)s ran out without an answer.") % data
