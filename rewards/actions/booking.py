"""How points move. Every other action books through here.

Locks are taken in one order everywhere: the person's accounts, lots, gift.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from people.models import Person
from rewards.models import Account, Debt, Entry, Lot, LotUse, Transfer

Kind = Account.Kind


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
    """Use up `amount` of the account's lots: those named first, then by expiry."""
    if amount == 0:
        return
    lots = list(
        Lot.objects.filter(account=account, remaining__gt=0)
        .select_for_update(no_key=True)
        .order_by("expires_at", "pk")
    )
    lots.sort(key=lambda lot: lot.pk not in first)
    for lot in lots:
        if amount == 0:
            return
        used = min(lot.remaining, amount)
        use_lot(lot, transfer, used)
        amount -= used
    if amount:
        raise AssertionError(f"{account} holds {amount} points that no lot knows")


def put_back_into_lots(transfer: Transfer, uses: Sequence[LotUse]) -> None:
    """Undo these uses; the lots keep the expiry they always had."""
    for use in uses:
        lot = Lot.objects.select_for_update(no_key=True).get(pk=use.lot_id)
        use_lot(lot, transfer, -use.amount)


def use_lot(lot: Lot, transfer: Transfer, amount: int) -> None:
    """Take `amount` from a locked lot (put back what is negative), and note it."""
    lot.remaining -= amount
    lot.save(update_fields=["remaining"])
    LotUse.objects.create(lot=lot, transfer=transfer, amount=amount)


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
