"""The ladder, where somebody stands on it, and what the next step needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet, Sum

from common.freshness import shows
from common.prepared import prepared
from community.models import MemberTally
from people.models import Person
from rewards.freshness import BADGES
from rewards.models import Account, Entry, Gift, GiftLevel, Level, MemberLevel

ISSUED = Account.Kind.ISSUED


@dataclass(frozen=True)
class Numbers:
    """What somebody has of all that levels ask for."""

    reputation: int = 1
    points: int = 0
    accepted: int = 0
    days: int = 0

    def missing(self, level: Level) -> dict[str, int]:
        """What this person lacks for the level, by need; empty: nothing."""
        return {
            name: needed - getattr(self, name)
            for name, needed in level.needs.items()
            if needed > getattr(self, name)
        }


@dataclass(frozen=True)
class Need:
    """One thing the next step asks for."""

    name: str
    has: int
    needed: int

    @property
    def percent(self) -> int:
        return min(100, 100 * max(self.has, 0) // self.needed)

    @property
    def is_met(self) -> bool:
        return self.has >= self.needed


@dataclass(frozen=True)
class Rights:
    """Of a gift: the most of it (None: no limit), and the level that is missing."""

    most: int | None
    missing: Level | None


@dataclass(frozen=True)
class Progress:
    ladder: list[Level]
    row: MemberLevel | None
    next: Level | None
    needs: list[Need]

    @property
    def level(self) -> Level | None:
        return self.row.level if self.row else None


def numbers_of(people: Sequence[Person], *, at: datetime) -> dict[int, Numbers]:
    """In three queries, however many people."""
    ids = [person.pk for person in people]
    tallies = MemberTally.objects.in_bulk(ids)
    earned = _points(ids, to="credit", hall="debit")
    undone = _points(ids, to="debit", hall="credit")
    return {
        person.pk: Numbers(
            reputation=tally.reputation if tally else 1,
            points=max(0, earned.get(person.pk, 0) - undone.get(person.pk, 0)),
            accepted=tally.accepted_count if tally else 0,
            days=max(0, (at - person.date_joined).days),
        )
        for person in people
        for tally in [tallies.get(person.pk)]
    }


def _points(people: list[int], *, to: str, hall: str) -> dict[int, int]:
    entries = Entry.objects.filter(
        **{f"{hall}__owner": None, f"{hall}__kind": ISSUED, f"{to}__owner__in": people}
    )
    rows = entries.order_by().values_list(f"{to}__owner").annotate(n=Sum("amount"))
    return dict(rows)


def level_of(person: Person) -> Level | None:
    row = MemberLevel.objects.filter(person=person).select_related("level").first()
    return row.level if row else None


def progress_of(person: Person, *, at: datetime) -> Progress:
    """The ladder and what this person still needs for the next step; 5 queries."""
    ladder = list(Level.objects.order_by("step"))
    row = MemberLevel.objects.filter(person=person).select_related("level").first()
    step = row.level.step if row and row.level else 0
    following = next((level for level in ladder if level.step > step), None)
    needs = []
    if following is not None:
        has = numbers_of([person], at=at)[person.pk]
        needs = [
            Need(name, getattr(has, name), needed)
            for name, needed in following.needs.items()
            if needed
        ]
    return Progress(ladder, row, following, needs)


def public_level(person: Person) -> MemberLevel | None:
    """For pages everybody sees: they are made anew when the level changes."""
    shows(person, BADGES)
    rows = MemberLevel.objects.filter(person=person, level__isnull=False)
    return rows.select_related("level").first()


def rights_to(gift: Gift, person: Person) -> Rights:
    """What somebody's level allows them of a gift; one query at most if none matters.

    The highest step at or below theirs that the gift has a limit for decides.
    """
    limits = _limits_of(gift.pk) if gift.has_level_limits else []
    if gift.least_level_id is None and not limits:
        return Rights(gift.per_person_limit, None)
    level = level_of(person)
    step = level.step if level else 0
    needed = gift.least_level
    most = next((n for at, n in limits if at <= step), gift.per_person_limit)
    return Rights(most, needed if needed and step < needed.step else None)


@prepared
def _limits_of(gift_id: int) -> QuerySet[GiftLevel, tuple[int, int]]:
    limits = GiftLevel.objects.filter(gift_id=gift_id).order_by("-level__step")
    return limits.values_list("level__step", "most")


def level_export(person: Person) -> dict[str, object] | None:
    row = MemberLevel.objects.filter(person=person).select_related("level").first()
    if row is None or row.level is None:
        return None
    return {"level": row.level.name_en, "since": row.since}
