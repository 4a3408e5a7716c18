"""Points come, and go again when their cause is undone."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, Sum

from common import outbox
from people.models import Person
from rewards.actions import budgeting
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
from rewards.actions.campaigning import best_campaign
from rewards.actions.causes import causes_that_hold
from rewards.actions.claims import (
    Cause,
    Claim,
    apply_caps,
    claims_of,
    cut_claims_near,
    in_campaign,
    standing,
    terms_of,
)
from rewards.models import Campaign, EarnRule, Entry, Lot, LotUse, Transfer
from rewards.months import month_of, months_later
from rewards.queries.withholding import is_withheld

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
    cause = Cause(_pk(person), event, source_type, str(source_id), _pk_or_none(partner))
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
    return _pay(claim, apply_caps(claim), purse, key=key, actor=actor, at=at)


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
        drawn = _draw(claim, amount, at)
        if drawn.later:
            raise budgeting.PotBusy
        if amount:
            key = f"more:{claim.first_pk}:{claim.cause.awards().count() + 1}"
            _book(claim, drawn, purse, key=key, actor=None, at=at)
            paid += drawn.amount
    return paid


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
        given += _given(new) if new else 0
    return given


def _take_back(
    person_id: int,
    awards: Any,
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
    amount = _given(award)
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
    """Book an award, of what the caps leave and the budget has."""
    drawn = _draw(claim, amount, at)
    award = _book(claim, drawn, purse, key=key, actor=actor, at=at)
    if drawn.later:
        later = {"person": award.person_id, "award": award.pk}
        outbox.put(PAY_LATER, str(award.pk), later, at=at)
    return award


@dataclass
class _Drawn:
    """What the pots gave, and what the award has to remember of it."""

    amount: int = 0
    later: bool = False
    marks: dict[str, Any] = field(default_factory=dict)


def _draw(claim: Claim, amount: int, at: datetime) -> _Drawn:
    """Take an award's points out of the month's pot and its campaign's.

    A campaign that has no more lets the rule pay as always; a month that has no more
    gives nothing. What was refused is so for good, whatever the caps leave later.
    """
    if amount <= 0:
        return _Drawn()
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
        return _Drawn(later=True)
    if refused:
        marks["refused"] = refused
    return _Drawn(amount, marks=marks)


def _campaign_pot(claim: Claim, at: datetime) -> Any:
    campaign = Campaign.objects.filter(pk=claim.rule["campaign"]).first()
    return campaign and budgeting.campaign_pot(campaign, at)


def give_back_to_pots(award: Transfer, amount: int) -> None:
    """What is taken back may be given to somebody else, in the month it came from."""
    if month := award.data.get("month"):
        budgeting.put_back(budgeting.month_key(month), amount)
    if extra := award.data.get("extra"):
        budgeting.put_back(f"campaign:{award.data['campaign']}", extra)


def _book(
    claim: Claim,
    drawn: _Drawn,
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


def issue(
    transfer: Transfer,
    purse: Purse,
    amount: int,
    *,
    vests_at: datetime,
    months: int,
    at: datetime,
) -> None:
    """Bring new points into a purse, as a lot of their own.

    They are held until `vests_at`, and while a fair-play case about them is open.
    """
    held = vests_at > at or is_withheld(transfer)
    account = purse.held if held else purse.spendable
    move(transfer, hall_account(Kind.ISSUED), account, amount)
    Lot.objects.create(
        account=account,
        transfer=transfer,
        granted=amount,
        remaining=amount,
        vests_at=vests_at if held else None,
        # Points held for long must not expire before they can be spent.
        expires_at=months_later(max(at, vests_at), months),
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
        person_id=person_id,
        kind__in=Transfer.ISSUING,
        reversed_by__isnull=False,
    )
    issued = Entry.objects.filter(transfer__in=reversed_ones, debit__kind=Kind.ISSUED)
    given = issued.aggregate(n=Sum("amount"))["n"] or 0
    amounts = reversed_ones.values_list("reversed_by__data__amount", flat=True)
    theirs = Q(lot__transfer__in=reversed_ones)
    theirs |= Q(lot__carried_from__transfer__in=reversed_ones)
    return _expired(theirs) - (given - sum(amounts))


def _pk(person: Person | int) -> int:
    return person if isinstance(person, int) else person.pk


def _pk_or_none(person: Person | int | None) -> int | None:
    return None if person is None else _pk(person)
