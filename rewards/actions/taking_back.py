"""Points go again when their cause is undone, or was unfair."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from people.models import Person
from rewards.actions.booking import (
    Kind,
    Purse,
    hall_account,
    lock_purse,
    lots_in_order,
    move,
    owe,
    record,
    take_from_lots,
)
from rewards.actions.causes import causes_that_hold
from rewards.actions.claims import (
    Cause,
    Claim,
    apply_caps,
    cause_from,
    claims_of,
    cut_claims_near,
    pk_of,
    standing,
)
from rewards.actions.drawing import give_back_to_pots
from rewards.actions.earning import award, pay
from rewards.models import Entry, Lot, LotUse, Transfer


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
    cause = cause_from(person, event, source_type, source_id, partner)
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
        person_id=pk_of(person),
        reason=event,
        source_type=source_type,
        source_id=str(source_id),
    )
    return _take_back(pk_of(person), standing(awards), at, actor)


@transaction.atomic
def claw_back(
    *, person_id: int, which: Q, case_id: int, actor: Person, at: datetime
) -> int:
    """Reverse standing awards for unfair play, as take_back() does; returns points.

    Their causes earn nothing again, whoever undoes and repeats them.
    """
    awards = standing(Transfer.objects.filter(which, person_id=person_id))
    return _take_back(person_id, awards, at, actor, {"case": case_id})


@transaction.atomic
def give_again(*, person_id: int, case_id: int, at: datetime) -> int:
    """Book what claw_back() took for this case once more; returns the points.

    Only of causes that still hold, and under the caps of the days they were earned.
    """
    lock_purse(person_id)
    taken = Transfer.objects.filter(
        person_id=person_id,
        kind=Transfer.Kind.AWARD,
        reversed_by__data__case=case_id,
    )
    given = 0
    for old in causes_that_hold(taken.order_by("pk")):
        new = award(
            event=old.reason,
            person=person_id,
            source_type=old.source_type,
            source_id=old.source_id,
            partner=old.partner_id,
            earned_at=old.earned_at,
            again=True,
            at=at,
        )
        given += issued_by(new) if new else 0
    return given


def _take_back(
    person_id: int,
    awards: QuerySet[Transfer],
    at: datetime,
    actor: Person | None,
    marks: dict[str, Any] | None = None,
) -> int:
    purse = lock_purse(person_id)
    gone = list(awards.order_by("pk"))
    if not gone:
        return 0
    claims = claims_of(person_id, Q(pk__in=[award.pk for award in gone]))
    total = sum(reverse(award, purse, at, actor, marks) for award in gone)
    _make_good(claims, purse, at)
    return total


def reverse(
    award: Transfer,
    purse: Purse,
    at: datetime,
    actor: Person | None,
    marks: dict[str, Any] | None = None,
) -> int:
    """Book the opposite of an award, except for what expired of it already."""
    its_own = Q(transfer=award) | Q(carried_from__transfer=award)
    lots = list(Lot.objects.filter(its_own).values_list("pk", flat=True))
    amount = issued_by(award)
    give_back_to_pots(award, amount)
    amount -= _expired(Q(lot__in=lots))
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
        data={"amount": amount} | (marks or {}),
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
            pay(claim, amount, purse, key=key, actor=None, at=at)
        elif claim.percent and not claim.wanted:
            # A thousand more votes for this answer need not be asked one by one.
            full.add(post)


def issued_by(award: Transfer) -> int:
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
        person_id=person_id,
        kind__in=Transfer.ISSUING,
        reversed_by__isnull=False,
    )
    # From the person's own rows: from the hall's account it would read all of them.
    issued = Sum("entries__amount", filter=Q(entries__debit__kind=Kind.ISSUED))
    given = reversed_ones.aggregate(n=issued)["n"] or 0
    amounts = reversed_ones.values_list("reversed_by__data__amount", flat=True)
    theirs = Q(lot__transfer__in=reversed_ones)
    theirs |= Q(lot__carried_from__transfer__in=reversed_ones)
    return _expired(theirs) - (given - sum(amounts))
