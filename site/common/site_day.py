"""The site's day, for caps, expiry and reports."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.ANSWERHALL_TIME_ZONE)


def site_day(at: datetime) -> date:
    return at.astimezone(_zone()).date()


def start_of_site_day(at: datetime) -> datetime:
    """The first moment of the site's day that `at` falls in."""
    return datetime.combine(site_day(at), time.min, tzinfo=_zone())
