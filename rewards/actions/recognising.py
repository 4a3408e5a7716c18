"""Works off who did something: their badges, then their level."""

from datetime import datetime

from django.db import transaction

from rewards import numbers
from rewards.actions.badges import look_at
from rewards.actions.levels import settle_levels
from rewards.models import Badge, Touch


def recognise(*, at: datetime) -> int:
    """Look at everybody of whom something changed; returns how many people.

    In pieces, a transaction each, the oldest change first. After an outage it goes on
    where it was, and what a full run leaves is done by the next.
    """
    looked = 0
    for _turn in range(numbers.TOUCH_TURNS):
        # Who has nothing to do must not take SQLite's write lock every half minute.
        if not Touch.objects.exists():
            break
        looked += _look_at_some(at)
    return looked


@transaction.atomic
def _look_at_some(at: datetime) -> int:
    # Rows added meanwhile stay: what they are about may not be committed yet.
    rows = list(
        Touch.objects.order_by("pk").values_list("pk", "person")[
            : numbers.TOUCHES_AT_ONCE
        ]
    )
    if not rows:
        return 0
    people = sorted({person for _pk, person in rows})
    for start in range(0, len(people), numbers.BADGE_PEOPLE_AT_ONCE):
        some = people[start : start + numbers.BADGE_PEOPLE_AT_ONCE]
        for badge in Badge.objects.in_force().by_rule().order_by("pk"):
            look_at(badge=badge, people=some, at=at)
        settle_levels(people=some, at=at)
    seen = [pk for pk, _person in rows]
    for start in range(0, len(seen), numbers.BADGE_PEOPLE_AT_ONCE):
        done = seen[start : start + numbers.BADGE_PEOPLE_AT_ONCE]
        Touch.objects.filter(pk__in=done).delete()
    return len(people)
