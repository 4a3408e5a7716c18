"""What flowed in and out of the hall, read from the ledger itself."""

from datetime import datetime

from django.db.models import F, Sum

from rewards.models import Account, Entry, PointsDay, Transfer

Kind = Account.Kind
FLOWS = {flow.value for flow in PointsDay.Flow}


def flows_between(start: datetime, end: datetime) -> dict[tuple[str, str], int]:
    """Points by flow and reason, straight from the ledger, in three queries."""
    hall = Account.objects.filter(owner__isnull=True, kind__in=FLOWS)
    kinds = dict(hall.values_list("pk", "kind"))
    entries = Entry.objects.filter(transfer__at__gte=start, transfer__at__lt=end)
    sums: dict[tuple[str, str], int] = {}
    for side, sign in (("credit", 1), ("debit", -1)):
        # Added to 0, so that PostgreSQL does not begin at these accounts: it takes them
        # for like all others, and would read every entry they ever had.
        rows = (
            entries.alias(account=F(f"{side}_id") + 0)
            .filter(account__in=list(kinds))
            .order_by()
            .values_list(f"{side}_id", "transfer__kind", "transfer__reason")
            .annotate(n=Sum("amount"))
        )
        for account, kind, reason, amount in rows:
            flow = kinds[account]
            name = reason if kind in (*Transfer.ISSUING, "reversal") else kind
            key = (flow, name)
            gained = -sign if flow == Kind.ISSUED else sign
            sums[key] = sums.get(key, 0) + gained * amount
    return {key: amount for key, amount in sums.items() if amount}
