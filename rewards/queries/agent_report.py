"""An agent's own numbers, month by month."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from typing import Any

from django.db.models import F, Sum

from common.site_day import site_day
from community.models import Answer
from people.models import Person
from rewards.models import Account, Entry, MonthlyBonus, Transfer
from rewards.months import month_bounds, months_later

MONTHS = 6


@dataclass
class MonthReport:
    """What somebody did in a month. Waits are minutes from question to first answer."""

    month: date
    answers: int = 0
    accepted: int = 0
    helpful: int = 0
    waits: list[int] = field(default_factory=list)
    points: int = 0
    bonus: MonthlyBonus | None = None

    @property
    def firsts(self) -> int:
        return len(self.waits)

    @property
    def median_wait(self) -> int | None:
        return round(median(self.waits)) if self.waits else None

    @property
    def helpful_percent(self) -> int | None:
        return self.helpful * 100 // self.answers if self.answers else None


def reports_of(person: Person, *, month: date) -> list[MonthReport]:
    """The month and those before it, oldest first, in 4 queries."""
    first = months_later(month_bounds(month)[0], 1 - MONTHS)
    starts = [months_later(first, number) for number in range(MONTHS)]
    end = months_later(starts[-1], 1)
    reports = {(one.year, one.month): MonthReport(one.date()) for one in starts}
    for answer in _answers(person, first, end):
        _count(reports[_month_of(answer["created_at"])], answer)
    for at, amount in _points(person, first, end):
        reports[_month_of(at)].points += amount
    for bonus in MonthlyBonus.objects.filter(
        person=person, month__gte=first.date(), month__lt=end.date()
    ).select_related("band"):
        reports[bonus.month.year, bonus.month.month].bonus = bonus
    return list(reports.values())


def _answers(person: Person, start: datetime, end: datetime) -> Iterable[Any]:
    rows = Answer.objects.visible().filter(
        author=person, source="", created_at__gte=start, created_at__lt=end
    )
    return rows.order_by().values(
        "pk",
        "created_at",
        "up_count",
        "down_count",
        asked_at=F("question__created_at"),
        accepted=F("question__accepted_answer"),
        first_at=F("question__first_answer_at"),
    )


def _count(report: MonthReport, answer: dict[str, Any]) -> None:
    accepted = answer["accepted"] == answer["pk"]
    report.answers += 1
    report.accepted += accepted
    report.helpful += accepted or answer["up_count"] > answer["down_count"]
    if answer["first_at"] == answer["created_at"]:
        wait = answer["created_at"] - answer["asked_at"]
        report.waits.append(round(wait.total_seconds() / 60))


def _points(person: Person, start: datetime, end: datetime) -> Sequence[tuple]:
    """What was earned less what was taken back, by the moment it was booked."""
    entries = Entry.objects.filter(
        transfer__person=person, transfer__at__gte=start, transfer__at__lt=end
    ).order_by()
    came = entries.filter(
        transfer__kind=Transfer.Kind.AWARD, debit__kind=Account.Kind.ISSUED
    )
    rows = list(came.values_list("transfer__at").annotate(n=Sum("amount")))
    gone = Transfer.objects.filter(
        person=person, kind=Transfer.Kind.REVERSAL, at__gte=start, at__lt=end
    ).values_list("at", "data__amount")
    return [*rows, *((at, -int(amount or 0)) for at, amount in gone)]


def _month_of(moment: datetime) -> tuple[int, int]:
    day = site_day(moment)
    return day.year, day.month
