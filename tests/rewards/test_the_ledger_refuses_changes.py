"""What was booked stays as it was booked: the database itself refuses to rewrite it."""

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError

from rewards.models import Account, Debt, Entry, Gift, Lot, LotUse, Redemption, Transfer

pytestmark = pytest.mark.django_db


@pytest.fixture
def booked(help_somebody, redeem, gift, helper):
    """An award and an order: a row in every table of the ledger."""
    help_somebody()
    return redeem(helper, gift)


def run(statement, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


@pytest.mark.parametrize("model", [Transfer, Entry, LotUse])
def test_rows_of_the_ledger_can_be_read_and_not_changed(model, booked):
    row = model.objects.first()
    before = list(model.objects.order_by("pk").values())

    for forbidden in (
        lambda: model.objects.filter(pk=row.pk).update(id=row.pk),
        lambda: row.save(),
        lambda: model.objects.filter(pk=row.pk)._raw_delete("default"),
        lambda: run(f"DELETE FROM {model._meta.db_table}"),  # noqa: S608
        lambda: run(f"UPDATE {model._meta.db_table} SET id = id + 1000"),  # noqa: S608
    ):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            forbidden()

    assert list(model.objects.order_by("pk").values()) == before


def test_what_the_ledger_speaks_of_cannot_be_deleted(booked, helper, gift):
    for rows in (
        Account.objects.filter(owner=helper),
        Gift.objects.filter(pk=gift.pk),
        Lot.objects.all(),
    ):
        with pytest.raises(ProtectedError):
            rows.delete()


@pytest.fixture
def accounts(booked, helper):
    mine = {account.kind: account for account in helper.accounts.all()}
    return mine | {"issued": Account.objects.get(kind="issued")}


def refuses(constraint, act):
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        act()
    assert constraint in str(error.value)


def test_no_balance_stock_or_debt_falls_below_nothing(booked, gift, helper, accounts):
    mine = Account.objects.filter(pk=accounts["spendable"].pk)
    refuses("balance_not_negative", lambda: mine.update(balance=-1))
    refuses("stock", lambda: Gift.objects.filter(pk=gift.pk).update(stock=-1))
    refuses("debt_not_negative", lambda: Debt.objects.create(person=helper, amount=-1))


def test_the_halls_own_accounts_store_no_balance(accounts):
    issued = Account.objects.filter(pk=accounts["issued"].pk)

    refuses("people_hold_and_the_hall_issues", lambda: issued.update(balance=1))
    refuses(
        "people_hold_and_the_hall_issues",
        lambda: Account.objects.create(owner=None, kind="spendable"),
    )
    refuses("kind", lambda: Account.objects.create(owner=None, kind="issued"))


def test_an_entry_moves_something_from_one_account_to_another(accounts):
    transfer = Transfer.objects.first()
    issued, spendable = accounts["issued"], accounts["spendable"]

    def entry(amount, debit, credit):
        return lambda: Entry.objects.create(
            transfer=transfer, debit=debit, credit=credit, amount=amount
        )

    refuses("entry_is_positive", entry(0, issued, spendable))
    refuses("entry_is_positive", entry(-5, issued, spendable))
    refuses("entry_moves_between_two", entry(5, spendable, spendable))


def test_a_lot_holds_no_more_than_it_was_given(booked):
    lots = Lot.objects.filter(pk=Lot.objects.first().pk)

    refuses("lot_within_its_grant", lambda: lots.update(remaining=21))
    refuses("lot_within_its_grant", lambda: lots.update(remaining=-1))


def test_one_key_one_transfer_one_order_one_reversal(
    booked, help_somebody, unaccept, gift, stranger, clock
):
    first = Transfer.objects.first()
    again = {
        name: getattr(first, name)
        for name in ("kind", "person", "reason", "source_type", "source_id", "at")
    }
    refuses(
        "idem_key",
        lambda: Transfer.objects.create(
            idem_key=first.idem_key, earned_at=clock.now, **again
        ),
    )
    refuses(
        "idem_key",
        lambda: Redemption.objects.create(
            person=stranger, gift=gift, cost=1, idem_key=booked.idem_key, at=clock.now
        ),
    )
    unaccept(help_somebody())
    reversal = Transfer.objects.get(kind="reversal")
    refuses(
        "reverses",
        lambda: Transfer.objects.create(
            **(again | {"kind": "reversal"}), idem_key="x", reverses=reversal.reverses
        ),
    )
