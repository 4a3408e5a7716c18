"""How points move. Every other action books through here.

Locks are taken in one order everywhere: order, the person's accounts, gift. Lots have
none of their own: whoever changes them holds their owner's accounts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from people.models import Person
from rewards.actions import statements
from rewards.models import Account, Debt, Lot, LotUse, Transfer
from rewards.months import months_later
from rewards.queries.withholding import is_withheld

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
    rows = statements.lock_accounts(person_id)
    if len(rows) < len(Account.PERSONAL):
        Account.objects.bulk_create(
            [Account(owner_id=person_id, kind=kind) for kind in Account.PERSONAL],
            ignore_conflicts=True,
        )
        rows = statements.lock_accounts(person_id)
    return Purse(person_id, **{row.kind: row for row in rows})


def hall_account(kind: str) -> Account:
    account, _made = Account.objects.get_or_create(owner=None, kind=kind)
    return account


def move(transfer: Transfer, debit: Account, credit: Account, amount: int) -> None:
    """One entry, and the stored balances of the people it touches."""
    if amount == 0:
        return
    statements.write_entry(transfer.pk, debit, credit, amount)
    statements.change_balances(debit, credit, amount)
    for account, change in ((debit, -amount), (credit, amount)):
        if account.owner_id is not None:
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
    transfer = Transfer(
        kind=kind,
        idem_key=key,
        person_id=person_id,
        reason=reason,
        source_type=source_type,
        source_id=str(source_id),
        at=at,
        **more,
    )
    statements.insert(transfer)
    return transfer


def take_from_lots(transfer: Transfer, lots: Iterable[Lot], amount: int) -> None:
    """Use up `amount` of these lots, in their order; only the last is left in part.

    One statement empties a thousand small lots.
    """
    if amount == 0:
        return
    uses: dict[int, int] = {}
    emptied: list[int] = []
    for lot in lots:
        part = min(lot.remaining, amount)
        uses[lot.pk] = part
        lot.remaining -= part
        amount -= part
        if lot.remaining:
            statements.leave_in_lot(lot.pk, lot.remaining)
        else:
            emptied.append(lot.pk)
        if amount == 0:
            break
    if amount:
        raise AssertionError(f"transfer {transfer} lacks {amount} points in lots")
    if emptied:
        Lot.objects.filter(pk__in=emptied).update(remaining=0)
    _note_uses(transfer, uses)


def put_back_into_lots(transfer: Transfer, uses: Sequence[LotUse]) -> None:
    """Undo these uses; the lots keep the expiry they always had."""
    found = Lot.objects.in_bulk([use.lot_id for use in uses])
    for use in uses:
        found[use.lot_id].remaining += use.amount
    Lot.objects.bulk_update(found.values(), ["remaining"], batch_size=BULK_ROWS)
    _note_uses(transfer, {use.lot_id: -use.amount for use in uses})


def lots_in_order(account: Account, first: Sequence[int] = ()) -> Iterator[Lot]:
    """The account's lots, those named first, then by expiry.

    Read a portion at a time: most are never needed.
    """
    if first:
        named = Lot.objects.filter(pk__in=first, account=account, remaining__gt=0)
        yield from named.order_by("expires_at", "pk")
    start = 0
    while portion := statements.next_lots(account, most=LOTS_AT_ONCE, skip=start):
        yield from (lot for lot in portion if lot.pk not in first)
        start += LOTS_AT_ONCE


def _note_uses(transfer: Transfer, amounts: dict[int, int]) -> None:
    rows = list(amounts.items())
    for start in range(0, len(rows), BULK_ROWS):
        statements.write_uses(transfer.pk, rows[start : start + BULK_ROWS])


def issue(
    transfer: Transfer,
    purse: Purse,
    amount: int,
    *,
    vests_at: datetime,
    months: int,
    at: datetime,
) -> None:
    """Bring new points into a purse, as a lot of their own.

    They are held until `vests_at`, and while a fair-play case about them is open.
    """
    held = vests_at > at or is_withheld(transfer)
    account = purse.held if held else purse.spendable
    move(transfer, hall_account(Kind.ISSUED), account, amount)
    Lot.objects.create(
        account=account,
        transfer=transfer,
        granted=amount,
        remaining=amount,
        vests_at=vests_at if held else None,
        # Points held for long must not expire before they can be spent.
        expires_at=months_later(max(at, vests_at), months),
    )
    pay_debt(transfer, purse)


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
            take_from_lots(transfer, lots_in_order(account), part)
            move(transfer, account, clawback, part)
            paid += part
    Debt.objects.filter(pk=owed.pk).update(amount=F("amount") - paid)
    return paid


def owe(person_id: int, amount: int) -> None:
    Debt.objects.get_or_create(person_id=person_id)
    Debt.objects.filter(pk=person_id).update(amount=F("amount") + amount)
