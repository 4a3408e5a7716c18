"""Who wants no place in boards, scores and lists of badges has none, at once."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from common.freshness import changed
from people.models import Person
from rewards.freshness import BADGES, LEADERS
from rewards.models import BoardPlace, HiddenHelper, LeaderBoard


@transaction.atomic
def choose_hidden(*, person: Person, is_hidden: bool, at: datetime) -> bool:
    """Hide somebody's helping, or show it again; the same again changes nothing.

    Scores and levels are computed all the same, for the team and for themselves.
    Shown again, they are back on the boards when those are made next.
    """
    if is_hidden:
        HiddenHelper.objects.get_or_create(person=person, defaults={"at": at})
        _leave_boards(person)
    else:
        HiddenHelper.objects.filter(person=person).delete()
    changed(LEADERS, BADGES, person)
    return is_hidden


def forget_hiding(*, person: Person, at: datetime) -> None:  # noqa: ARG001
    """Who is erased stands nowhere anyway."""
    _leave_boards(person)
    HiddenHelper.objects.filter(person=person).delete()
    changed(LEADERS, BADGES)


def _leave_boards(person: Person) -> None:
    """Whoever stood behind them moves up: a gap would tell that somebody hides."""
    for place in BoardPlace.objects.filter(person=person).order_by("board"):
        board = LeaderBoard.objects.select_for_update().get(pk=place.board_id)
        behind = board.places.filter(rank__gt=place.rank)
        behind.update(rank=F("rank") - 1)
        board.people = max(0, board.people - 1)
        board.steps = [
            [worth, people - (worth == place.worth)] for worth, people in board.steps
        ]
        board.save(update_fields=["people", "steps"])
        place.delete()
