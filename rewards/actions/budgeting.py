"""Points are given out of a month's budget, and on top of it out of a campaign's.

A pot lies in many small pieces. Who gives points takes the first piece that nobody else
is holding, so a hundred awards at once wait for no common row, and since a piece is
never negative and nothing else is given from, the ceiling is never passed.
"""

import time
from datetime import datetime

from django.db import transaction
from django.db.models import F, Sum

from common.site_day import start_of_site_day
from rewards import numbers
from rewards.models import Account, Campaign, Entry, PointsTerms, Pot, PotPiece
from rewards.months import month_of, months_later


class PotBusy(Exception):
    """Points are left, but others hold them this moment."""


class _NotFound(Exception):
    pass


def month_key(month: str) -> str:
    return f"month:{month}"


def month_pot(at: datetime, terms: PointsTerms | None = None) -> Pot | None:
    """This month's pot, made if a budget is set and it is not there yet."""
    terms = terms or PointsTerms.current()
    if terms.monthly_budget is None:
        return None
    pot = Pot.objects.filter(key=month_key(month_of(at))).first()
    if pot is None:
        start = start_of_site_day(at).replace(day=1)
        used = min(_issued_between(start, months_later(start, 1)), terms.monthly_budget)
        pot = _open(month_key(month_of(at)), terms.monthly_budget, used, at)
    return pot


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
def follow_the_terms(*, at: datetime) -> Pot | None:
    """Let this month's pot have what the terms say, but not less than was given."""
    terms = PointsTerms.current()
    pot = month_pot(at, terms)
    if pot is not None:
        _resize(pot, terms.monthly_budget or 0)
    return pot


@transaction.atomic
def follow_the_campaign(*, campaign: Campaign, at: datetime) -> None:
    """The same for a campaign whose budget was changed."""
    pot = campaign_pot(campaign, at)
    if pot is not None:
        _resize(pot, campaign.budget or 0)


def _resize(pot: Pot, wanted: int) -> None:
    pot = Pot.objects.select_for_update().get(pk=pot.pk)
    change = wanted - pot.points
    if change > 0:
        PotPiece.objects.create(pot=pot, left=change)
    elif change < 0:
        pieces = pot.pieces.select_for_update().filter(left__gt=0).order_by("pk")
        missing = -change
        for piece in pieces:
            part = min(missing, piece.left)
            pot.pieces.filter(pk=piece.pk).update(left=F("left") - part)
            missing -= part
        # What is given is given: then the pot is empty and a little larger.
        change += missing
    if change:
        Pot.objects.filter(pk=pot.pk).update(points=F("points") + change)


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


def _issued_between(start: datetime, end: datetime) -> int:
    """What was given in this time and still stands."""
    issued = Entry.objects.filter(
        debit__kind=Account.Kind.ISSUED,
        transfer__at__gte=start,
        transfer__at__lt=end,
        transfer__reversed_by__isnull=True,
    )
    return issued.aggregate(n=Sum("amount"))["n"] or 0
