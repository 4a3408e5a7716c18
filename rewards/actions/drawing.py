"""What an award takes out of the pots: the month's, and its campaign's."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from rewards.actions import budgeting
from rewards.actions.claims import Claim, apply_caps
from rewards.models import Campaign, Transfer
from rewards.months import month_of


@dataclass
class Drawn:
    """What the pots gave, and what the award has to remember of it."""

    amount: int = 0
    later: bool = False
    marks: dict[str, Any] = field(default_factory=dict)


def draw(claim: Claim, amount: int, at: datetime) -> Drawn:
    """Take an award's points out of the month's pot and its campaign's.

    A campaign that has no more lets the rule pay as always; a month that has no more
    gives nothing. What was refused is so for good, whatever the caps leave later.
    """
    if amount <= 0:
        return Drawn()
    marks: dict[str, Any] = {}
    missing = claim.wanted - claim.given - claim.refused
    refused = 0
    try:
        # Whatever was taken is put back when the second pot is busy.
        with transaction.atomic():
            extra = claim.extra_in(amount)
            if extra and (pot := _campaign_pot(claim, at)) is not None:
                if budgeting.take(pot, extra):
                    marks["extra"] = extra
                else:
                    refused = claim.extra_in(missing)
                    claim.refused += refused
                    amount = apply_caps(claim)
            if amount and (pot := budgeting.month_pot(at)) is not None:
                if budgeting.take(pot, amount):
                    marks["month"] = month_of(at)
                else:
                    key = f"campaign:{claim.rule.get('campaign')}"
                    budgeting.put_back(key, marks.pop("extra", 0))
                    refused, amount = missing, 0
    except budgeting.PotBusy:
        return Drawn(later=True)
    if refused:
        marks["refused"] = refused
    return Drawn(amount, marks=marks)


def _campaign_pot(claim: Claim, at: datetime) -> Any:
    campaign = Campaign.objects.filter(pk=claim.rule["campaign"]).first()
    return campaign and budgeting.campaign_pot(campaign, at)


def give_back_to_pots(award: Transfer, amount: int) -> None:
    """What is taken back may be given to somebody else, in the month it came from."""
    if month := award.data.get("month"):
        budgeting.put_back(budgeting.month_key(month), amount)
    if extra := award.data.get("extra"):
        budgeting.put_back(f"campaign:{award.data['campaign']}", extra)
