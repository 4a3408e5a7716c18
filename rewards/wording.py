"""Transfers in words of the reader's language."""

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from rewards.models import EarnRule, ManualAward, Transfer
from rewards.queries.points import Row

Kind = Transfer.Kind
Event = EarnRule.Event

HOW_TO_EARN = {
    Event.ACCEPTED: gettext_lazy("Your answer is accepted"),
    Event.UPVOTE: gettext_lazy("Somebody finds your answer helpful"),
    Event.RESCUE: gettext_lazy("You were first to help after a day of silence"),
    Event.ARTICLE_CREDIT: gettext_lazy("Your answer becomes part of an article"),
}
EARNED = {
    "accepted": gettext_lazy("Your answer was accepted"),
    "upvote": gettext_lazy("Your answer was found helpful"),
    "rescue": gettext_lazy("You answered a question that had waited a day"),
    "article_credit": gettext_lazy("Your answer became part of an article"),
    "agent_bonus": gettext_lazy("Your bonus as a service agent"),
    ManualAward.Kind.AWARD: gettext_lazy("Our team gave you these points"),
    ManualAward.Kind.COMMENDATION: gettext_lazy("Our team commended your answer"),
}
UNDONE = {
    "accepted": gettext_lazy("Your answer is no longer the accepted one"),
    "upvote": gettext_lazy("A vote for your answer was taken back"),
    "rescue": gettext_lazy("Your answer is no longer the accepted one"),
    "article_credit": gettext_lazy("A credit in an article was taken back"),
    "agent_bonus": gettext_lazy("A bonus as a service agent was taken back"),
    ManualAward.Kind.AWARD: gettext_lazy("Our team took points back that it had given"),
    ManualAward.Kind.COMMENDATION: gettext_lazy("Our team took a commendation back"),
}
ORDERED = {
    Kind.REDEEM: gettext_lazy("You ordered “%(gift)s”"),
    Kind.FULFIL: gettext_lazy("“%(gift)s” was delivered"),
    Kind.CANCEL: gettext_lazy("Your order of “%(gift)s” was cancelled"),
    Kind.VOID: gettext_lazy("The code for “%(gift)s” was not valid"),
}
# Of reasons that no sentence above is about: a site's own code may grant for any.
EARNED_OTHERWISE = gettext_lazy("You were given points")
UNDONE_OTHERWISE = gettext_lazy("Points given to you were taken back")
# Of awards, for reports: what happened, whoever it happened to.
EVENTS = dict(Event.choices) | dict(ManualAward.Kind.choices)


def why(row: Row) -> str:
    """Why the points of this line came or went."""
    transfer = row.transfer
    if transfer.kind in Transfer.ISSUING:
        return _earned(row)
    if transfer.kind == Kind.REVERSAL and "case" in transfer.data:
        return _("Taken back after a review of how it was earned")
    if transfer.kind == Kind.REVERSAL:
        return str(UNDONE.get(transfer.reason, UNDONE_OTHERWISE))
    if transfer.kind in ORDERED:
        title = row.gift.title if row.gift else ""
        return ORDERED[Kind(transfer.kind)] % {"gift": title}
    if transfer.kind == Kind.DONATE:
        title = row.charity.title if row.charity else ""
        return _("You gave points to “%(charity)s”") % {"charity": title}
    if transfer.kind == Kind.PASS_ON:
        return _("You passed points on to %(member)s") % {"member": _member(row)}
    if transfer.kind == Kind.RECEIVE:
        return _("%(member)s passed points on to you") % {"member": _member(row)}
    if transfer.kind == Kind.CARRY:
        return _carried(transfer)
    if transfer.kind == Kind.VEST:
        return _("Held points became yours to spend")
    return _("These points had reached their last day")


def reason_name(reason: str) -> str:
    """What earned, in a report's words."""
    return str(EVENTS.get(reason, reason))


def earned_for(reason: str) -> str:
    """What somebody did to earn, said to them."""
    return str(EARNED.get(reason, EARNED_OTHERWISE))


def _earned(row: Row) -> str:
    what = earned_for(row.transfer.reason)
    if row.campaign is None:
        return what
    return _("%(what)s (%(campaign)s: %(percent)s %%)") % {
        "what": what,
        "campaign": row.campaign.title,
        "percent": row.transfer.data["factor"],
    }


def _carried(transfer: Transfer) -> str:
    points = transfer.data.get("points", 0)
    words = ngettext(
        "%(n)s point near its last day was carried over: it lives longer, this once",
        "%(n)s points near their last day were carried over: they live longer, this "
        "once",
        points,
    )
    return words % {"n": f"{points:,}"}


def _member(row: Row) -> str:
    return row.partner.name if row.partner else _("a member who left")
