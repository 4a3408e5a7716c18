"""Who is erased leaves no open order behind, nor points that nobody can spend."""

from datetime import datetime

from common import outbox
from people.models import Person
from rewards.actions.ageing import forfeit_points
from rewards.actions.queueing import forget_places
from rewards.actions.settling import cancel_for_the_erased
from rewards.models import Redemption

CLOSE = "rewards.close_purse"


def forget_purse(*, person: Person, at: datetime) -> None:
    """Have the purse closed once the erasure is committed.

    Not in its transaction: it holds the person's row, for which somebody with their
    purse in hand may be waiting.
    """
    outbox.put(CLOSE, str(person.pk), {"person": person.pk}, at=at)


def close_purse(*, person: Person, at: datetime) -> None:
    """Cancel what is on its way and let all points go. A second time changes nothing.

    A code that was shown stays theirs.
    """
    waiting = Redemption.objects.filter(
        person=person, state__in=Redemption.OPEN
    ).order_by("pk")
    for order_id in waiting.values_list("pk", flat=True):
        cancel_for_the_erased(order_id=order_id, at=at)
    forget_places(person=person)
    forfeit_points(owner_id=person.pk, at=at)
