"""Transfers in words of the reader's language."""

from django.utils.translation import gettext as _, gettext_lazy

from rewards.models import EarnRule, Transfer
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
    Event.ACCEPTED: gettext_lazy("Your answer was accepted"),
    Event.UPVOTE: gettext_lazy("Your answer was found helpful"),
    Event.RESCUE: gettext_lazy("You answered a question that had waited a day"),
    Event.ARTICLE_CREDIT: gettext_lazy("Your answer became part of an article"),
}
UNDONE = {
    Event.ACCEPTED: gettext_lazy("Your answer is no longer the accepted one"),
    Event.UPVOTE: gettext_lazy("A vote for your answer was taken back"),
    Event.RESCUE: gettext_lazy("Your answer is no longer the accepted one"),
    Event.ARTICLE_CREDIT: gettext_lazy("A credit in an article was taken back"),
}
ORDERED = {
    Kind.REDEEM: gettext_lazy("You ordered “%(gift)s”"),
    Kind.CANCEL: gettext_lazy("Your order of “%(gift)s” was cancelled"),
    Kind.VOID: gettext_lazy("The code for “%(gift)s” was not valid"),
}


def why(row: Row) -> str:
    """Why the points of this line came or went."""
    transfer = row.transfer
    if transfer.kind == Kind.AWARD:
        return str(EARNED[Event(transfer.reason)])
    if transfer.kind == Kind.REVERSAL:
        return str(UNDONE[Event(transfer.reason)])
    if transfer.kind in ORDERED:
        title = row.gift.title if row.gift else ""
        return ORDERED[Kind(transfer.kind)] % {"gift": title}
    if transfer.kind == Kind.VEST:
        return _("Held points became yours to spend")
    return _("These points had reached their last day")
