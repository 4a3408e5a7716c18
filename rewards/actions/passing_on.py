"""Points passed on to another member: once a year, between people we know.

It is two transfers, one of each person's history, through an account of the hall that
is empty before and after. Points keep the last day they had. What was earned by fraud
and passed on is still owed by who earned it, so passing on saves nothing from being
taken back.
"""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import translation

from common.site_day import site_day
from people import actions as people
from people.models import Person
from rewards import numbers
from rewards.actions.ageing import open_purse
from rewards.actions.booking import (
    Kind,
    Purse,
    hall_account,
    lock_purse,
    move,
    record,
    take_from_lots,
)
from rewards.errors import (
    NotAMemberLongEnough,
    NotToEachOther,
    NotToYourself,
    PassedOnAlready,
    PassingOnClosed,
    PointsMissing,
    ReceivesTooMuch,
    TooMuchToPassOn,
)
from rewards.models import Case, Debt, Entry, Lot, LotUse, PointsTerms, Transfer


@transaction.atomic
def pass_on(*, person: Person, to: Person, points: int, at: datetime) -> Transfer:
    """Give spendable points to a member, oldest first, once in a year of the site.

    The same again (to the same member, as many) returns the same transfer. Raises a
    refusal that says why not.
    """
    if person.pk == to.pk:
        raise NotToYourself
    # Two purses are always locked in this order.
    for owner_id in sorted((person.pk, to.pk)):
        lock_purse(owner_id)
    purse, lots = open_purse(person.pk, at)
    receiver = lock_purse(to.pk)
    year = site_day(at).year
    key = f"pass_on:{person.pk}:{year}"
    if earlier := Transfer.objects.filter(idem_key=key).first():
        if earlier.partner_id == to.pk and earlier.data["points"] == points:
            return earlier
        raise PassedOnAlready(year=year)
    _check(person, to, points, year, at)
    if not 0 < points <= purse.spendable.balance:
        raise PointsMissing(has=purse.spendable.balance)
    given = _record(Transfer.Kind.PASS_ON, key, person, to, points, at)
    take_from_lots(given, lots, points)
    between = hall_account(Kind.PASSED_ON)
    move(given, purse.spendable, between, points)
    came = _record(
        Transfer.Kind.RECEIVE, f"receive:{person.pk}:{year}", to, person, points, at
    )
    move(came, between, receiver.spendable, points)
    _fill_lots(given, came, receiver)
    _tell(person, to, points, came, at)
    return given


def may_take_part(person: Person, at: datetime) -> bool:
    """Members with a verified address, for some time, who don't manage points."""
    known = (
        person.is_active
        and not person.is_imported
        and not person.is_erased
        and person.merged_into_id is None
    )
    old_enough = person.date_joined <= at - timedelta(
        days=numbers.MEMBER_DAYS_TO_PASS_ON
    )
    if not (known and old_enough) or person.has_perm("rewards.manage_rewards"):
        return False
    return EmailAddress.objects.filter(user=person, verified=True).exists()


def _check(person: Person, to: Person, points: int, year: int, at: datetime) -> None:
    most = PointsTerms.current().pass_on_most
    if not most:
        raise PassingOnClosed
    if points > most:
        raise TooMuchToPassOn(most=most)
    if not may_take_part(person, at) or not may_take_part(to, at):
        raise NotAMemberLongEnough(days=numbers.MEMBER_DAYS_TO_PASS_ON)
    if _received(to, year) + points > most or _owes(to):
        raise ReceivesTooMuch
    circle = _gave_before(to, person) or _accept_each_other(person, to, at)
    if circle or _looks_unfair(person, to):
        raise NotToEachOther


def _received(person: Person, year: int) -> int:
    came = Entry.objects.filter(
        transfer__person=person,
        transfer__kind=Transfer.Kind.RECEIVE,
        transfer__idem_key__endswith=f":{year}",
    )
    return came.aggregate(n=Sum("amount"))["n"] or 0


def _owes(person: Person) -> bool:
    """Nobody's debt is paid by somebody else's points."""
    return Debt.objects.filter(pk=person.pk, amount__gt=0).exists()


def _gave_before(giver: Person, receiver: Person) -> bool:
    """Points don't go round in a circle, not even over years."""
    gifts = Transfer.objects.filter(kind=Transfer.Kind.PASS_ON)
    return gifts.filter(person=giver, partner=receiver).exists()


def _accept_each_other(one: Person, other: Person, at: datetime) -> bool:
    """Who keeps accepting each other's answers looks like one person with two."""
    since = at - timedelta(days=numbers.MUTUAL_DAYS)
    accepted = Transfer.objects.filter(
        kind=Transfer.Kind.AWARD, reason="accepted", earned_at__gt=since
    )
    counts = (
        accepted.filter(person=one, partner=other).count(),
        accepted.filter(person=other, partner=one).count(),
    )
    return min(counts) >= numbers.MUTUAL_ACCEPTANCES


def _looks_unfair(*people: Person) -> bool:
    """Nothing leaves, nor enters, where a case waits or points were taken back."""
    cases = Case.objects.filter(state__in=[*Case.LIVE, Case.State.CLAWED_BACK])
    about = Q(centre__in=people) | Q(people__person__in=people)
    return cases.filter(about).exists()


def _fill_lots(given: Transfer, came: Transfer, receiver: Purse) -> None:
    uses = LotUse.objects.filter(transfer=given).select_related("lot").order_by("pk")
    Lot.objects.bulk_create(
        Lot(
            account=receiver.spendable,
            transfer=came,
            granted=use.amount,
            remaining=use.amount,
            expires_at=use.lot.expires_at,
        )
        for use in uses
    )


def _record(
    kind: str, key: str, person: Person, partner: Person, points: int, at: datetime
) -> Transfer:
    return record(
        kind=kind,
        key=key,
        person=person,
        partner=partner,
        reason=kind,
        source_type="person",
        source_id=partner.pk,
        data={"points": points},
        at=at,
    )


def _tell(
    person: Person, to: Person, points: int, came: Transfer, at: datetime
) -> None:
    for reader, other, kind in ((person, to, "pass_on"), (to, person, "receive")):
        with translation.override(reader.language or settings.LANGUAGE_CODE):
            url = reverse("rewards:history")
        people.notify(
            person=reader,
            kind=f"rewards.{kind}",
            data={"points": points, "member": other.pk},
            key=f"{kind}:{came.pk}",
            url=url,
            at=at,
        )
