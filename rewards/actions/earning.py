"""Points come, and go again when their cause is undone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from people.models import Person
from rewards.actions.booking import (
    Kind,
    Purse,
    hall_account,
    lock_purse,
    lots_in_order,
    move,
    owe,
    pay_debt,
    record,
    take_from_lots,
)
from rewards.actions.claims import (
    Cause,
    Claim,
    apply_caps,
    claims_of,
    cut_claims_near,
    standing,
    terms_of,
)
from rewards.models import EarnRule, Entry, Lot, LotUse, Transfer
from rewards.months import months_later


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
) -> Transfer | None:
    """Give what the rule of this event says, within its caps.

    One cause (event, source, partner) earns once: while its award stands, a repeat
    changes nothing and returns None, as it does without a rule in force. `earned_at`
    is the day that counts for the caps, if it is another than that of `at`.
    """
    rule = EarnRule.objects.filter(event=event, enabled=True, points__gt=0).first()
    if rule is None:
        return None
    cause = Cause(_pk(person), event, source_type, str(source_id), _pk_or_none(partner))
    purse = lock_purse(cause.person_id)
    reversals = list(cause.awards().values_list("reversed_by", flat=True))
    if None in reversals:
        return None
    claim = Claim(cause, earned_at or at, terms_of(rule))
    key = f"{cause.key}:{len(reversals) + 1}"
    return _pay(claim, apply_caps(claim), purse, key=key, actor=actor, at=at)


@transaction.atomic
def take_back(
    *,
    event: str,
    person: Person | int,
    source_type: str,
    source_id: object,
    at: datetime,
    partner: Person | int | None = None,
    actor: Person | None = None,
) -> int:
    """Reverse what this cause earned; returns how many points that were.

    Held points go first, then spendable ones; what was spent already is owed. What
    the caps had cut because of it is paid now. Nothing stands: nothing changes.
    """
    cause = Cause(_pk(person), event, source_type, str(source_id), _pk_or_none(partner))
    return _take_back(cause.person_id, standing(cause.awards()), at, actor)


@transaction.atomic
def take_back_from(
    *,
    event: str,
    person: Person | int,
    source_type: str,
    source_id: object,
    at: datetime,
    actor: Person | None = None,
) -> int:
    """Reverse what this source earned through anybody, as take_back() does for one."""
    awards = Transfer.objects.filter(
        person_id=_pk(person),
        reason=event,
        source_type=source_type,
        source_id=str(source_id),
    )
    return _take_back(_pk(person), standing(awards), at, actor)


def _take_back(person_id: int, awards: Any, at: datetime, actor: Person | None) -> int:
    purse = lock_purse(person_id)
    gone = list(awards.order_by("pk"))
    if not gone:
        return 0
    claims = claims_of(person_id, Q(pk__in=[award.pk for award in gone]))
    total = sum(_reverse(award, purse, at, actor) for award in gone)
    _make_good(claims, purse, at)
    return total


def _reverse(award: Transfer, purse: Purse, at: datetime, actor: Person | None) -> int:
    """Book the opposite of an award, except for what expired of it already."""
    lots = list(Lot.objects.filter(transfer=award).values_list("pk", flat=True))
    amount = _given(award) - _expired(Q(lot__in=lots))
    missing = amount - purse.held.balance - purse.spendable.balance
    if missing > 0:
        amount -= min(missing, _expired_in_others_place(purse.person_id))
    transfer = record(
        kind=Transfer.Kind.REVERSAL,
        key=f"reverse:{award.pk}",
        person=purse.person_id,
        partner_id=award.partner_id,
        actor=actor,
        reason=award.reason,
        source_type=award.source_type,
        source_id=award.source_id,
        data={"amount": amount},
        reverses=award,
        at=at,
    )
    clawback = hall_account(Kind.CLAWBACK)
    missing = amount
    for account in (purse.held, purse.spendable):
        part = min(missing, account.balance)
        take_from_lots(transfer, lots_in_order(account, first=lots), part)
        move(transfer, account, clawback, part)
        missing -= part
    if missing:
        owe(purse.person_id, missing)
    return amount


def _make_good(gone: Sequence[Claim], purse: Purse, at: datetime) -> None:
    """Pay what the caps had cut because of awards that no longer stand."""
    full: set[Cause] = set()
    for claim in cut_claims_near(gone):
        post = replace(claim.cause, partner_id=None)
        if post in full:
            continue
        before = (claim.percent, claim.wanted)
        amount = apply_caps(claim)
        if amount or before != (claim.percent, claim.wanted):
            number = claim.cause.awards().count() + 1
            key = f"more:{claim.first_pk}:{number}"
            _pay(claim, amount, purse, key=key, actor=None, at=at)
        elif claim.percent and not claim.wanted:
            # A thousand more votes for this answer need not be asked one by one.
            full.add(post)


def _pay(
    claim: Claim,
    amount: int,
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
        data=claim.terms,
        earned_at=claim.earned_at,
        at=at,
    )
    if amount:
        _grant(transfer, purse, amount, claim, at)
    return transfer


def _grant(
    transfer: Transfer, purse: Purse, amount: int, claim: Claim, at: datetime
) -> None:
    vests_at = claim.earned_at + timedelta(days=claim.rule["vest_days"])
    held = vests_at > at
    account = purse.held if held else purse.spendable
    move(transfer, hall_account(Kind.ISSUED), account, amount)
    Lot.objects.create(
        account=account,
        transfer=transfer,
        granted=amount,
        remaining=amount,
        vests_at=vests_at if held else None,
        # Points held for long must not expire before they can be spent.
        expires_at=months_later(max(at, vests_at), claim.rule["months"]),
    )
    pay_debt(transfer, purse)


def _given(award: Transfer) -> int:
    issued = Entry.objects.filter(transfer=award, debit__kind=Kind.ISSUED)
    return issued.aggregate(n=Sum("amount"))["n"] or 0


def _expired(of_lots: Q) -> int:
    uses = LotUse.objects.filter(of_lots, transfer__kind=Transfer.Kind.EXPIRE)
    return uses.aggregate(n=Sum("amount"))["n"] or 0


def _expired_in_others_place(person_id: int) -> int:
    """Points that expired in lots whose award had been taken back before.

    Points of other awards had gone for those, while a cancelled order gave these
    back: they are gone once already and must not become a debt.
    """
    reversed_ones = Transfer.objects.filter(
        person_id=person_id, kind=Transfer.Kind.AWARD, reversed_by__isnull=False
    )
    issued = Entry.objects.filter(transfer__in=reversed_ones, debit__kind=Kind.ISSUED)
    given = issued.aggregate(n=Sum("amount"))["n"] or 0
    amounts = reversed_ones.values_list("reversed_by__data__amount", flat=True)
    return _expired(Q(lot__transfer__in=reversed_ones)) - (given - sum(amounts))


def _pk(person: Person | int) -> int:
    return person if isinstance(person, int) else person.pk


def _pk_or_none(person: Person | int | None) -> int | None:
    return None if person is None else _pk(person)
