"""What a cause earns once the caps have had their say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from common.site_day import start_of_site_day
from people.models import Person
from rewards import numbers
from rewards.models import Account, EarnRule, Entry, PointsTerms, Transfer

_ISSUED = Account.Kind.ISSUED
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cause:
    """What earned: the same rule, source and partner earn once while they stand."""

    person_id: int
    event: str
    source_type: str
    source_id: str
    partner_id: int | None

    @property
    def key(self) -> str:
        who = f"{self.person_id}:{self.partner_id or ''}"
        return f"{self.event}:{self.source_type}:{self.source_id}:{who}"

    def awards(self) -> QuerySet[Transfer]:
        """Every award this cause ever got, reversed ones too."""
        return Transfer.objects.filter(
            kind=Transfer.Kind.AWARD,
            person_id=self.person_id,
            reason=self.event,
            source_type=self.source_type,
            source_id=self.source_id,
            partner_id=self.partner_id,
        )


@dataclass
class Claim:
    """A cause that stands, under the rule as it was, and what it got so far.

    `percent` is its share after those for the same asker, `wanted` what the caps of
    its rule leave, `given` what the cap of its day left of that. `refused` came when
    a budget was used up: nobody promised it, and it is not paid later.
    """

    cause: Cause
    earned_at: datetime
    rule: dict[str, Any]
    first_pk: int = 0
    percent: int = 0
    wanted: int = 0
    given: int = 0
    refused: int = 0

    @property
    def terms(self) -> dict[str, Any]:
        return self.rule | {"percent": self.percent, "wanted": self.wanted}

    def extra_in(self, amount: int) -> int:
        """How much of an amount the campaign put on top."""
        return amount - amount * 100 // int(self.rule.get("factor", 100))


def terms_of(rule: EarnRule) -> dict[str, Any]:
    """The rule, to be kept with the award: an edit changes the next event only."""
    terms: dict[str, Any] = {
        "points": rule.points,
        "daily_cap": rule.daily_cap,
        "post_cap": rule.per_post_cap,
        "fades": rule.fades_per_pair,
        "vest_days": rule.vest_days,
        "months": rule.expires_after_months,
    }
    if rule.fades_per_pair:
        now = PointsTerms.current()
        terms |= {"steps": now.pair_steps, "pair_days": now.pair_days}
    return terms


def in_campaign(rule: dict[str, Any], campaign: int, factor: int) -> dict[str, Any]:
    """The rule as the campaign makes it: what one post may earn grows with it.

    The cap of the day and the shares for the same asker stay as they are.
    """
    cap = rule["post_cap"]
    return rule | {
        "points": rule["points"] * factor // 100,
        "post_cap": None if cap is None else cap * factor // 100,
        "campaign": campaign,
        "factor": factor,
    }


# What one award was booked with, and another of the same cause is not.
_OF_ONE_AWARD = ("percent", "wanted", "refused", "month", "extra")


def standing(awards: QuerySet[Transfer]) -> QuerySet[Transfer]:
    return awards.filter(kind=Transfer.Kind.AWARD, reversed_by__isnull=True)


def claims_of(person_id: int, which: Q) -> list[Claim]:
    """The person's standing claims in the order they were booked, in one query."""
    issued = Sum("entries__amount", filter=Q(entries__debit__kind=_ISSUED))
    awards = standing(Transfer.objects.filter(which, person_id=person_id))
    claims: dict[Cause, Claim] = {}
    for award in awards.annotate(given=Coalesce(issued, 0)).order_by("pk"):
        cause = cause_of(award)
        claim = claims.get(cause)
        if claim is None:
            earned_at = award.earned_at or award.at
            rule = {k: v for k, v in award.data.items() if k not in _OF_ONE_AWARD}
            claim = Claim(cause, earned_at, rule, award.pk)
            claims[cause] = claim
        claim.percent = max(claim.percent, award.data["percent"])
        claim.wanted = max(claim.wanted, award.data["wanted"])
        claim.given += award.given
        claim.refused += award.data.get("refused", 0)
    return list(claims.values())


def cause_of(award: Transfer) -> Cause:
    return Cause(
        award.person_id,
        award.reason,
        award.source_type,
        award.source_id,
        award.partner_id,
    )


def cause_from(
    person: Person | int,
    event: str,
    source_type: str,
    source_id: object,
    partner: Person | int | None,
) -> Cause:
    """As callers name it: people, or their keys."""
    return Cause(
        pk_of(person),
        event,
        source_type,
        str(source_id),
        None if partner is None else pk_of(partner),
    )


def pk_of(person: Person | int) -> int:
    return person if isinstance(person, int) else person.pk


def apply_caps(claim: Claim) -> int:
    """Raise the claim to what its caps leave now; returns what is still to be paid.

    Never lowers it: what somebody was given for one cause is not taken back because
    of another.
    """
    claim.percent = max(claim.percent, _share(claim))
    full = claim.rule["points"] * claim.percent // 100
    claim.wanted = max(claim.wanted, min(full, _room_on_post(claim)))
    missing = claim.wanted - claim.given - claim.refused
    return max(0, min(missing, _room_on_day(claim)))


def cut_claims_near(reversed_claims: Iterable[Claim]) -> list[Claim]:
    """Claims that got less because of these, and may get more now."""
    near: dict[Cause, Claim] = {}
    for gone in reversed_claims:
        which = _on_the_day(gone.earned_at) | _on_the_post(gone.cause)
        if gone.rule["fades"] and gone.cause.partner_id is not None:
            which |= _with_the_partner(gone)
        for claim in claims_of(gone.cause.person_id, which):
            if claim.given < claim.rule["points"]:
                near[claim.cause] = claim
    return sorted(near.values(), key=lambda claim: claim.first_pk)


def _share(claim: Claim) -> int:
    """Percent left after those for the same asker that were booked before.

    A claim that comes back (a restored post) queues behind all that stand.
    """
    if not claim.rule["fades"] or claim.cause.partner_id is None:
        return 100
    others = claims_of(claim.cause.person_id, _with_the_partner(claim))
    before = [
        other
        for other in others
        if other.percent and (claim.first_pk == 0 or other.first_pk < claim.first_pk)
    ]
    steps = claim.rule.get("steps", numbers.PAIR_PERCENT)
    return int(steps[min(len(before), len(steps) - 1)])


def _room_on_post(claim: Claim) -> int:
    cap = claim.rule["post_cap"]
    if cap is None:
        return int(claim.rule["points"])
    paid = _on_the_post(claim.cause) & Q(data__wanted__gt=0)
    others = claims_of(claim.cause.person_id, paid)
    taken = sum(other.wanted for other in others if other.cause != claim.cause)
    return max(0, cap - taken)


def _room_on_day(claim: Claim) -> int:
    cap = claim.rule["daily_cap"]
    if cap is None:
        return claim.wanted
    today = standing(
        Transfer.objects.filter(
            _on_the_day(claim.earned_at), person_id=claim.cause.person_id
        )
    )
    issued = Entry.objects.filter(transfer__in=today, debit__kind=_ISSUED)
    return max(0, cap - (issued.aggregate(n=Sum("amount"))["n"] or 0))


def _on_the_day(moment: datetime) -> Q:
    start = start_of_site_day(moment)
    return Q(earned_at__gte=start, earned_at__lt=start + _ONE_DAY)


def _on_the_post(cause: Cause) -> Q:
    return Q(
        reason=cause.event, source_type=cause.source_type, source_id=cause.source_id
    )


def _with_the_partner(claim: Claim) -> Q:
    """Help for the same asker, not longer ago (nor later) than the window."""
    window = timedelta(days=claim.rule.get("pair_days", numbers.PAIR_DAYS))
    return Q(
        reason=claim.cause.event,
        partner_id=claim.cause.partner_id,
        earned_at__gt=claim.earned_at - window,
        earned_at__lt=claim.earned_at + window,
    )
