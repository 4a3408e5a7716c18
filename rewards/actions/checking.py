"""Prove the ledger on the live database."""

from collections.abc import Iterator

from django.db.models import Count, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce

from rewards.models import (
    Account,
    Debt,
    Entry,
    Gift,
    Lot,
    LotUse,
    Redemption,
    Transfer,
)


def broken_promises() -> list[str]:
    """One line for each invariant that does not hold; empty is what it should be."""
    return [line for check in CHECKS for line in check()]


def _balances_are_their_entries() -> Iterator[str]:
    accounts = Account.objects.filter(owner__isnull=False).annotate(
        moved=_sum(Entry, "credit", "amount") - _sum(Entry, "debit", "amount")
    )
    for account in accounts.exclude(balance=F("moved")):
        yield f"account {account}: {account.balance}, entries say {account.moved}"


def _balances_are_their_lots() -> Iterator[str]:
    accounts = Account.objects.filter(kind__in=["held", "spendable"]).annotate(
        in_lots=_sum(Lot, "account", "remaining")
    )
    for account in accounts.exclude(balance=F("in_lots")):
        yield f"account {account}: {account.balance}, lots hold {account.in_lots}"


def _reserved_is_what_is_on_order() -> Iterator[str]:
    ordered = (
        Redemption.objects.filter(person=OuterRef("owner"), state="ordered")
        .order_by()
        .values("person")
        .annotate(n=Sum("cost"))
        .values("n")
    )
    accounts = Account.objects.filter(kind="reserved").annotate(
        ordered=Coalesce(Subquery(ordered), Value(0))
    )
    for account in accounts.exclude(balance=F("ordered")):
        yield f"account {account}: {account.balance}, orders {account.ordered}"


def _lots_are_their_uses() -> Iterator[str]:
    lots = Lot.objects.annotate(used=_sum(LotUse, "lot", "amount"))
    for lot in lots.exclude(remaining=F("granted") - F("used")):
        yield f"lot {lot.pk} has {lot.remaining} of {lot.granted}, {lot.used} were used"
    unreleased = Lot.objects.filter(
        Q(account__kind="held", vests_at__isnull=True)
        | Q(account__kind="spendable", vests_at__isnull=False)
    )
    for lot in unreleased:
        yield f"lot {lot.pk} lies in the wrong account"


def _all_accounts_sum_to_zero() -> Iterator[str]:
    people = Account.objects.aggregate(n=Coalesce(Sum("balance"), 0))["n"]
    hall = Q(owner__isnull=True)
    received = Entry.objects.filter(credit__in=Account.objects.filter(hall))
    given = Entry.objects.filter(debit__in=Account.objects.filter(hall))
    total = Coalesce(Sum("amount"), 0)
    net = received.aggregate(n=total)["n"] - given.aggregate(n=total)["n"]
    if people + net:
        yield f"people hold {people}, the hall's accounts say {-net}"


def _awards_are_reversed_once() -> Iterator[str]:
    twice = (
        Transfer.objects.filter(reverses__isnull=False)
        .values("reverses")
        .annotate(n=Count("pk"))
        .filter(n__gt=1)
    )
    for row in twice:
        yield f"transfer {row['reverses']} is reversed {row['n']} times"
    wrong = Transfer.objects.filter(reverses__isnull=False).exclude(
        reverses__kind="award"
    )
    for transfer in wrong:
        yield f"transfer {transfer.pk} reverses something that is no award"


def _nothing_is_negative() -> Iterator[str]:
    for account in Account.objects.filter(balance__lt=0):
        yield f"account {account.pk} is negative"
    for debt in Debt.objects.filter(amount__lt=0):
        yield f"person {debt.pk} owes a negative amount"
    for gift in Gift.objects.filter(stock__lt=0):
        yield f"gift {gift.pk} has negative stock"


def _every_order_is_booked_once() -> Iterator[str]:
    booked = Transfer.objects.filter(kind="redeem").count()
    ordered = Redemption.objects.count()
    if booked != ordered:
        yield f"{ordered} orders, but {booked} were booked"


def _sum(model: type, place: str, amount: str) -> Coalesce:
    rows = model.objects.filter(**{place: OuterRef("pk")}).order_by().values(place)
    return Coalesce(Subquery(rows.annotate(n=Sum(amount)).values("n")), Value(0))


CHECKS = [
    _balances_are_their_entries,
    _balances_are_their_lots,
    _reserved_is_what_is_on_order,
    _lots_are_their_uses,
    _all_accounts_sum_to_zero,
    _awards_are_reversed_once,
    _nothing_is_negative,
    _every_order_is_booked_once,
]
