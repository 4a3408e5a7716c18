"""What a person has and how it came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, TruncMonth

from common.paging import CappedPage, page_of
from common.site_day import start_of_site_day
from people.models import Person
from rewards import numbers
from rewards.models import Account, Debt, Entry, Lot, ManualAward, Transfer
from rewards.months import months_later
from rewards.queries.causes import Subject, add_subjects
from rewards.queries.withholding import withheld_among

Kind = Account.Kind


@dataclass(frozen=True)
class Balance:
    """A purse as it is at a moment, whatever the timers have not come to yet."""

    spendable: int = 0
    held: int = 0
    reserved: int = 0
    debt: int = 0
    expiring: int = 0
    expires_on: datetime | None = None
    days_left: int = 0


@dataclass
class Row(Subject):
    """One line of somebody's history; `balance` is what they could spend after it.

    `change_owed` is what it added to a debt, or paid of one when negative.
    """

    change: int = 0
    change_held: int = 0
    change_owed: int = 0
    balance: int = 0

    @property
    def change_size(self) -> int:
        return abs(self.change)

    @property
    def paid_of_debt(self) -> int:
        return max(0, -self.change_owed)


@dataclass(frozen=True)
class Month:
    starts_at: datetime
    came: int
    went: int
    balance: int

    @property
    def day(self) -> date:
        """Its first, whatever the reader's time zone."""
        return self.starts_at.date()


def spendable(person: Person) -> int:
    """What the person can spend now, in one query."""
    account = Account.objects.filter(owner=person, kind=Kind.SPENDABLE)
    return account.values_list("balance", flat=True).first() or 0


def balance_of(person: Person, *, at: datetime) -> Balance:
    """Every figure of a person's purse, in three queries; a fourth if points are due.

    What is due counts as released, unless somebody still has to decide about it.
    """
    has = dict(Account.objects.filter(owner=person).values_list("kind", "balance"))
    debt = Debt.objects.filter(pk=person.pk).values_list("amount", flat=True).first()
    lots = Lot.objects.filter(account__owner=person, remaining__gt=0)
    soon = at + numbers.EXPIRING_SOON
    near = list(
        lots.filter(Q(expires_at__lte=soon) | Q(vests_at__lte=at))
        .order_by("expires_at")
        .values_list("remaining", "expires_at", "vests_at", "transfer_id")
    )
    due = [
        (n, award)
        for n, _day, vests_at, award in near
        if vests_at is not None and vests_at <= at
    ]
    withheld = withheld_among(person.pk, [award for _n, award in due]) if due else ()
    released = sum(n for n, award in due if award not in withheld)
    gone = sum(n for n, day, _vests_at, _award in near if day <= at)
    expiring = [(n, day) for n, day, _vests_at, _award in near if at < day <= soon]
    first = expiring[0][1] if expiring else None
    return Balance(
        spendable=has.get(Kind.SPENDABLE, 0) + released - gone,
        held=has.get(Kind.HELD, 0) - released,
        reserved=has.get(Kind.RESERVED, 0),
        debt=debt or 0,
        expiring=sum(n for n, _day in expiring),
        expires_on=first,
        days_left=max(0, (first - at).days) if first else 0,
    )


def history_page(
    person: Person, number: str | int | None, per_page: int = numbers.HISTORY_ROWS
) -> CappedPage:
    """Rows of what the person got and gave, newest first, in at most twelve queries.

    Each row has what it did to the points they can spend, to those held and to a
    debt. What touched none (an order delivered, an award that the caps left nothing
    of) is no line, except for points that were carried over.
    """
    page = page_of(history_of(person), number, per_page)
    page.object_list = history_rows(person, list(page.object_list))
    return page


def history_rows(person: Person, transfers: Sequence[Any]) -> list[Row]:
    """A stretch of history_of, newest first, with balances and what it is about.

    In two queries, and one for each kind of thing it is about.
    """
    rows = [
        Row(
            one,
            change=one.change,
            change_held=one.change_held,
            change_owed=_asked_back(one) - one.reached_the_hall,
        )
        for one in transfers
    ]
    _add_balances(rows, person)
    add_subjects(rows)
    return rows


def months_of(
    person: Person, *, at: datetime, count: int = numbers.CHART_MONTHS
) -> list[Month]:
    """What came, went and was left, month by month of the site's calendar."""
    this_month = start_of_site_day(at).replace(day=1)
    starts = [months_later(this_month, -back) for back in range(count - 1, -1, -1)]
    came = _by_month(Entry.objects.filter(credit__owner=person), "credit", starts[0])
    went = _by_month(Entry.objects.filter(debit__owner=person), "debit", starts[0])
    months = []
    left = spendable(person)
    for start in reversed(starts):
        gained, lost = came.get(start, 0), went.get(start, 0)
        months.append(Month(start, gained, lost, left))
        left -= gained - lost
    return months[::-1]


def liability() -> dict[str, int]:
    """Points the hall owes its members, by kind of account."""
    rows = (
        Account.objects.filter(owner__isnull=False)
        .order_by()
        .values("kind")
        .annotate(n=Sum(F("balance")))
    )
    return {row["kind"]: row["n"] for row in rows}


def points_export(person: Person) -> dict[str, object]:
    """Everything the ledger and the orders say of a person, for themselves."""
    lines: Any = history_of(person)
    return {
        "points": [
            {
                "kind": row.kind,
                "reason": row.reason,
                "points": row.change,
                "held": row.change_held,
                "at": row.at.isoformat(),
            }
            for row in lines
        ],
        "orders": [
            {
                "gift": order.gift.title_en,
                "cost": order.cost,
                "state": order.state,
                "at": order.at.isoformat(),
            }
            for order in person.redemptions.select_related("gift").order_by("pk")
        ],
        "awards_by_hand": [
            {
                "points": award.points,
                "reason": award.reason,
                "state": award.state,
                "decision": award.decision,
                "at": award.asked_at.isoformat(),
            }
            for award in ManualAward.objects.filter(person=person).order_by("pk")
        ],
    }


def history_of(person: Person) -> QuerySet[Transfer]:
    """What the person got and gave, newest first.

    Sums are asked for row by row, so that a page costs what it shows.
    """
    mine = Account.objects.filter(owner=person)
    ids = dict(mine.values_list("kind", "pk"))
    here = Entry.objects.filter(transfer=OuterRef("pk"))
    moved = here.filter(
        Q(debit__in=_pks(ids, Kind.SPENDABLE, Kind.HELD))
        | Q(credit__in=_pks(ids, Kind.SPENDABLE, Kind.HELD))
    )
    # Spent before it was taken back, it moves nothing: all of it is owed.
    owed = Q(kind=Transfer.Kind.REVERSAL, data__amount__gt=0)
    shown = Exists(moved) | Q(kind=Transfer.Kind.CARRY) | owed
    return (
        Transfer.objects.filter(shown, person=person)
        .annotate(
            change=_net(here, _pks(ids, Kind.SPENDABLE)),
            change_held=_net(here, _pks(ids, Kind.HELD)),
            reached_the_hall=_sum(here.filter(credit__kind=Kind.CLAWBACK)),
        )
        .order_by("-at", "-pk")
    )


def _asked_back(transfer: Transfer) -> int:
    """Of a reversal; what it did not get at once is owed."""
    if transfer.kind != Transfer.Kind.REVERSAL:
        return 0
    return transfer.data.get("amount", 0)


def _pks(ids: dict[str, int], *kinds: str) -> list[int]:
    return [ids[kind] for kind in kinds if kind in ids]


def _net(entries: QuerySet[Entry], accounts: list[int]) -> CombinedExpression:
    gained = _sum(entries.filter(credit__in=accounts))
    return gained - _sum(entries.filter(debit__in=accounts))


def _sum(entries: QuerySet[Entry]) -> Coalesce:
    of_transfer = entries.order_by().values("transfer")
    return Coalesce(Subquery(of_transfer.annotate(n=Sum("amount")).values("n")), 0)


def _add_balances(rows: Sequence[Row], person: Person) -> None:
    if not rows:
        return
    first = rows[0].transfer
    later = Q(transfer__at__gt=first.at) | Q(
        transfer__at=first.at, transfer__pk__gt=first.pk
    )
    since = Entry.objects.filter(later, transfer__person=person)
    mine = Q(credit__owner=person, credit__kind=Kind.SPENDABLE)
    from_me = Q(debit__owner=person, debit__kind=Kind.SPENDABLE)
    sums = since.aggregate(
        gained=Coalesce(Sum("amount", filter=mine), 0),
        lost=Coalesce(Sum("amount", filter=from_me), 0),
    )
    balance = spendable(person) - sums["gained"] + sums["lost"]
    for row in rows:
        row.balance = balance
        balance -= row.change


def _by_month(
    entries: QuerySet[Entry], side: str, since: datetime
) -> dict[datetime, int]:
    zone = ZoneInfo(settings.ANSWERHALL_TIME_ZONE)
    rows = (
        entries.filter(
            transfer__at__gte=since,
            **{f"{side}__kind": Kind.SPENDABLE},
        )
        .annotate(month=TruncMonth("transfer__at", tzinfo=zone))
        .order_by()
        .values_list("month")
        .annotate(Sum("amount"))
    )
    return dict(rows)
