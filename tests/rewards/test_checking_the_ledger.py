"""check_ledger says that the ledger holds, or exactly where it does not."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from common import append_only
from rewards import actions
from rewards.actions.checking import broken_promises
from rewards.models import (
    Account,
    Debt,
    Entry,
    Gift,
    Lot,
    LotUse,
    Redemption,
    Transfer,
    Voucher,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def busy(help_somebody, unaccept, redeem, make_gift, manager, helper, stranger, clock):
    """A ledger in which everything has happened once; returns some of its rows."""
    film = make_gift(slug="film", cost=5, stock=0, stock_mode="codes")
    actions.add_codes(gift=film, codes=["A1", "B2", "C3"])
    pass_ = make_gift(slug="pass", cost=15, stock=50)
    orders = {}
    for state in ("fulfilled", "cancelled", "ordered"):
        help_somebody()
        orders[state] = redeem(helper, pass_)
    actions.fulfil(redemption=orders["fulfilled"], by=manager, at=clock.now)
    actions.cancel(redemption=orders["cancelled"], by=manager, at=clock.now)
    orders["void"] = redeem(helper, film)
    actions.void_code(
        redemption=orders["void"], by=manager, reason="Used", at=clock.now
    )
    orders["code"] = redeem(helper, film)
    taken = [help_somebody(by=stranger), help_somebody(by=stranger)]
    redeem(stranger, pass_)
    for answer in taken:
        unaccept(answer)
    clock.move(days=3)
    help_somebody()
    return {"film": film, "pass": pass_, "stranger": stranger, **orders}


@pytest.fixture
def corrupt(db):
    """Write past every guard, as nobody but a broken disk or a bad hand would."""

    def corrupt(act):
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = 1")
        try:
            with append_only.lifted():
                act()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = 0")

    return corrupt


def run():
    """What the command says, and its exit code."""
    said, complained, code = StringIO(), StringIO(), 0
    try:
        call_command("check_ledger", stdout=said, stderr=complained)
    except SystemExit as end:
        code = end.code
    return said.getvalue(), complained.getvalue(), code


def test_an_empty_ledger_holds(rules):
    said, complained, code = run()

    assert said.startswith("The ledger holds:")
    assert "0 transfers, 0 entries" in said
    assert (complained, code) == ("", 0)


def test_a_busy_ledger_holds(busy):
    said, complained, code = run()

    assert said.startswith("The ledger holds:")
    assert f"{Transfer.objects.count()} transfers" in said
    assert (complained, code) == ("", 0)
    kinds = set(Transfer.objects.values_list("kind", flat=True))
    assert kinds == {"award", "reversal", "redeem", "fulfil", "cancel", "void"}
    assert Debt.objects.get(amount__gt=0).amount == 15


def spendable(person):
    return Account.objects.filter(owner=person, kind="spendable")


def award_of(person):
    return Transfer.objects.filter(kind="award", person=person).order_by("pk")


def change_a_balance(busy, helper):
    spendable(helper).update(balance=1000)


def make_a_balance_negative(busy, helper):
    spendable(helper).update(balance=-1)


def add_to_an_entry(busy, helper):
    Entry.objects.filter(transfer=award_of(helper)[0]).update(amount=19)


def lose_an_entry(busy, helper):
    Entry.objects.filter(transfer=award_of(helper)[0])._raw_delete("default")


def invent_an_entry_between_people(busy, helper):
    entry = Entry.objects.filter(debit__owner=None).first()
    other = Account.objects.filter(kind="spendable").exclude(pk=entry.credit_id)
    entry.debit = other.first()
    entry.save()


def pay_with_the_points_of_another(busy, helper):
    """Balances and lots still agree: only whose they are is wrong."""
    Transfer.objects.filter(pk=award_of(helper)[0].pk).update(person=busy["stranger"])


def use_the_lot_of_another(busy, helper):
    use = LotUse.objects.filter(transfer__kind="redeem", lot__account__owner=helper)
    theirs = Transfer.objects.filter(person=busy["stranger"], kind="redeem")
    LotUse.objects.filter(pk=use.first().pk).update(transfer=theirs.first())


def fill_a_lot_again(busy, helper):
    Lot.objects.filter(account__owner=helper, remaining=0).update(remaining=20)


def lose_the_use_of_a_lot(busy, helper):
    LotUse.objects.filter(lot__account__owner=helper).first().delete()


def release_a_lot_by_hand(busy, helper):
    held = Account.objects.get(owner=helper, kind="held")
    Lot.objects.filter(pk=Lot.objects.last().pk).update(account=held)


def hold_a_spendable_lot(busy, helper):
    lot = Lot.objects.last()
    Lot.objects.filter(pk=lot.pk).update(vests_at=lot.expires_at - timedelta(days=9))


def forget_an_order(busy, helper):
    Redemption.objects.filter(pk=busy["ordered"].pk)._raw_delete("default")


def change_what_an_order_cost(busy, helper):
    Redemption.objects.filter(pk=busy["fulfilled"].pk).update(cost=16)


def deliver_without_booking(busy, helper):
    Redemption.objects.filter(pk=busy["ordered"].pk).update(state="fulfilled")


def reopen_a_cancelled_order(busy, helper):
    Redemption.objects.filter(pk=busy["cancelled"].pk).update(state="ordered")


def call_a_delivered_order_cancelled(busy, helper):
    Redemption.objects.filter(pk=busy["fulfilled"].pk).update(state="cancelled")


def forgive_a_debt(busy, helper):
    Debt.objects.update(amount=0)


def invent_a_debt(busy, helper):
    Debt.objects.create(person=helper, amount=3)


def make_a_debt_negative(busy, helper):
    Debt.objects.update(amount=-15)


def reverse_what_is_no_award(busy, helper):
    reversal = Transfer.objects.filter(kind="reversal")
    redeem = Transfer.objects.filter(kind="redeem").first()
    reversal.filter(pk=reversal.first().pk).update(reverses=redeem)


def reverse_nothing(busy, helper):
    Transfer.objects.filter(kind="reversal").update(reverses=None)


def pay_for_one_cause_twice(busy, helper):
    first, second = award_of(helper)[:2]
    award_of(helper).filter(pk=second.pk).update(
        source_id=first.source_id, partner=first.partner
    )


def pay_somebody_for_helping_themselves(busy, helper):
    award_of(helper).filter(pk=award_of(helper)[0].pk).update(partner=helper)


def pay_past_the_days_cap(busy, helper):
    for award in award_of(helper):
        award.data["daily_cap"] = 30
        award.save()


def let_the_stock_fall_below_nothing(busy, helper):
    Gift.objects.filter(pk=busy["pass"].pk).update(stock=-1)


def say_more_codes_are_left(busy, helper):
    Gift.objects.filter(pk=busy["film"].pk).update(stock=2)


def give_a_code_to_an_order_of_another_gift(busy, helper):
    Voucher.objects.filter(redemption=None).update(redemption=busy["ordered"])


def void_a_code_and_keep_the_points(busy, helper):
    code = Voucher.objects.filter(redemption=busy["code"])
    code.update(voided_at=busy["code"].at, void_reason="Used")


def let_the_hall_store_a_balance(busy, helper):
    Account.objects.filter(kind="issued").update(balance=7)


WAYS = {
    change_a_balance: "1000, entries say",
    make_a_balance_negative: "is negative",
    add_to_an_entry: "entries say",
    lose_an_entry: "entries say",
    invent_an_entry_between_people: "entries say",
    pay_with_the_points_of_another: "moves points of another person",
    use_the_lot_of_another: "uses a lot of another person",
    fill_a_lot_again: "were used",
    lose_the_use_of_a_lot: "were used",
    release_a_lot_by_hand: "lies in the wrong account",
    hold_a_spendable_lot: "lies in the wrong account",
    forget_an_order: "was booked, but it is not so",
    change_what_an_order_cost: "it costs 16",
    deliver_without_booking: "orders 0",
    reopen_a_cancelled_order: "was booked, but it is not so",
    call_a_delivered_order_cancelled: "cancel moved 0",
    forgive_a_debt: "owes 0, the transfers say 15",
    invent_a_debt: "owes 3, the transfers say 0",
    make_a_debt_negative: "owes a negative amount",
    reverse_what_is_no_award: "reverses something that is no award",
    reverse_nothing: "reverses nothing",
    pay_for_one_cause_twice: "earned 40, not 20",
    pay_somebody_for_helping_themselves: "for helping themselves",
    pay_past_the_days_cap: "the cap was 30",
    let_the_stock_fall_below_nothing: "has negative stock",
    say_more_codes_are_left: "codes are free",
    give_a_code_to_an_order_of_another_gift: "went to an order of another gift",
    void_a_code_and_keep_the_points: "is void and its order is not",
    let_the_hall_store_a_balance: "the hall",
}


def test_no_cap_is_no_cap_of_nothing(rule, help_somebody):
    rule("accepted", daily_cap=None)

    help_somebody()

    assert broken_promises() == []


def test_what_is_wrong_is_found_and_named(busy, helper, corrupt, subtests):
    for way, words in WAYS.items():
        with subtests.test(way.__name__), transaction.atomic():
            assert broken_promises() == []

            corrupt(lambda way=way: way(busy, helper))
            said, complained, code = run()

            assert code == 1
            assert words in complained
            assert "promises broken" in complained
            assert said == ""
            # The next one begins from a ledger that holds.
            transaction.set_rollback(True)


def test_a_bigger_ledger_is_checked_in_as_many_queries(
    busy, help_somebody, redeem, stranger, helper, django_assert_num_queries
):
    with django_assert_num_queries(60, exact=False) as first:
        broken_promises()
    for _ in range(4):
        help_somebody()
        help_somebody(by=stranger)
        redeem(helper, busy["pass"])

    with django_assert_num_queries(len(first)):
        broken_promises()
