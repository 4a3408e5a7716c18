"""How many of a gift there are, changed while people order it."""

from collections.abc import Sequence

from django.db import transaction

from rewards.models import Gift, Voucher
from rewards.sealing import digests, seal


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
    Voucher.objects.bulk_create(_unknown(held, codes), ignore_conflicts=True)
    if held.has_codes:
        held.stock = Voucher.objects.filter(gift=held, redemption=None).count()
        held.save(update_fields=["stock"])
    return held.stock


def seal_anew() -> int:
    """Seal every code with the first of the keys; returns how many were not yet.

    Run it after a new key was put first. Stopped half-way it goes on where it was.
    """
    done = 0
    last = 0
    while vouchers := list(Voucher.objects.filter(pk__gt=last).order_by("pk")[:500]):
        stale = [one for one in vouchers if one.code_digest != digests(one.code)[0]]
        for voucher in stale:
            code = voucher.code
            voucher.sealed_code, voucher.code_digest = seal(code), digests(code)[0]
        Voucher.objects.bulk_update(stale, ["sealed_code", "code_digest"])
        done += len(stale)
        last = vouchers[-1].pk
    return done


def _unknown(gift: Gift, codes: Sequence[str]) -> list[Voucher]:
    """Those the gift has not, under any of our keys, ready to be stored."""
    new = []
    for start in range(0, len(codes), 500):
        signs = {code: digests(code) for code in codes[start : start + 500]}
        wanted = [sign for many in signs.values() for sign in many]
        stored = Voucher.objects.filter(gift=gift, code_digest__in=wanted)
        known = set(stored.values_list("code_digest", flat=True))
        new += [
            Voucher(gift=gift, sealed_code=seal(code), code_digest=many[0])
            for code, many in signs.items()
            if known.isdisjoint(many)
        ]
    return new
