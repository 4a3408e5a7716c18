"""Points are given out of a month's budget, and on top of it out of a campaign's.

A pot lies in many small pieces. Who gives points takes the first piece that nobody else
is holding, so a hundred awards at once wait for no common row, and since a piece is
never negative and nothing else is given from, the ceiling is never passed.
"""

import time
from datetime import datetime

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from common.site_day import start_of_site_day
from rewards import numbers
from rewards.actions import statements
from rewards.actions.booking import hall_account
from rewards.models import Account, Campaign, Entry, PointsTerms, Pot, PotPiece
from rewards.months import month_of, months_later


class PotBusy(Exception):
    """Points are left, but others hold them this moment."""


class _NotFound(Exception):
    pass


def month_key(month: str) -> str:
    return f"month:{month}"


def month_pot(at: datetime) -> Pot | None:
    """This month's pot, made if a budget is set and it is not there yet.

    None says that no budget will be set either before this transaction has ended.
    """
    budget = PointsTerms.current().monthly_budget
    if budget is None:
        # Whoever sets one waits for those who give without, and counts it.
        statements.lock_budget(alone=False)
        budget = PointsTerms.current().monthly_budget
    return None if budget is None else _month_pot(budget, at)


def campaign_pot(campaign: Campaign, at: datetime) -> Pot | None:
    """What the campaign may give on top; None if that is without limit."""
    if campaign.budget is None:
        return None
    pot = Pot.objects.filter(key=campaign.pot_key).first()
    return pot or _open(campaign.pot_key, campaign.budget, 0, at)


def take(pot: Pot, amount: int) -> bool:
    """Take points out of the pot; False if it has not so many left.

    Raises PotBusy when others hold what is left: try again in a new transaction.
    """
    if amount <= 0:
        return True
    for _turn in range(numbers.POT_TURNS):
        if _take_from_pieces(pot, amount):
            return True
        if left_in(pot) < amount:
            return False
        time.sleep(numbers.POT_PAUSE_SECONDS)
    raise PotBusy


def put_back(key: str, amount: int) -> None:
    """What was taken back may be given again: as a new piece, that nobody holds."""
    if amount > 0 and (pot := Pot.objects.filter(key=key).first()) is not None:
        PotPiece.objects.create(pot=pot, left=amount)


def left_in(pot: Pot) -> int:
    return pot.pieces.aggregate(n=Sum("left"))["n"] or 0


@transaction.atomic
def follow_the_terms(*, at: datetime) -> None:
    """Let this month's pot have what the terms say, but not less than was given.

    What was given while no budget was set counts, to the point: a transaction that
    gives without one ends before, or sees the budget.
    """
    budget = PointsTerms.current().monthly_budget
    pot = Pot.objects.filter(key=month_key(month_of(at))).first()
    if budget is None:
        if pot is not None:
            _close(pot)
    elif pot is None:
        statements.lock_budget(alone=True)
        _month_pot(budget, at)
    elif pot.points != budget and not _is_overdrawn(pot, budget):
        statements.lock_budget(alone=True)
        _refill(pot, budget, at)


@transaction.atomic
def follow_the_campaign(*, campaign: Campaign, at: datetime) -> None:
    """The same for a campaign whose budget was changed."""
    pot = campaign_pot(campaign, at)
    if pot is not None:
        _resize(pot, campaign.budget or 0)


def _month_pot(budget: int, at: datetime) -> Pot:
    """The pot of a month, with what nobody was given yet."""
    key = month_key(month_of(at))
    pot = Pot.objects.filter(key=key).first()
    if pot is not None:
        return pot
    given = _given_in(at).aggregate(n=Sum("amount"))["n"] or 0
    return _open(key, budget, min(given, budget), at)


def _is_overdrawn(pot: Pot, budget: int) -> bool:
    """More was given than there is now: nothing is left to be taken out."""
    return pot.points > budget and not left_in(pot)


def _close(pot: Pot) -> None:
    """Leave in the pot of a month without budget what was given of it."""
    _resize(pot, 0)


def _refill(pot: Pot, budget: int, at: datetime) -> None:
    """Put as much into a month's pot as its budget leaves, by the ledger.

    What others hold is waited for; what comes back meanwhile is seen in the ledger and
    in the pot by the same statement.
    """
    pot = Pot.objects.select_for_update().get(pk=pot.pk)
    list(pot.pieces.select_for_update().order_by("pk"))
    issued = _given_in(at).order_by().values("debit").annotate(n=Sum("amount"))
    of_the_pot = issued.filter(transfer__data__month=month_of(at))
    pieces = PotPiece.objects.filter(pot=OuterRef("pk")).order_by().values("pot")
    now = Pot.objects.annotate(
        given=Coalesce(Subquery(issued.values("n")), 0),
        of_it=Coalesce(Subquery(of_the_pot.values("n")), 0),
        left=Coalesce(Subquery(pieces.annotate(n=Sum("left")).values("n")), 0),
    ).get(pk=pot.pk)
    left = max(0, budget - now.given)
    _change(pot, left - now.left)
    Pot.objects.filter(pk=pot.pk).update(
        points=now.given + left, used_before=now.given - now.of_it
    )


def _resize(pot: Pot, wanted: int) -> None:
    """Let the pot have so many, less what was given of it."""
    pot = Pot.objects.select_for_update().get(pk=pot.pk)
    change = _change(pot, wanted - pot.points)
    if change:
        Pot.objects.filter(pk=pot.pk).update(points=F("points") + change)


def _change(pot: Pot, change: int) -> int:
    """Put points into a pot, or take them out; returns how many.

    What is given is given: no more is taken out than is left.
    """
    if change > 0:
        PotPiece.objects.create(pot=pot, left=change)
    elif change < 0:
        missing = -change
        pieces = pot.pieces.select_for_update().filter(left__gt=0).order_by("pk")
        for piece in pieces:
            part = min(missing, piece.left)
            _lessen(piece, part)
            missing -= part
        change += missing
    return change


def _open(key: str, points: int, used: int, at: datetime) -> Pot:
    pot, made = Pot.objects.get_or_create(
        key=key, defaults={"points": points, "used_before": used, "opened_at": at}
    )
    left = points - used
    if made and left > 0:
        count = max(1, min(numbers.POT_PIECES, left // numbers.POT_PIECE_POINTS))
        size, more = divmod(left, count)
        PotPiece.objects.bulk_create(
            PotPiece(pot=pot, left=size + (1 if number < more else 0))
            for number in range(count)
        )
    return pot


def _take_from_pieces(pot: Pot, amount: int) -> bool:
    """Without ever waiting: pieces in other hands are passed over."""
    pieces = PotPiece.objects.select_for_update(skip_locked=True).filter(pot=pot)
    large = pieces.filter(left__gte=amount).order_by("pk").first()
    if large is not None:
        _lessen(large, amount)
        return True
    try:
        # Rolled back to here, what was not enough is free for others again.
        with transaction.atomic():
            for piece in pieces.filter(left__gt=0).order_by("pk"):
                part = min(amount, piece.left)
                _lessen(piece, part)
                amount -= part
                if not amount:
                    return True
            raise _NotFound
    except _NotFound:
        return False


def _lessen(piece: PotPiece, amount: int) -> None:
    PotPiece.objects.filter(pk=piece.pk).update(left=F("left") - amount)


def _given_in(at: datetime) -> QuerySet[Entry]:
    """What was given in this month and still stands."""
    start = start_of_site_day(at).replace(day=1)
    # Added to 0 for the reason in flows_between().
    return Entry.objects.alias(account=F("debit_id") + 0).filter(
        account=hall_account(Account.Kind.ISSUED).pk,
        transfer__at__gte=start,
        transfer__at__lt=months_later(start, 1),
        transfer__reversed_by__isnull=True,
    )
