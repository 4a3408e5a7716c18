"""What good causes received, and which awards by hand there are."""

from datetime import date
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.db.models.functions import TruncMonth

from rewards.models import Account, Charity, Entry, ManualAward, Transfer


def charities_with_sums() -> list[tuple[Charity, int]]:
    """Causes on the list with the points each ever received, in two queries."""
    rows = (
        _donated()
        .order_by()
        .values_list("transfer__source_id")
        .annotate(points=Sum("amount"))
    )
    sums = dict(rows)
    return [(one, sums.get(str(one.pk), 0)) for one in Charity.objects.listed()]


def received_by_month(charity: Charity) -> list[tuple[date, int]]:
    """The statement of a cause: months of the site's calendar, newest first."""
    zone = ZoneInfo(settings.ANSWERHALL_TIME_ZONE)
    mine = _donated().filter(transfer__source_id=str(charity.pk))
    rows = (
        mine.annotate(month=TruncMonth("transfer__at", tzinfo=zone))
        .order_by("-month")
        .values_list("month")
        .annotate(points=Sum("amount"))
    )
    return [(month.date(), points) for month, points in rows]


def awards_to_decide() -> QuerySet[ManualAward]:
    """Awards that wait for a second manager, oldest first."""
    pending = ManualAward.objects.filter(state=ManualAward.State.PENDING)
    return pending.select_related("person", "asked_by").order_by("asked_at", "pk")


def awards_by_hand() -> QuerySet[ManualAward]:
    """All of them, newest first."""
    people = ("person", "asked_by", "decided_by", "answer__question")
    return ManualAward.objects.select_related(*people).order_by("-asked_at", "-pk")


def _donated() -> QuerySet[Entry]:
    return Entry.objects.filter(
        transfer__source_type="charity",
        transfer__kind=Transfer.Kind.DONATE,
        credit__kind=Account.Kind.DONATED,
    )
