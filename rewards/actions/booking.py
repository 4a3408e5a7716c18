"""How points move. Every other action books through here.

Locks are taken in one order everywhere: the person's accounts, lots, gift.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from people.models import Person
from rewards.models import Account, Debt, Entry, Lot, LotUse, Transfer

Kind = Account.Kind
BULK_ROWS = 500
LOTS_AT_ONCE = 50


@dataclass
class Purse:
    """A person's three accounts, locked until the transaction ends."""

    person_id: int
    held: Account
    spendable: Account
    reserved: Account


def lock_purse(person_id: int) -> Purse:
    mine = Account.objects.filter(owner_id=person_id)
    rows = list(mine.select_for_update(no_key=True).order_by("pk"))
    if len(rows) < len(Account.PERSONAL):
        Account.objects.bulk_create(
            [Account(owner_id=person_id, kind=kind) for kind in Account.PERSONAL],
            ignore_conflicts=True,
        )
        rows = list(mine.select_for_update(no_key=True).order_by("pk"))
    return Purse(person_id, **{row.kind: row for row in rows})


def hall_account(kind: str) -> Account:
    account, _made = Account.objects.get_or_create(owner=None, kind=kind)
    return account


def move(transfer: Transfer, debit: Account, credit: Account, amount: int) -> None:
    """One entry, and the stored balances of the people it touches."""
    if amount == 0:
        return
    Entry.objects.create(transfer=transfer, debit=debit, credit=credit, amount=amount)
    for account, change in ((debit, -amount), (credit, amount)):
        if account.owner_id is not None:
            row = Account.objects.filter(pk=account.pk)
            row.update(balance=F("balance") + change)
            account.balance += change


def record(
    *,
    kind: str,
    key: str,
    person: Person | int,
    reason: str,
    source_type: str,
    source_id: object,
    at: datetime,
    **more: Any,
) -> Transfer:
    person_id = person if isinstance(person, int) else person.pk
    return Transfer.objects.create(
        kind=kind,
        idem_key=key,
        person_id=person_id,
        reason=reason,
        source_type=source_type,
        source_id=str(source_id),
        at=at,
        **more,
    )


def take_from_lots(
    transfer: Transfer, account: Account, amount: int, first: Sequence[int] = ()
) -> None:
    """Use up `amount` of the account's lots: those named first, then by expiry.

    In as many queries for a thousand small lots as for a large one.
    """
    if amount == 0:
        return
    used: dict[Lot, int] = {}
    for lot in _lots_in_order(account, first):
        used[lot] = min(lot.remaining, amount)
        amount -= used[lot]
        if amount == 0:
            break
    if amount:
        raise AssertionError(f"{account} holds {amount} points that no lot knows")
    emptied = [lot.pk for lot, part in used.items() if part == lot.remaining]
    Lot.objects.filter(pk__in=emptied).update(remaining=0)
    for lot, part in used.items():
        if part < lot.remaining:
            Lot.objects.filter(pk=lot.pk).update(remaining=F("remaining") - part)
    _note_uses(transfer, {lot.pk: part for lot, part in used.items()})


def put_back_into_lots(transfer: Transfer, uses: Sequence[LotUse]) -> None:
    """Undo these uses; the lots keep the expiry they always had."""
    lots = Lot.objects.select_for_update(no_key=True).order_by("pk")
    found = lots.in_bulk([use.lot_id for use in uses])
    for use in uses:
        found[use.lot_id].remaining += use.amount
    Lot.objects.bulk_update(found.values(), ["remaining"], batch_size=BULK_ROWS)
    _note_uses(transfer, {use.lot_id: -use.amount for use in uses})


def _lots_in_order(account: Account, first: Sequence[int]) -> Iterator[Lot]:
    """Locked as they are read, a portion at a time: most are never needed."""
    lots = Lot.objects.filter(account=account, remaining__gt=0)
    lots = lots.select_for_update(no_key=True).order_by("expires_at", "pk")
    if first:
        yield from lots.filter(pk__in=first)
        lots = lots.exclude(pk__in=first)
    start = 0
    while portion := list(lots[start : start + LOTS_AT_ONCE]):
        yield from portion
        start += LOTS_AT_ONCE


def _note_uses(transfer: Transfer, amounts: dict[int, int]) -> None:
    LotUse.objects.bulk_create(
        [LotUse(lot_id=pk, transfer=transfer, amount=n) for pk, n in amounts.items()],
        batch_size=BULK_ROWS,
    )


def pay_debt(transfer: Transfer, purse: Purse) -> int:
    """Let what just arrived pay what is owed; returns how much was paid.

    Held points pay too: they were earned, only not released.
    """
    debt = Debt.objects.select_for_update(no_key=True)
    owed = debt.filter(pk=purse.person_id, amount__gt=0).first()
    if owed is None:
        return 0
    clawback = hall_account(Kind.CLAWBACK)
    paid = 0
    for account in (purse.held, purse.spendable):
        part = min(owed.amount - paid, account.balance)
        if part > 0:
            take_from_lots(transfer, account, part)
            move(transfer, account, clawback, part)
            paid += part
    Debt.objects.filter(pk=owed.pk).update(amount=F("amount") - paid)
    return paid


def owe(person_id: int, amount: int) -> None:
    Debt.objects.get_or_create(person_id=person_id)
    Debt.objects.filter(pk=person_id).update(amount=F("amount") + amount)
