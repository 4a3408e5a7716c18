"""Months are counted by the calendar, not in days."""

from calendar import monthrange
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from common.site_day import site_day


def zone() -> ZoneInfo:
    """The site's, by whose calendar it counts."""
    return ZoneInfo(settings.ANSWERHALL_TIME_ZONE)


def months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months on (or back), or that month's last day."""
    index = moment.month - 1 + months
    year, month = moment.year + index // 12, index % 12 + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """The first moment of the site's month this day is in, and of the next one."""
    start = datetime(month.year, month.month, 1, tzinfo=zone())
    return start, months_later(start, 1)


def month_of(at: datetime) -> str:
    """The month of the site's calendar, as 2026-11."""
    return site_day(at).strftime("%Y-%m")


def moments_of(day: date) -> tuple[datetime, datetime]:
    """When the site's day begins, and when the next one does."""
    start = datetime.combine(day, time.min, tzinfo=zone())
    return start, datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone())
