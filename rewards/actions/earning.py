"""Points come when somebody has helped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from common import outbox
from people.models import Person
from rewards.actions.booking import Purse, issue, lock_purse, record
from rewards.actions.budgeting import PotBusy
from rewards.actions.campaigning import best_campaign
from rewards.actions.claims import (
    Cause,
    Claim,
    apply_caps,
    cause_from,
    claims_of,
    in_campaign,
    terms_of,
)
from rewards.actions.drawing import Drawn, draw
from rewards.models import EarnRule, Transfer

PAY_LATER = "rewards.pay_later"


@transaction.atomic
def award(
    *,
    event: str,
    person: Person | int,
    source_type: str,
    source_id: object,
    at: datetime,
    partner: Person | int | None = None,
    earned_at: datetime | None = None,
    actor: Person | None = None,
    points: int | None = None,
    again: bool = False,
) -> Transfer | None:
    """Give what the rule of this event says, within its caps.

    `points` instead of the rule's, where somebody decides them case by case: no
    campaign multiplies those. What was taken back for unfair play earns nothing more,
    unless an appeal says `again`.

    One cause (event, source, partner) earns once: while its award stands, a repeat
    changes nothing and returns None, as it does without a rule in force. `earned_at`
    is the day that counts for the caps, if it is another than that of `at`. A
    campaign counts if it ran when the cause earned for the first time.
    """
    rule = EarnRule.objects.filter(event=event, enabled=True, points__gt=0).first()
    if rule is None:
        return None
    cause = cause_from(person, event, source_type, source_id, partner)
    purse = lock_purse(cause.person_id)
    before = list(cause.awards().order_by("pk").select_related("reversed_by"))
    if any(not hasattr(award, "reversed_by") for award in before):
        return None
    if before and "case" in before[-1].reversed_by.data and not again:
        return None
    terms = terms_of(rule)
    if points is None:
        terms = _with_campaign(terms, cause, before, earned_at or at)
    else:
        terms |= {"points": points}
    claim = Claim(cause, earned_at or at, terms)
    key = f"{cause.key}:{len(before) + 1}"
    return pay(claim, apply_caps(claim), purse, key=key, actor=actor, at=at)


@transaction.atomic
def pay_later(*, person_id: int, award_id: int, at: datetime) -> int:
    """Pay what an award lacks because others held the budget at that moment.

    Returns the points. Raises PotBusy when they do so again.
    """
    purse = lock_purse(person_id)
    award = Transfer.objects.get(pk=award_id)
    same_cause = Q(
        reason=award.reason,
        source_type=award.source_type,
        source_id=award.source_id,
        partner_id=award.partner_id,
    )
    paid = 0
    for claim in claims_of(person_id, same_cause):
        amount = apply_caps(claim)
        drawn = draw(claim, amount, at)
        if drawn.later:
            raise PotBusy
        if amount:
            key = f"more:{claim.first_pk}:{claim.cause.awards().count() + 1}"
            _book(claim, drawn, purse, key=key, actor=None, at=at)
            paid += drawn.amount
    return paid


def pay(
    claim: Claim,
    amount: int,
    purse: Purse,
    *,
    key: str,
    actor: Person | None,
    at: datetime,
) -> Transfer:
    """Book an award, of what the caps leave and the budget has."""
    drawn = draw(claim, amount, at)
    award = _book(claim, drawn, purse, key=key, actor=actor, at=at)
    if drawn.later:
        later = {"person": award.person_id, "award": award.pk}
        outbox.put(PAY_LATER, str(award.pk), later, at=at)
    return award


def _with_campaign(
    terms: dict[str, Any], cause: Cause, before: Sequence[Transfer], at: datetime
) -> dict[str, Any]:
    """What was earned within a campaign keeps it; what was not never gets one."""
    if before:
        first = before[0].data
        if "campaign" not in first:
            return terms
        return in_campaign(terms, first["campaign"], first["factor"])
    campaign = best_campaign(cause, at)
    if campaign is None:
        return terms
    return in_campaign(terms, campaign.pk, campaign.factor_percent)


def _book(
    claim: Claim,
    drawn: Drawn,
    purse: Purse,
    *,
    key: str,
    actor: Person | None,
    at: datetime,
) -> Transfer:
    cause = claim.cause
    transfer = record(
        kind=Transfer.Kind.AWARD,
        key=key,
        person=cause.person_id,
        partner_id=cause.partner_id,
        actor=actor,
        reason=cause.event,
        source_type=cause.source_type,
        source_id=cause.source_id,
        data=claim.terms | drawn.marks,
        earned_at=claim.earned_at,
        at=at,
    )
    if drawn.amount:
        vests_at = claim.earned_at + timedelta(days=claim.rule["vest_days"])
        months = claim.rule["months"]
        issue(transfer, purse, drawn.amount, vests_at=vests_at, months=months, at=at)
    return transfer
