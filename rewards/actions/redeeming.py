"""Points become gifts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Semaphore

from django.db import IntegrityError, transaction

from common.errors import Refused
from people.models import Person
from rewards import numbers
from rewards.actions import statements
from rewards.actions.ageing import open_purse
from rewards.actions.booking import move, take_from_lots
from rewards.actions.settling import book, close, spend_for_good
from rewards.errors import CostChanged, KeyOfAnotherOrder, SoldOut
from rewards.models import Gift, Redemption, Transfer, Voucher
from rewards.queries.catalogue import not_on_offer, short_of

_turns = Semaphore(numbers.ORDERS_AT_ONCE)


def redeem(
    *,
    person: Person,
    gift: Gift,
    key: str,
    at: datetime,
    agreed_cost: int | None = None,
) -> Redemption:
    """Spend the person's points on a gift; the same key again returns the same order.

    Raises NotEnoughPoints (with the points still missing), SoldOut, NotOnOffer,
    LimitReached, KeyOfAnotherOrder. The cost is the gift's own, whatever a form said;
    CostChanged if it is not the one the person agreed to.
    """
    try:
        with _turn():
            gift = statements.gift_as_it_is(gift.pk)
            # The losers of a rush leave here, before they hold anything.
            _look_at_the_offer(gift, person, at, agreed_cost)
            return _order(person, gift, key, at)
    except (Refused, IntegrityError):
        # Nobody is refused what they have: the key's first click may have got it.
        earlier = statements.order_with_key(key)
        if earlier is None:
            raise
    if earlier.person_id != person.pk or earlier.gift_id != gift.pk:
        raise KeyOfAnotherOrder
    return earlier


@contextmanager
def _turn() -> Iterator[None]:
    """Wait until few others of this process are ordering; not for ever.

    Threads that order at once hold each other up: at the GIL, at the gift's row.
    """
    has_turn = _turns.acquire(timeout=numbers.TURN_SECONDS)
    try:
        yield
    finally:
        if has_turn:
            _turns.release()


def _look_at_the_offer(
    gift: Gift, person: Person, at: datetime, agreed_cost: int | None
) -> None:
    if agreed_cost is not None and agreed_cost != gift.cost:
        raise CostChanged(cost=gift.cost)
    if (reason := not_on_offer(gift, person, at=at)) is not None:
        raise reason


@transaction.atomic
def _order(person: Person, gift: Gift, key: str, at: datetime) -> Redemption:
    # One person's orders happen one after another from here on.
    purse, lots = open_purse(person.pk, at)
    has = purse.spendable.balance
    if (reason := short_of(gift, person, spendable=has)) is not None:
        raise reason
    # The second half of a double click ends here: the key is taken.
    order = Redemption(person=person, gift=gift, idem_key=key, cost=gift.cost, at=at)
    statements.insert(order)
    transfer = book(order, Transfer.Kind.REDEEM, person, at)
    take_from_lots(transfer, lots, gift.cost)
    move(transfer, purse.spendable, purse.reserved, gift.cost)
    if gift.has_codes:
        # A code is delivered by being shown: nobody has to send anything.
        spend_for_good(order, purse, person, at)
        close(order, Redemption.State.FULFILLED, None, at)
    # Last, as all buyers wait for this row until we commit.
    if not statements.take_one(gift.pk):
        raise SoldOut
    if gift.has_codes:
        _hand_out_code(order)
    return order


def _hand_out_code(order: Redemption) -> None:
    """Give the order a free code: the gift's row is locked since its stock fell."""
    free = Voucher.objects.filter(gift_id=order.gift_id, redemption=None)
    voucher = free.order_by("pk").first()
    if voucher is None:
        raise SoldOut
    free.filter(pk=voucher.pk).update(redemption=order)
