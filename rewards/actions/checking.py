"""Prove the ledger on the live database."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import (
    Count,
    F,
    IntegerField,
    Max,
    Model,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, NullIf, TruncDate

from rewards.models import (
    Account,
    Debt,
    Entry,
    Gift,
    Lot,
    LotUse,
    ManualAward,
    PointsDay,
    Pot,
    PotPiece,
    Redemption,
    Transfer,
    Voucher,
)
from rewards.months import moments_of
from rewards.queries.flows import flows_between

ISSUING = Transfer.ISSUING


def broken_promises() -> list[str]:
    """One line for each invariant that does not hold; empty is what it should be."""
    return [line for check in CHECKS for line in check()]


def _balances_are_their_entries() -> Iterator[str]:
    accounts = Account.objects.filter(owner__isnull=False).annotate(
        moved=_sum(Entry, "credit", "amount") - _sum(Entry, "debit", "amount")
    )
    for account in accounts.exclude(balance=F("moved")):
        yield f"account {account}: {account.balance}, entries say {account.moved}"


def _balances_are_their_lots() -> Iterator[str]:
    accounts = Account.objects.filter(kind__in=["held", "spendable"]).annotate(
        in_lots=_sum(Lot, "account", "remaining")
    )
    for account in accounts.exclude(balance=F("in_lots")):
        yield f"account {account}: {account.balance}, lots hold {account.in_lots}"


def _reserved_is_what_is_on_order() -> Iterator[str]:
    ordered = (
        Redemption.objects.filter(person=OuterRef("owner"), state__in=Redemption.OPEN)
        .order_by()
        .values("person")
        .annotate(n=Sum("cost"))
        .values("n")
    )
    accounts = Account.objects.filter(kind="reserved").annotate(
        ordered=Coalesce(Subquery(ordered), Value(0))
    )
    for account in accounts.exclude(balance=F("ordered")):
        yield f"account {account}: {account.balance}, orders {account.ordered}"


def _lots_are_their_uses() -> Iterator[str]:
    lots = Lot.objects.annotate(used=_sum(LotUse, "lot", "amount"))
    for one in lots.exclude(remaining=F("granted") - F("used")):
        yield f"lot {one.pk} has {one.remaining} of {one.granted}, {one.used} were used"
    unreleased = Lot.objects.filter(
        Q(account__kind="held", vests_at__isnull=True)
        | Q(account__kind="spendable", vests_at__isnull=False)
    )
    for lot in unreleased:
        yield f"lot {lot.pk} lies in the wrong account"


def _what_is_carried_over_is_as_much() -> Iterator[str]:
    """Once, by a transfer that took from the one lot what the other has."""
    for lot in Lot.objects.filter(transfer__kind="carry").select_related("transfer"):
        uses = LotUse.objects.filter(lot=lot.carried_from_id, transfer=lot.transfer_id)
        taken = uses.aggregate(n=Coalesce(Sum("amount"), 0))["n"]
        if taken != lot.granted:
            yield f"lot {lot.pk} has {lot.granted}, carried over were {taken}"
    once = Q(carried_from__isnull=False) & (
        ~Q(transfer__kind="carry") | ~Q(carried_from__transfer__kind__in=ISSUING)
    )
    for lot in Lot.objects.filter(once):
        yield f"lot {lot.pk} was carried over twice, or by something else"


def _all_accounts_sum_to_zero() -> Iterator[str]:
    people = Account.objects.aggregate(n=Coalesce(Sum("balance"), 0))["n"]
    hall = Q(owner__isnull=True)
    received = Entry.objects.filter(credit__in=Account.objects.filter(hall))
    given = Entry.objects.filter(debit__in=Account.objects.filter(hall))
    total = Coalesce(Sum("amount"), 0)
    net = received.aggregate(n=total)["n"] - given.aggregate(n=total)["n"]
    if people + net:
        yield f"people hold {people}, the hall's accounts say {-net}"


def _a_transfer_moves_one_persons_points() -> Iterator[str]:
    theirs = Q(debit__owner__isnull=False) & ~Q(debit__owner=F("transfer__person"))
    theirs |= Q(credit__owner__isnull=False) & ~Q(credit__owner=F("transfer__person"))
    for entry in Entry.objects.filter(theirs):
        yield f"transfer {entry.transfer_id} moves points of another person"
    uses = LotUse.objects.exclude(lot__account__owner=F("transfer__person"))
    for use in uses:
        yield f"transfer {use.transfer_id} uses a lot of another person"


def _awards_are_reversed_once() -> Iterator[str]:
    reversals = Transfer.objects.filter(reverses__isnull=False)
    counted = reversals.order_by().values("reverses").annotate(n=Count("pk"))
    for row in counted.filter(n__gt=1):
        yield f"transfer {row['reverses']} is reversed {row['n']} times"
    for transfer in reversals.exclude(reverses__kind__in=Transfer.ISSUING):
        yield f"transfer {transfer.pk} reverses something that is no award"
    for transfer in Transfer.objects.filter(kind="reversal", reverses__isnull=True):
        yield f"transfer {transfer.pk} reverses nothing"


def _a_cause_earns_once() -> Iterator[str]:
    """What a cause got in all is never more than its rule's points."""
    causes = (
        Entry.objects.filter(
            transfer__kind="award",
            transfer__reversed_by__isnull=True,
            debit__kind="issued",
        )
        .order_by()
        .values(
            "transfer__person",
            "transfer__partner",
            "transfer__reason",
            "transfer__source_type",
            "transfer__source_id",
        )
        .annotate(paid=Sum("amount"), most=Max(_number("points")))
    )
    for row in causes.filter(paid__gt=F("most")):
        yield (
            f"{row['transfer__reason']} of {row['transfer__source_type']} "
            f"{row['transfer__source_id']} earned {row['paid']}, not {row['most']}"
        )
    for transfer in Transfer.objects.filter(kind="award", partner=F("person")):
        yield f"transfer {transfer.pk} pays a person for helping themselves"


def _days_stay_under_their_cap() -> Iterator[str]:
    days = (
        Entry.objects.filter(
            transfer__kind="award",
            transfer__reversed_by__isnull=True,
            debit__kind="issued",
        )
        .annotate(
            cap=_number("daily_cap"),
            day=TruncDate(
                "transfer__earned_at",
                tzinfo=ZoneInfo(settings.ANSWERHALL_TIME_ZONE),
            ),
        )
        .order_by()
        .values("transfer__person", "day")
        .annotate(
            paid=Sum("amount"),
            most=Max("cap"),
            without=Count("pk", filter=Q(cap__isnull=True)),
        )
    )
    for row in days.filter(without=0, paid__gt=F("most")):
        yield (
            f"person {row['transfer__person']} earned {row['paid']} on {row['day']}, "
            f"the cap was {row['most']}"
        )


def _debts_are_what_was_not_taken_back() -> Iterator[str]:
    """What reversals asked for, less what reached the hall, is still owed."""
    owed: dict[int, int] = {}
    reversals = Transfer.objects.filter(kind="reversal").values_list(
        "person_id", "data__amount"
    )
    for person_id, amount in reversals.iterator():
        owed[person_id] = owed.get(person_id, 0) + amount
    paid = (
        Entry.objects.filter(credit__kind="clawback")
        .order_by()
        .values_list("transfer__person")
        .annotate(Sum("amount"))
    )
    for person_id, amount in paid.iterator():
        owed[person_id] = owed.get(person_id, 0) - amount
    noted = dict(Debt.objects.values_list("pk", "amount"))
    for person_id in sorted(owed.keys() | noted.keys()):
        due, debt = owed.get(person_id, 0), noted.get(person_id, 0)
        if due != debt:
            yield f"person {person_id} owes {debt}, the transfers say {due}"


def _points_passed_on_arrive() -> Iterator[str]:
    """Each half has its other one, as large, and nothing stays in between."""
    between = Entry.objects.filter(
        Q(credit__kind="passed_on") | Q(debit__kind="passed_on")
    )
    net: dict[str, int] = {}
    rows = between.values_list(
        "transfer__kind", "transfer__idem_key", "amount", "credit__kind"
    )
    for kind, key, amount, credit in rows.iterator():
        name = key.removeprefix(f"{kind}:")
        net[name] = net.get(name, 0) + (amount if credit == "passed_on" else -amount)
    for name, left in net.items():
        if left:
            yield f"of what was passed on as {name}, {left} points did not arrive"


def _pots_hold_what_was_not_given() -> Iterator[str]:
    """A budget is what was given of it and still stands, and what its pieces hold."""
    for pot in Pot.objects.annotate(left=_sum(PotPiece, "pot", "left")):
        kind, name = pot.key.split(":")
        standing = Transfer.objects.filter(
            kind__in=Transfer.ISSUING, reversed_by__isnull=True
        )
        if kind == "month":
            entries = Entry.objects.filter(
                transfer__in=standing.filter(data__month=name), debit__kind="issued"
            )
            given = entries.aggregate(n=Coalesce(Sum("amount"), 0))["n"]
        else:
            mine = standing.filter(data__campaign=int(name), data__has_key="extra")
            given = sum(mine.values_list("data__extra", flat=True))
        if pot.points != pot.used_before + given + pot.left:
            yield (
                f"pot {pot}: of {pot.points} points {pot.used_before} were given "
                f"before, {given} since, {pot.left} are left"
            )


def _awards_by_hand_are_booked() -> Iterator[str]:
    """Given once and as many, when somebody decided so; else not at all."""
    grants = {
        row["source_id"]: row
        for row in Transfer.objects.filter(kind="grant", source_type="manual_award")
        .annotate(given=_sum(Entry, "transfer", "amount", debit__kind="issued"))
        .values("source_id", "person", "given", "reversed_by")
    }
    for award in ManualAward.objects.order_by("pk").iterator():
        row = grants.pop(str(award.pk), None)
        stands = row is not None and row["reversed_by"] is None
        if stands != (award.state == "given"):
            yield f"award by hand {award.pk} is {award.state}, the ledger says not so"
        if (row is not None) != (award.state in ("given", "revoked")):
            yield f"award by hand {award.pk} is {award.state} and booked, or neither"
        if row and (row["person"], row["given"]) != (award.person_id, award.points):
            yield f"award by hand {award.pk} is not what was booked"
        if award.person_id in (award.asked_by_id, award.decided_by_id):
            yield f"award by hand {award.pk} was decided by who got it"
    for source_id in grants:
        yield f"award by hand {source_id} was booked, and nobody decided it"


def _days_are_their_entries() -> Iterator[str]:
    for day in (
        PointsDay.objects.order_by("day").values_list("day", flat=True).distinct()
    ):
        rows = PointsDay.objects.filter(day=day).exclude(points=0)
        summed = {(row.flow, row.reason): row.points for row in rows}
        if summed != flows_between(*moments_of(day)):
            yield f"the sums of {day} are not those of its entries"


def _nothing_is_negative() -> Iterator[str]:
    for account in Account.objects.filter(balance__lt=0):
        yield f"account {account.pk} is negative"
    for debt in Debt.objects.filter(amount__lt=0):
        yield f"person {debt.pk} owes a negative amount"
    for gift in Gift.objects.filter(stock__lt=0):
        yield f"gift {gift.pk} has negative stock"


def _orders_are_booked_as_they_stand() -> Iterator[str]:
    """An order took its cost once, and settling it moved that once more."""
    booked: dict[tuple[str, str], int] = {}
    entries = (
        # Points that come back may pay a debt too, which is not the order's own entry.
        Entry.objects.filter(
            Q(debit__kind__in=["reserved", "redeemed"]) | Q(credit__kind="reserved"),
            transfer__source_type="redemption",
        )
        .order_by()
        .values_list("transfer__kind", "transfer__source_id")
        .annotate(Sum("amount"))
    )
    for kind, order_id, amount in entries.iterator():
        booked[kind, order_id] = amount
    steps = {
        "held": ["redeem"],
        "lapsed": ["redeem", "cancel"],
        "ordered": ["redeem"],
        "fulfilled": ["redeem", "fulfil"],
        "cancelled": ["redeem", "cancel"],
        "voided": ["redeem", "fulfil", "void"],
    }
    for order in Redemption.objects.order_by("pk").iterator():
        for kind in steps[order.state]:
            amount = booked.pop((kind, str(order.pk)), 0)
            if amount != order.cost:
                yield f"order {order.pk}: {kind} moved {amount}, it costs {order.cost}"
    for kind, order_id in booked:
        yield f"order {order_id}: {kind} was booked, but it is not so"


def _codes_are_handed_out_once() -> Iterator[str]:
    free = (
        Voucher.objects.filter(gift=OuterRef("pk"), redemption__isnull=True)
        .order_by()
        .values("gift")
        .annotate(n=Count("pk"))
        .values("n")
    )
    gifts = Gift.objects.filter(stock_mode="codes").annotate(
        free=Coalesce(Subquery(free), Value(0))
    )
    for gift in gifts.exclude(stock=F("free")):
        yield f"gift {gift.slug} says {gift.stock} are left, {gift.free} codes are free"
    for voucher in Voucher.objects.filter(redemption__isnull=False).exclude(
        gift=F("redemption__gift")
    ):
        yield f"code {voucher.pk} went to an order of another gift"
    freed = Voucher.objects.filter(redemption__state__in=["lapsed", "cancelled"])
    for voucher in freed:
        yield f"code {voucher.pk} hangs on an order that was given back"
    void = Q(voided_at__isnull=False)
    given_back = Q(redemption__state="voided")
    for voucher in Voucher.objects.filter((void & ~given_back) | (~void & given_back)):
        yield f"code {voucher.pk} is void and its order is not, or the other way round"


def _number(name: str) -> Cast:
    """A number that the transfer's rule had when it was applied, or null."""
    # SQLite reads JSON's null as the text "null", which as a number is 0.
    written = NullIf(KeyTextTransform(name, "transfer__data"), Value("null"))
    return Cast(written, IntegerField())


def _sum(model: type[Model], place: str, amount: str, **which: str) -> Coalesce:
    rows = (
        model._default_manager.filter(**{place: OuterRef("pk")}, **which)
        .order_by()
        .values(place)
    )
    return Coalesce(Subquery(rows.annotate(n=Sum(amount)).values("n")), Value(0))


CHECKS = [
    _balances_are_their_entries,
    _balances_are_their_lots,
    _reserved_is_what_is_on_order,
    _lots_are_their_uses,
    _what_is_carried_over_is_as_much,
    _all_accounts_sum_to_zero,
    _a_transfer_moves_one_persons_points,
    _awards_are_reversed_once,
    _a_cause_earns_once,
    _days_stay_under_their_cap,
    _debts_are_what_was_not_taken_back,
    _points_passed_on_arrive,
    _pots_hold_what_was_not_given,
    _awards_by_hand_are_booked,
    _days_are_their_entries,
    _nothing_is_negative,
    _orders_are_booked_as_they_stand,
    _codes_are_handed_out_once,
]
