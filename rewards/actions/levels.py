"""Who stands on which step of the ladder."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from common import outbox
from common.freshness import changed
from people import actions as people
from people.models import Person
from rewards import numbers
from rewards.actions.badges import look_later
from rewards.freshness import BADGES
from rewards.models import Level, LevelWatch, MemberLevel, Transfer
from rewards.queries.levels import Numbers, numbers_of

KIND = "rewards.level_reached"
EVERYBODY = "rewards.level_everybody"
# Who earned may have been written a little after the moment it says.
LATE = timedelta(hours=1)


@transaction.atomic
def settle_levels(*, people: Sequence[int], at: datetime) -> int:
    """Put these people on their steps; returns how many moved. The same again: none."""
    ladder = list(Level.objects.order_by("step"))
    members = Person.objects.with_login().filter(pk__in=people).in_bulk()
    has = numbers_of(list(members.values()), at=at)
    MemberLevel.objects.bulk_create(
        [MemberLevel(person_id=pk, level=None, since=at) for pk in sorted(members)],
        ignore_conflicts=True,
    )
    rows = MemberLevel.objects.select_for_update(of=("self",)).select_related("level")
    moved = 0
    for row in rows.filter(person__in=members).order_by("pk"):
        moved += _settle(row, members[row.person_id], ladder, has[row.person_id], at)
    return moved


def look_at_everybody(*, after: int, at: datetime) -> int:
    """Settle the next members by id, and put the rest into the outbox."""
    found = Person.objects.with_login().filter(pk__gt=after).order_by("pk")
    batch = list(found.values_list("pk", flat=True)[: numbers.LEVEL_PEOPLE_AT_ONCE])
    with transaction.atomic():
        settle_levels(people=batch, at=at)
        if len(batch) == numbers.LEVEL_PEOPLE_AT_ONCE:
            ladder_changed(at=at, after=batch[-1])
    return len(batch)


def ladder_changed(*, at: datetime, after: int = 0) -> None:
    """Have everybody's step looked at, inside the caller's transaction."""
    outbox.put(EVERYBODY, "ladder", {"after": after}, at=at)
    changed(BADGES)


@transaction.atomic
def watch_levels(*, at: datetime) -> int:
    """Have those looked at whose time came, or whose points changed since last time."""
    watch, _new = LevelWatch.objects.get_or_create(pk=1, defaults={"looked_until": at})
    earned = Transfer.objects.filter(
        Q(kind__in=Transfer.ISSUING) | Q(kind=Transfer.Kind.REVERSAL),
        at__gte=watch.looked_until - LATE,
    )
    who = set(earned.order_by().values_list("person", flat=True).distinct())
    due = MemberLevel.objects.filter(look_again_at__lte=at)
    who |= set(due.order_by("look_again_at").values_list("pk", flat=True))
    look_later(*who)
    watch.looked_until = max(watch.looked_until, at)
    watch.save(update_fields=["looked_until"])
    return len(who)


def _settle(
    row: MemberLevel, person: Person, ladder: list[Level], has: Numbers, at: datetime
) -> int:
    stands, waits = None, None
    for level in ladder:
        missing = has.missing(level)
        if not missing:
            stands = level
            continue
        if missing.keys() == {"days"}:
            waits = person.date_joined + timedelta(days=level.days)
        break
    row.look_again_at = waits
    was = row.level
    if stands == was:
        row.save(update_fields=["look_again_at"])
        return 0
    row.level, row.since = stands, at
    row.save(update_fields=["look_again_at", "level", "since"])
    changed(person)
    # The lowest step that everybody stands on is no news.
    is_raised = stands is not None and (was is None or stands.step > was.step)
    if stands is not None and is_raised and any(stands.needs.values()):
        people.notify(
            person=person,
            kind=KIND,
            data={"level": stands.pk},
            url=person.get_absolute_url(),
            key=f"{KIND}:{person.pk}:{stands.pk}",
            at=at,
        )
    return 1


def forget_level(*, person: Person, at: datetime) -> None:  # noqa: ARG001
    MemberLevel.objects.filter(person=person).delete()
