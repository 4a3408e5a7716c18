"""A month of somebody's points: what there was, each posting, what was left."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from common.paging import CappedPage, page_of
from common.site_day import site_day, start_of_site_day
from people.models import Person
from rewards import numbers
from rewards.models import Account, Entry, Transfer
from rewards.months import moments_of, months_later
from rewards.queries.points import Row, history_of, history_rows

Kind = Account.Kind


@dataclass(frozen=True)
class Sums:
    """Points to spend, and points held, at one moment or of one stretch of time."""

    spendable: int = 0
    held: int = 0


@dataclass(frozen=True)
class Statement:
    """opening + came - went = closing, to the point, for both kinds of points."""

    starts_at: datetime
    ends_at: datetime
    opening: Sums
    came: Sums
    went: Sums
    closing: Sums
    is_first: bool
    is_last: bool

    @property
    def month(self) -> date:
        """Its first day, whatever the reader's time zone."""
        return site_day(self.starts_at)

    @property
    def before(self) -> date:
        return site_day(months_later(self.starts_at, -1))

    @property
    def after(self) -> date:
        return site_day(self.ends_at)


def statement_of(person: Person, year: int, month: int, *, at: datetime) -> Statement:
    """The sums of a month of the site's calendar, in five queries.

    Raises ValueError for a month before the person's first points, or to come.
    """
    start, _next_day = moments_of(date(year, month, 1))
    end = months_later(start, 1)
    first = _first_month(person, at)
    this_month = start_of_site_day(at).replace(day=1)
    if not first <= start <= this_month:
        raise ValueError(f"nothing happened in {year}-{month}")
    now = dict(Account.objects.filter(owner=person).values_list("kind", "balance"))
    later_came, later_went = _moved(person, Q(transfer__at__gte=end))
    came, went = _moved(person, Q(transfer__at__gte=start, transfer__at__lt=end))
    closing = Sums(
        now.get(Kind.SPENDABLE, 0) - later_came.spendable + later_went.spendable,
        now.get(Kind.HELD, 0) - later_came.held + later_went.held,
    )
    opening = Sums(
        closing.spendable - came.spendable + went.spendable,
        closing.held - came.held + went.held,
    )
    return Statement(
        starts_at=start,
        ends_at=end,
        opening=opening,
        came=came,
        went=went,
        closing=closing,
        is_first=start == first,
        is_last=start == this_month,
    )


def statement_page(
    person: Person, statement: Statement, number: str | int | None
) -> CappedPage:
    """Its postings, oldest first, with what could be spent after each."""
    page = page_of(_postings(person, statement), number, numbers.STATEMENT_ROWS)
    page.object_list = _rows(person, list(page.object_list))
    return page


def statement_rows(person: Person, statement: Statement) -> list[Row]:
    """Every posting of the month, for the file."""
    postings = list(_postings(person, statement)[: numbers.STATEMENT_MOST_ROWS])
    return _rows(person, postings)


def _rows(person: Person, oldest_first: list[Transfer]) -> list[Row]:
    return history_rows(person, oldest_first[::-1])[::-1]


def _postings(person: Person, statement: Statement) -> QuerySet[Transfer]:
    within = history_of(person).filter(
        at__gte=statement.starts_at, at__lt=statement.ends_at
    )
    return within.order_by("at", "pk")


def _first_month(person: Person, at: datetime) -> datetime:
    mine = Transfer.objects.filter(person=person).order_by("at")
    first = mine.values_list("at", flat=True).first()
    return start_of_site_day(first or at).replace(day=1)


def _moved(person: Person, when: Q) -> tuple[Sums, Sums]:
    """What came to each kind of points and what left it. In one query."""
    entries = Entry.objects.filter(when, transfer__person=person)

    def total(side: str, kind: str) -> Coalesce:
        which = Q(**{f"{side}__owner": person, f"{side}__kind": kind})
        return Coalesce(Sum("amount", filter=which), 0)

    sums = entries.aggregate(
        came=total("credit", Kind.SPENDABLE),
        went=total("debit", Kind.SPENDABLE),
        held=total("credit", Kind.HELD),
        let_go=total("debit", Kind.HELD),
    )
    came = Sums(sums["came"], sums["held"])
    return came, Sums(sums["went"], sums["let_go"])
