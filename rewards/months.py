"""Months are counted by the calendar, not in days."""

from calendar import monthrange
from datetime import datetime


def months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months on (or back), or that month's last day."""
    index = moment.month - 1 + months
    year, month = moment.year + index // 12, index % 12 + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)
