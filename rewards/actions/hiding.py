"""Who wants no place in boards, scores and lists of badges has none, at once."""

from datetime import datetime

from django.db import transaction

from common.freshness import changed
from people.models import Person
from rewards.freshness import BADGES, LEADERS
from rewards.models import BoardPlace, HiddenHelper


@transaction.atomic
def choose_hidden(*, person: Person, is_hidden: bool, at: datetime) -> bool:
    """Hide somebody's helping, or show it again; the same again changes nothing.

    Scores and levels are computed all the same, for the team and for themselves.
    Shown again, they are back on the boards when those are made next.
    """
    if is_hidden:
        HiddenHelper.objects.get_or_create(person=person, defaults={"at": at})
        BoardPlace.objects.filter(person=person).delete()
    else:
        HiddenHelper.objects.filter(person=person).delete()
    changed(LEADERS, BADGES, person)
    return is_hidden


def forget_hiding(*, person: Person, at: datetime) -> None:  # noqa: ARG001
    """Who is erased stands nowhere anyway."""
    BoardPlace.objects.filter(person=person).delete()
    HiddenHelper.objects.filter(person=person).delete()
    changed(LEADERS, BADGES)
