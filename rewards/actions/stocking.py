"""How many of a gift there are, changed while people order it."""

from collections.abc import Sequence

from django.db import transaction

from rewards.models import Gift, Voucher


def hold_stock(gift: Gift, *, wanted: int, seen: int | None) -> int:
    """Lock the gift's row and return the stock to write into it.

    What was ordered since somebody looked is taken off: who saw 10, wants 15, and finds
    7 left gets 12. Call inside the transaction that saves the gift.
    """
    now = Gift.objects.select_for_update(no_key=True, of=("self",)).get(pk=gift.pk)
    if gift.has_codes:
        return Voucher.objects.filter(gift=gift, redemption=None).count()
    if seen is None or now.has_codes:
        return wanted
    return max(0, now.stock + wanted - seen)


@transaction.atomic
def add_codes(*, gift: Gift, codes: Sequence[str]) -> int:
    """Put codes on offer; one that is known already changes nothing. Returns the stock.

    Only a gift that is handed out by code counts them.
    """
    held = Gift.objects.select_for_update(no_key=True, of=("self",)).get(pk=gift.pk)
    Voucher.objects.bulk_create(
        [Voucher(gift=held, code=code) for code in codes], ignore_conflicts=True
    )
    if held.has_codes:
        held.stock = Voucher.objects.filter(gift=held, redemption=None).count()
        held.save(update_fields=["stock"])
    return held.stock
