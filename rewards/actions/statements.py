"""What every try in a rush asks of the database, in SQL; all else stays with the ORM.

The ORM takes several times longer to write these than PostgreSQL to do them.
"""

from collections.abc import Sequence
from functools import cache

from django.db import connection
from django.db.models import Model

from rewards.models import Account, Gift, Lot, Redemption

# Any number nobody else of the database's users locks.
BUDGET_LOCK = 0x706F696E7473


def insert(row: Model) -> None:
    """Write a new row of any model, which gets its primary key."""
    fields = row._meta.local_concrete_fields[1:]
    values = [
        field.get_db_prep_save(field.pre_save(row, add=True), connection)
        for field in fields
    ]
    with connection.cursor() as cursor:
        cursor.execute(_insertion(type(row)), values)
        (row.pk,) = cursor.fetchone()
    row._state.adding = False


@cache
def _insertion(model: type[Model]) -> str:
    key, *others = model._meta.local_concrete_fields
    names = ", ".join(str(field.column) for field in others)
    places = ", ".join(["%s"] * len(others))
    into = f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})"  # noqa: S608
    return f"{into} RETURNING {key.column}"


def gift_as_it_is(pk: int) -> Gift:
    """With whether some level has its own limit, which saves a question."""
    (gift,) = Gift.objects.raw(
        "SELECT gift.*, EXISTS (SELECT 1 FROM rewards_giftlevel AS one"
        " WHERE one.gift_id = gift.id) AS has_level_limits"
        " FROM rewards_gift AS gift WHERE gift.id = %s",
        [pk],
    )
    return gift


def order_with_key(key: str) -> Redemption | None:
    same_key = "SELECT * FROM rewards_redemption WHERE idem_key = %s"
    return next(iter(Redemption.objects.raw(same_key, [key])), None)


def lock_accounts(person_id: int) -> list[Account]:
    # SQLite has one writer at a time and no word for it.
    lock = "FOR NO KEY UPDATE" if connection.vendor == "postgresql" else ""
    mine = f"SELECT * FROM rewards_account WHERE owner_id = %s ORDER BY id {lock}"  # noqa: S608
    return list(Account.objects.raw(mine, [person_id]))


def next_lots(account: Account, *, most: int, skip: int) -> list[Lot]:
    """Lots with something in them, by expiry."""
    lots = Lot.objects.raw(
        "SELECT * FROM rewards_lot WHERE account_id = %s AND remaining > 0"
        " ORDER BY expires_at, id LIMIT %s OFFSET %s",
        [account.pk, most, skip],
    )
    return list(lots)


def leave_in_lot(lot_id: int, remaining: int) -> None:
    _run("UPDATE rewards_lot SET remaining = %s WHERE id = %s", [remaining, lot_id])


def write_uses(transfer_id: int, amounts: Sequence[tuple[int, int]]) -> None:
    """How much was taken from each lot."""
    places = ", ".join(["(%s, %s, %s)"] * len(amounts))
    values = [n for lot_id, amount in amounts for n in (transfer_id, lot_id, amount)]
    _run(
        f"INSERT INTO rewards_lotuse (transfer_id, lot_id, amount) VALUES {places}",  # noqa: S608
        values,
    )


def write_entry(transfer_id: int, debit: Account, credit: Account, amount: int) -> None:
    _run(
        "INSERT INTO rewards_entry (transfer_id, debit_id, credit_id, amount)"
        " VALUES (%s, %s, %s, %s)",
        [transfer_id, debit.pk, credit.pk, amount],
    )


def change_balances(debit: Account, credit: Account, amount: int) -> None:
    """Of people's accounts: the hall's own store none."""
    _run(
        "UPDATE rewards_account"
        " SET balance = balance + CASE WHEN id = %s THEN %s ELSE %s END"
        " WHERE id IN (%s, %s) AND owner_id IS NOT NULL",
        [debit.pk, -amount, amount, debit.pk, credit.pk],
    )


def take_one(gift_id: int) -> bool:
    """Take one from the stock, if there is one: decides who gets the last."""
    one_less = "UPDATE rewards_gift SET stock = stock - 1 WHERE id = %s AND stock > 0"
    return _run(one_less, [gift_id]) == 1


def hand_out_code(gift_id: int, order_id: int) -> bool:
    """Give the order the oldest free code; the caller has the gift's row locked."""
    return (
        _run(
            "UPDATE rewards_voucher SET redemption_id = %s WHERE id ="
            " (SELECT id FROM rewards_voucher WHERE gift_id = %s"
            " AND redemption_id IS NULL ORDER BY id LIMIT 1)",
            [order_id, gift_id],
        )
        == 1
    )


def lock_budget(*, alone: bool) -> None:
    """Until the transaction ends: with others who give without a budget, or alone.

    SQLite's writers are alone in any case.
    """
    if connection.vendor == "postgresql":
        kind = "" if alone else "_shared"
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT pg_advisory_xact_lock{kind}(%s)", [BUDGET_LOCK])


def _run(sql: str, values: Sequence[int]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.rowcount
