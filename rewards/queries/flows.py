"""What flowed in and out of the hall, read from the ledger itself."""

from datetime import datetime

from django.db.models import Sum

from rewards.models import Account, Entry, PointsDay, Transfer

Kind = Account.Kind
FLOWS = {flow.value for flow in PointsDay.Flow}


def flows_between(start: datetime, end: datetime) -> dict[tuple[str, str], int]:
    """Points by flow and reason, straight from the ledger, in two queries."""
    entries = Entry.objects.filter(transfer__at__gte=start, transfer__at__lt=end)
    sums: dict[tuple[str, str], int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = (
            entries.filter(**{f"{side}__owner__isnull": True})
            .order_by()
            .values_list(f"{side}__kind", "transfer__kind", "transfer__reason")
            .annotate(n=Sum("amount"))
        )
        for flow, kind, reason, amount in rows:
            if flow not in FLOWS:
                continue
            issued = flow == Kind.ISSUED
            name = reason if kind in (*Transfer.ISSUING, "reversal") else kind
            key = (flow, name)
            sums[key] = sums.get(key, 0) + (-sign if issued else sign) * amount
    return {key: amount for key, amount in sums.items() if amount}
