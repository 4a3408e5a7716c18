"""Transfers in words, and points in pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from rewards.models import Gift, Transfer

Kind = Transfer.Kind


def with_sentences(transfers: Sequence[Transfer]) -> list[tuple[Transfer, str]]:
    """Each transfer with why it happened, in the reader's language, in one query."""
    ids = {transfer.data.get("gift") for transfer in transfers} - {None}
    gifts = Gift.objects.in_bulk(ids)
    return [(transfer, _sentence(transfer, gifts)) for transfer in transfers]


def _sentence(transfer: Transfer, gifts: dict[int, Gift]) -> str:
    if transfer.kind == Kind.AWARD:
        return {
            "accepted": _("Your answer was accepted"),
            "upvote": _("Your answer was found helpful"),
            "rescue": _("You answered a question that had waited a day"),
            "article_credit": _("Your answer became part of an official article"),
        }.get(transfer.reason, _("Earned"))
    if transfer.kind == Kind.REVERSAL:
        return {
            "accepted": _("An answer of yours is no longer the accepted one"),
            "upvote": _("A helpful vote was taken back"),
            "rescue": _("An answer of yours is no longer the accepted one"),
            "article_credit": _("A credit in an article was taken back"),
        }.get(transfer.reason, _("Taken back"))
    if transfer.kind in (Kind.REDEEM, Kind.CANCEL, Kind.FULFIL):
        gift = gifts.get(transfer.data.get("gift", 0))
        title = gift.title if gift else ""
        return {
            Kind.REDEEM: _("You ordered “%(gift)s”"),
            Kind.CANCEL: _("The order of “%(gift)s” was cancelled"),
            Kind.FULFIL: _("“%(gift)s” was delivered"),
        }[Kind(transfer.kind)] % {"gift": title}
    if transfer.kind == Kind.VEST:
        return _("Held points were released")
    return _("Points expired")


@dataclass
class Bar:
    x: float
    y: float
    width: float
    height: float
    label: str


def chart_of(
    earned: list[tuple[date, int]], *, today: date, days: int, weeks_wide: int = 7
) -> list[Bar]:
    """Weekly bars of points earned, as percentages of the picture."""
    weeks = -(-days // weeks_wide)
    sums = [0] * weeks
    for day, points in earned:
        age = (today - day).days // weeks_wide
        if 0 <= age < weeks:
            sums[weeks - 1 - age] += points
    highest = max(sums, default=0)
    if not highest:
        return []
    step = 100 / weeks
    return [
        Bar(
            x=round(index * step, 2),
            y=round(100 - 100 * points / highest, 2),
            width=round(step * 0.8, 2),
            height=round(100 * points / highest, 2),
            label=f"{_week_starts(today, weeks - index, weeks_wide)}: {points}",
        )
        for index, points in enumerate(sums)
    ]


def _week_starts(today: date, weeks_ago: int, weeks_wide: int) -> date:
    return today - timedelta(days=weeks_ago * weeks_wide - 1)
