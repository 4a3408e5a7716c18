"""Points become gifts."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import Semaphore

from django.db import IntegrityError, transaction

from common.errors import NotAllowed, Refused
from people.models import Person
from rewards import numbers
from rewards.actions import statements
from rewards.actions.ageing import open_purse
from rewards.actions.booking import lock_purse, move, take_from_lots
from rewards.actions.hooks import ask_hook
from rewards.actions.settling import book, close, give_back, spend_for_good, tell
from rewards.errors import (
    AlreadySettled,
    CostChanged,
    HeldTooOften,
    HoldEnded,
    HoldingAnother,
    KeyOfAnotherOrder,
    OnlyByTurns,
    SoldOut,
)
from rewards.models import Gift, Redemption, Transfer, Voucher
from rewards.queries.catalogue import not_on_offer, short_of

State = Redemption.State
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
    CostChanged if it is not the one the person agreed to. OnlyByTurns for a drop.
    """
    return _buy(person, gift, key, at, agreed_cost)


def hold(
    *,
    person: Person,
    gift: Gift,
    key: str,
    at: datetime,
    agreed_cost: int | None = None,
) -> Redemption:
    """Keep one of a gift for the person to confirm; refuses as `redeem` does.

    One at a time, and not the same again and again: HoldingAnother, HeldTooOften.
    """
    until = at + numbers.HOLD
    return _buy(person, gift, key, at, agreed_cost, held_until=until)


def hold_in_turn(*, person: Person, gift: Gift, key: str, at: datetime) -> Redemption:
    """Keep one of a drop for somebody whose turn it is. Refuses as `redeem` does."""
    gift = statements.gift_as_it_is(gift.pk)
    _look_at_the_offer(gift, person, at, None)
    return _order(person, gift, key, at, at + numbers.HOLD)


@transaction.atomic
def confirm(*, redemption: Redemption, person: Person, at: datetime) -> Redemption:
    """Order what is held for the person. A second time changes nothing.

    Raises HoldEnded when it was given back, or its time is over.
    """
    order = _lock_own(redemption, person)
    if order.state in (State.ORDERED, State.FULFILLED):
        return order
    if order.seconds_left(at=at) == 0:
        raise HoldEnded
    order.state = State.ORDERED
    order.save(update_fields=["state"])
    if Voucher.objects.filter(redemption=order).exists():
        spend_for_good(order, lock_purse(person.pk), person, at)
        close(order, State.FULFILLED, None, at)
    else:
        ask_hook(order, at)
    return order


@transaction.atomic
def let_go(*, redemption: Redemption, person: Person, at: datetime) -> Redemption:
    """Give back what is held for the person; a second time changes nothing."""
    order = _lock_own(redemption, person)
    if order.state == State.HELD:
        give_back(order, State.LAPSED, person, at)
    elif order.state != State.LAPSED:
        raise AlreadySettled
    return order


def lapse_holds(*, at: datetime) -> int:
    """Give back every hold whose time is over; returns how many."""
    over = Redemption.objects.filter(state=State.HELD, held_until__lte=at)
    pks = list(over.order_by("held_until", "pk").values_list("pk", flat=True))
    return sum(_lapse(pk, at) for pk in pks)


@transaction.atomic
def _lapse(pk: int, at: datetime) -> bool:
    """A transaction each. Confirmed a moment ago: it stays."""
    orders = Redemption.objects.select_related("person")
    order = orders.select_for_update(of=("self",)).get(pk=pk)
    if order.state != State.HELD:
        return False
    give_back(order, State.LAPSED, None, at)
    tell(order, at)
    return True


def _lock_own(redemption: Redemption, person: Person) -> Redemption:
    orders = Redemption.objects.select_related("gift")
    order = orders.select_for_update(of=("self",)).get(pk=redemption.pk)
    if order.person_id != person.pk:
        raise NotAllowed
    return order


def _buy(
    person: Person,
    gift: Gift,
    key: str,
    at: datetime,
    agreed_cost: int | None,
    held_until: datetime | None = None,
) -> Redemption:
    try:
        with _turn():
            gift = statements.gift_as_it_is(gift.pk)
            # The losers of a rush leave here, before they hold anything.
            _look_at_the_offer(gift, person, at, agreed_cost)
            if gift.is_drop:
                raise OnlyByTurns
            return _order(person, gift, key, at, held_until)
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
    # Before it opens, a drop is told to go by turns, too.
    opens_at = gift.opens_at if gift.is_drop else None
    if (reason := not_on_offer(gift, person, at=max(at, opens_at or at))) is not None:
        raise reason


@transaction.atomic
def _order(
    person: Person, gift: Gift, key: str, at: datetime, held_until: datetime | None
) -> Redemption:
    # One person's orders happen one after another from here on.
    purse, lots = open_purse(person.pk, at)
    has = purse.spendable.balance
    if (reason := short_of(gift, person, spendable=has)) is not None:
        raise reason
    if held_until is not None and not gift.is_drop:
        _may_hold(gift, person, at)
    # The second half of a double click ends here: the key is taken.
    order = Redemption(
        person=person,
        gift=gift,
        idem_key=key,
        cost=gift.cost,
        at=at,
        state=State.ORDERED if held_until is None else State.HELD,
        held_until=held_until,
    )
    statements.insert(order)
    transfer = book(order, Transfer.Kind.REDEEM, person, at)
    take_from_lots(transfer, lots, gift.cost)
    move(transfer, purse.spendable, purse.reserved, gift.cost)
    if held_until is None and gift.has_codes:
        # A code is delivered by being shown: nobody has to send anything.
        spend_for_good(order, purse, person, at)
        close(order, State.FULFILLED, None, at)
    elif held_until is None:
        ask_hook(order, at)
    # Last, as all buyers wait for this row until we commit.
    if not statements.take_one(gift.pk):
        raise SoldOut
    if gift.has_codes and not statements.hand_out_code(gift.pk, order.pk):
        raise SoldOut
    return order


def _may_hold(gift: Gift, person: Person, at: datetime) -> None:
    """Nobody keeps gifts from others by holding them without wanting them."""
    mine = Redemption.objects.filter(person=person)
    if mine.filter(state=State.HELD, held_until__gt=at).exists():
        raise HoldingAnother
    lapsed = mine.filter(
        gift=gift, state=State.LAPSED, at__gt=at - numbers.HOLDS_WITHIN
    )
    if lapsed.count() >= numbers.HOLDS_MOST:
        raise HeldTooOften
