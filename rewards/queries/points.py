"""What a person has, earned and ordered."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from people.models import Person
from rewards import numbers
from rewards.models import (
    Account,
    Debt,
    EarnRule,
    Entry,
    Gift,
    Lot,
    Redemption,
    Transfer,
)


@dataclass(frozen=True)
class Balance:
    spendable: int = 0
    held: int = 0
    reserved: int = 0
    debt: int = 0
    expiring: int = 0
    expires_next_at: datetime | None = None


def spendable(person: Person) -> int:
    """What the person can spend now, in one query."""
    account = Account.objects.filter(owner=person, kind=Account.Kind.SPENDABLE)
    return account.values_list("balance", flat=True).first() or 0


def balance_of(person: Person, *, at: datetime) -> Balance:
    """Every figure of a person's purse, in three queries."""
    held = dict(Account.objects.filter(owner=person).values_list("kind", "balance"))
    debt = Debt.objects.filter(pk=person.pk).values_list("amount", flat=True).first()
    soon = list(
        Lot.objects.filter(
            account__owner=person,
            remaining__gt=0,
            expires_at__lte=at + numbers.EXPIRING_SOON,
        )
        .order_by("expires_at")
        .values_list("remaining", "expires_at")
    )
    return Balance(
        spendable=held.get(Account.Kind.SPENDABLE, 0),
        held=held.get(Account.Kind.HELD, 0),
        reserved=held.get(Account.Kind.RESERVED, 0),
        debt=debt or 0,
        expiring=sum(remaining for remaining, _at in soon),
        expires_next_at=soon[0][1] if soon else None,
    )


def history(person: Person) -> QuerySet[Transfer]:
    """The person's transfers, newest first, each with the points it gave or took.

    Moves between a person's own accounts (release, order on its way) count as what
    they do to the spendable account.
    """
    mine = Account.objects.filter(owner=person, kind=Account.Kind.SPENDABLE)
    held = Account.objects.filter(owner=person, kind=Account.Kind.HELD)

    def net(accounts: QuerySet[Account]) -> Coalesce:
        gained = Sum("entries__amount", filter=Q(entries__credit__in=accounts))
        lost = Sum("entries__amount", filter=Q(entries__debit__in=accounts))
        return Coalesce(gained, 0) - Coalesce(lost, 0)

    return (
        Transfer.objects.filter(person=person)
        .annotate(change=net(mine), change_held=net(held))
        .order_by("-at", "-pk")
    )


def earned_by_day(person: Person, *, since: datetime) -> list[tuple[datetime, int]]:
    """Points that came from the hall, per day of the reader's zone, oldest first."""
    rows = (
        Entry.objects.filter(
            transfer__person=person,
            transfer__at__gte=since,
            debit__kind=Account.Kind.ISSUED,
        )
        .annotate(day=TruncDate("transfer__at"))
        .values("day")
        .annotate(n=Sum("amount"))
        .order_by("day")
    )
    return [(row["day"], row["n"]) for row in rows]


def expected_award(event: str) -> int:
    """What the rule of this event promises today; 0 if there is none."""
    rule = EarnRule.objects.filter(event=event, enabled=True)
    return rule.values_list("points", flat=True).first() or 0


def gifts_on_offer(*, at: datetime) -> QuerySet[Gift]:
    now_open = Q(opens_at__isnull=True) | Q(opens_at__lte=at)
    still_open = Q(closes_at__isnull=True) | Q(closes_at__gt=at)
    return Gift.objects.on_offer().filter(now_open, still_open)


def orders_of(person: Person) -> QuerySet[Redemption]:
    return (
        Redemption.objects.filter(person=person)
        .select_related("gift")
        .order_by("-at", "-pk")
    )


def orders_waiting() -> QuerySet[Redemption]:
    return (
        Redemption.objects.filter(state=Redemption.State.ORDERED)
        .select_related("gift", "person")
        .order_by("at", "pk")
    )


def liability() -> dict[str, int]:
    """Points the hall owes its members, by kind of account."""
    rows = (
        Account.objects.filter(owner__isnull=False)
        .values("kind")
        .annotate(n=Sum(F("balance")))
        .order_by("kind")
    )
    return {row["kind"]: row["n"] for row in rows}
