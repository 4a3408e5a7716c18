"""Badges as pages show them: all of them, who has one, what somebody has."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from common.converters import LARGEST_ID
from common.freshness import shows
from people.models import Person
from rewards import numbers
from rewards.freshness import BADGES
from rewards.models import Badge, BadgeEvent, BadgeHolding
from rewards.models.badges import Tier
from rewards.queries.boards import hidden, places_export
from rewards.queries.feats import candidates, reached
from rewards.queries.levels import level_export


@dataclass(frozen=True)
class Holders:
    """A piece of the list of who has a badge; `next` is its end, "" at the last."""

    rows: list[BadgeHolding]
    next: str


@dataclass(frozen=True)
class Preview:
    """Who of the first so many people would get a badge now.

    `looked` of them, and not all there are if `is_more`: nobody counts for ever.
    """

    people: int
    by_tier: list[tuple[str, int]]
    some: list[Person]
    looked: int = 0
    is_more: bool = False


def public_badges() -> list[Badge]:
    """All that are in force, then the retired, each with `holders`. Two queries."""
    badges = list(
        Badge.objects.public()
        .select_related("tag", "circle")
        .order_by("retired_at", "pk")
    )
    held = BadgeHolding.objects.filter(tier__isnull=False, badge__in=badges)
    counts = dict(
        held.order_by()
        .values_list("badge")
        .annotate(n=Count("person", distinct=True))
        .values_list("badge", "n")
    )
    for badge in badges:
        badge.holders = counts.get(badge.pk, 0)  # type: ignore[attr-defined]
    return sorted(badges, key=lambda badge: badge.is_retired)


def series_of(badge: Badge) -> list[str]:
    """The years somebody has a yearly badge of, the newest first."""
    if badge.window != Badge.Window.YEAR:
        return []
    held = BadgeHolding.objects.filter(badge=badge, tier__isnull=False)
    years = held.order_by("-series").values_list("series", flat=True)
    return list(years.distinct())


def holders_of(badge: Badge, *, series: str = "", after: str = "") -> Holders:
    """Who has it, the newest first, without who is hidden. Raises ValueError.

    `after` is what `next` said: a row, so that nothing is missed or seen twice.
    """
    held = (
        BadgeHolding.objects.filter(badge=badge, series=series, tier__isnull=False)
        .filter(person__erased_at=None, person__is_active=True)
        .exclude(Exists(hidden(OuterRef("person"))))
        .select_related("person")
        .order_by("-since", "-pk")
    )
    if after:
        since, pk = _read(after)
        held = held.filter(since__lte=since).filter(
            Q(since__lt=since) | Q(since=since, pk__lt=pk)
        )
    rows = list(held[: numbers.BADGE_HOLDERS_SHOWN + 1])
    shown = rows[: numbers.BADGE_HOLDERS_SHOWN]
    for row in shown:
        row.badge = badge
    is_last = len(rows) == len(shown)
    return Holders(shown, "" if is_last else _written(shown[-1]))


def _written(row: BadgeHolding) -> str:
    return f"{row.since:%Y%m%dT%H%M%S.%f}-{row.pk}"


def _read(words: str) -> tuple[datetime, int]:
    since, _dash, pk = words.partition("-")
    moment = datetime.strptime(f"{since}+0000", "%Y%m%dT%H%M%S.%f%z")
    if not pk.isascii() or not pk.isdigit() or int(pk) > LARGEST_ID:
        raise ValueError(words)
    return moment, int(pk)


def badges_of(person: Person) -> list[BadgeHolding]:
    """What somebody has now, gold first; of a year's badge the newest. One query."""
    return list(_held([person]))


def best_badges(people: Iterable[Person]) -> dict[int, list[BadgeHolding]]:
    """The few to show beside each name, in one query for all of them."""
    found: dict[int, list[BadgeHolding]] = defaultdict(list)
    for holding in _held(people):
        mine = found[holding.person_id]
        # One look of a badge is enough, whichever years it was earned in.
        is_new = all(holding.badge_id != one.badge_id for one in mine)
        if is_new and len(mine) < numbers.BADGES_BESIDE_NAME:
            mine.append(holding)
    return found


def _held(people: Iterable[Person]) -> QuerySet[BadgeHolding]:
    shows(BADGES)
    return (
        BadgeHolding.objects.filter(person__in=people, tier__isnull=False)
        .select_related("badge", "badge__tag", "badge__circle")
        .order_by("person", "-tier", "-series", "-since", "-pk")
    )


def reasons_for(badge: Badge, holders: Iterable[BadgeHolding]) -> dict[int, str]:
    """Why our team gave it, by person."""
    given = BadgeEvent.objects.filter(
        badge=badge,
        person__in=[row.person_id for row in holders],
        kind=BadgeEvent.Kind.GIVEN,
    )
    return dict(given.order_by("at", "pk").values_list("person", "reason"))


def preview(badge: Badge, *, at: datetime) -> Preview:
    """How many would get the badge now, and some of them. Changes nothing."""
    if badge.is_given_by_staff:
        return Preview(0, [], [])
    best: dict[int, Tier] = {}
    after, looked = 0, 0
    while looked < numbers.BADGE_PREVIEW_MOST:
        some = candidates(badge, after=after, most=numbers.BADGE_PEOPLE_AT_ONCE)
        if not some:
            break
        for (person, _series), has in reached(badge, some, at=at).items():
            best[person] = max(has.tier, best.get(person, Tier.BRONZE))
        after, looked = some[-1], looked + len(some)
        if len(some) < numbers.BADGE_PEOPLE_AT_ONCE:
            break
    people = Person.objects.filter(
        pk__in=best, erased_at=None, merged_into=None, is_active=True
    )
    found = {person.pk: person for person in people}
    tiers = [best[pk] for pk in found]
    order = sorted(found.values(), key=lambda one: (-best[one.pk], one.pk))
    return Preview(
        people=len(found),
        by_tier=[(str(tier.label), tiers.count(tier)) for tier, _n in badge.thresholds],
        some=order[: numbers.BADGE_PREVIEW_NAMES],
        looked=looked,
        is_more=looked >= numbers.BADGE_PREVIEW_MOST
        and bool(candidates(badge, after=after, most=1)),
    )


def badges_export(person: Person) -> dict[str, object]:
    """What somebody is handed of badges, level and leaderboards."""
    events = BadgeEvent.objects.filter(person=person).select_related("badge")
    return {
        "badges": [
            {
                "badge": event.badge.slug,
                "year": event.series,
                "what": event.kind,
                "tier": Tier(event.tier).name.lower() if event.tier else None,
                "at": event.at,
                "reason": event.reason,
            }
            for event in events.order_by("at", "pk")
        ],
        "level": level_export(person),
        "leaderboards": places_export(person),
    }
