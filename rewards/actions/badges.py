"""Badges are enabled and retired, earned and taken back."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from common import outbox
from common.errors import NotAllowed
from common.freshness import changed
from common.text import clean_line
from people import actions as people
from people.models import Person
from rewards import numbers
from rewards.errors import (
    BadgeByRule,
    BadgeNotADraft,
    BadgeNotHeld,
    BadgeNotInForce,
    BadgeReasonMissing,
    BadgeToNobody,
    BadgeToYourself,
)
from rewards.freshness import BADGES
from rewards.models import Badge, BadgeEvent, BadgeHolding, Touch
from rewards.models.badges import Tier
from rewards.queries.feats import Reached, candidates, reached

KIND = "rewards.badge_earned"
EVERYBODY = "rewards.badge_everybody"
Event = BadgeEvent.Kind


def look_later(*people: int) -> None:
    """Have somebody's badges and level looked at, inside the caller's transaction."""
    Touch.objects.bulk_create([Touch(person_id=pk) for pk in sorted(set(people))])


# What managers decide


@transaction.atomic
def enable(*, badge: Badge, by: Person, at: datetime) -> Badge:
    """Put a draft in force; who has earned it already gets it soon."""
    badge = _locked(badge, by)
    if not badge.is_draft:
        raise BadgeNotADraft
    badge.state, badge.enabled_at = Badge.State.IN_FORCE, at
    badge.save(update_fields=["state", "enabled_at"])
    if not badge.is_given_by_staff:
        _continue(badge.pk, after=0, at=at)
    return badge


@transaction.atomic
def retire(*, badge: Badge, by: Person, at: datetime) -> Badge:
    """Nobody gets it any more; who has it keeps it."""
    badge = _locked(badge, by)
    if not badge.is_in_force:
        raise BadgeNotInForce
    badge.state, badge.retired_at = Badge.State.RETIRED, at
    badge.save(update_fields=["state", "retired_at"])
    return badge


@transaction.atomic
def give(
    *, badge: Badge, person: Person, tier: int, reason: str, by: Person, at: datetime
) -> BadgeHolding:
    """Give a badge that has no rule. The reason is shown on the badge's page."""
    badge = _locked(badge, by)
    reason = clean_line(reason, numbers.REASON_MOST_CHARS)
    if not badge.is_given_by_staff:
        raise BadgeByRule
    if not badge.is_in_force:
        raise BadgeNotInForce
    if person.pk == by.pk:
        raise BadgeToYourself
    if person.is_imported or person.is_erased or not person.is_active:
        raise BadgeToNobody
    if not reason:
        raise BadgeReasonMissing
    holding = _holding(badge, person.pk, "", at)
    ends = at + timedelta(days=badge.valid_days) if badge.valid_days else None
    _change(holding, Event.GIVEN, Tier(tier), ends, at, by=by, reason=reason)
    _tell(holding, at)
    return holding


@transaction.atomic
def take(
    *, holding: BadgeHolding, reason: str, by: Person, at: datetime
) -> BadgeHolding:
    """Take back a badge that was given by hand."""
    badge = _locked(holding.badge, by)
    reason = clean_line(reason, numbers.REASON_MOST_CHARS)
    if not badge.is_given_by_staff:
        raise BadgeByRule
    if not reason:
        raise BadgeReasonMissing
    holding = BadgeHolding.objects.select_for_update(of=("self",)).get(pk=holding.pk)
    if holding.tier is None:
        raise BadgeNotHeld
    _change(holding, Event.TAKEN, None, None, at, by=by, reason=reason)
    return holding


# What comes due by itself


@transaction.atomic
def look_at_everybody(*, badge: Badge, after: int, at: datetime) -> int:
    """Look at the next people by id who may have earned it; returns how many.

    The rest is put into the outbox in the same transaction: killed, it goes on there.
    """
    if not badge.is_in_force:
        return 0
    found = candidates(badge, after=after, most=numbers.BADGE_PEOPLE_AT_ONCE)
    look_at(badge=badge, people=found, at=at)
    if len(found) == numbers.BADGE_PEOPLE_AT_ONCE:
        _continue(badge.pk, after=found[-1], at=at)
    return len(found)


@transaction.atomic
def look_at(*, badge: Badge, people: Iterable[int], at: datetime) -> int:
    """Give these people what they have earned of a badge; returns what changed.

    Lowered or taken back when its cause was undone, if the rule says so, and when its
    time is over. The same again changes nothing.
    """
    earned = reached(badge, sorted(_eligible(badge, people)), at=at)
    held = {
        (one.person_id, one.series): one
        for one in BadgeHolding.objects.select_for_update(of=("self",))
        .filter(badge=badge, person__in=people)
        .order_by("pk")
    }
    happened = 0
    for key, now in sorted(earned.items()):
        holding = held.get(key) or _holding(badge, key[0], key[1], at)
        happened += _settle(badge, holding, now, at)
    for key, holding in held.items():
        if key not in earned and holding.tier is not None:
            happened += _settle(badge, holding, None, at)
    return happened


def end_badges(*, at: datetime) -> int:
    """End what is no longer valid, unless it was earned again; returns how many."""
    over = BadgeHolding.objects.filter(tier__isnull=False, expires_at__lte=at)
    ended = 0
    for pk in list(over.order_by("expires_at", "pk").values_list("pk", flat=True)):
        ended += _end(pk, at)
    return ended


@transaction.atomic
def _end(pk: int, at: datetime) -> int:
    """A transaction each. Earned again a moment ago: it stays."""
    holdings = BadgeHolding.objects.select_related("badge")
    holding = holdings.select_for_update(of=("self",)).get(pk=pk)
    if holding.tier is None or holding.expires_at is None or holding.expires_at > at:
        return 0
    if holding.badge.is_in_force and not holding.badge.is_given_by_staff:
        return look_at(badge=holding.badge, people=[holding.person_id], at=at)
    _change(holding, Event.ENDED, None, None, at)
    return 1


def _settle(
    badge: Badge, holding: BadgeHolding, now: Reached | None, at: datetime
) -> int:
    """Bring a holding to what was earned, as far as the rule lets it fall."""
    has, gets = holding.tier or 0, now.tier if now else 0
    ends = now.expires_at if now else None
    is_over = holding.expires_at is not None and holding.expires_at <= at
    if gets > has:
        is_first = not BadgeEvent.objects.filter(
            badge=badge, person=holding.person_id, series=holding.series, tier=gets
        ).exists()
        kind = Event.EARNED if is_first else Event.RENEWED
        _change(holding, kind, Tier(gets), ends, at)
        if is_first:
            _tell(holding, at)
        return 1
    if gets < has and (is_over or badge.is_taken_back):
        kind = Event.ENDED if is_over else Event.UNDONE
        _change(holding, kind, Tier(gets) if gets else None, ends, at)
        return 1
    later = ends is not None and (
        holding.expires_at is None or ends > holding.expires_at or badge.is_taken_back
    )
    if gets == has and later and ends != holding.expires_at:
        holding.expires_at = ends
        holding.save(update_fields=["expires_at"])
    return 0


def _holding(badge: Badge, person_id: int, series: str, at: datetime) -> BadgeHolding:
    """The locked row of who gets a badge, made if there is none."""
    key = {"badge": badge, "person_id": person_id, "series": series}
    BadgeHolding.objects.bulk_create(
        [BadgeHolding(**key, tier=None, since=at)], ignore_conflicts=True
    )
    return BadgeHolding.objects.select_for_update(of=("self",)).get(**key)


def _change(
    holding: BadgeHolding,
    kind: BadgeEvent.Kind,
    tier: Tier | None,
    expires_at: datetime | None,
    at: datetime,
    *,
    by: Person | None = None,
    reason: str = "",
) -> None:
    holding.changes += 1
    holding.tier, holding.since, holding.expires_at = tier, at, expires_at
    holding.save(update_fields=["changes", "tier", "since", "expires_at"])
    BadgeEvent.objects.create(
        badge_id=holding.badge_id,
        person_id=holding.person_id,
        series=holding.series,
        number=holding.changes,
        kind=kind,
        tier=tier,
        at=at,
        by=by,
        reason=reason,
    )
    changed(BADGES, f"people.person:{holding.person_id}")


def _tell(holding: BadgeHolding, at: datetime) -> None:
    badge = holding.badge
    people.notify(
        person=Person.objects.get(pk=holding.person_id),
        kind=KIND,
        data={"badge": badge.pk, "tier": holding.tier, "series": holding.series},
        url=badge.get_absolute_url(),
        key=f"{KIND}:{holding.pk}:{holding.changes}",
        at=at,
    )


def _eligible(badge: Badge, people: Iterable[int]) -> set[int]:
    found = Person.objects.filter(
        pk__in=people, erased_at=None, merged_into=None, is_active=True
    )
    if not badge.counts_imported:
        found = found.filter(source="")
    return set(found.values_list("pk", flat=True))


def _continue(badge_id: int, *, after: int, at: datetime) -> None:
    outbox.put(EVERYBODY, str(badge_id), {"badge": badge_id, "after": after}, at=at)


def _locked(badge: Badge, by: Person) -> Badge:
    if not by.has_perm("rewards.manage_rewards"):
        raise NotAllowed
    changed(BADGES)
    return Badge.objects.select_for_update(of=("self",)).get(pk=badge.pk)


def forget_badges(*, person: Person, at: datetime) -> None:  # noqa: ARG001
    """Who is erased has no badges; of the history the numbers stay, not the words."""
    BadgeEvent.objects.filter(person=person).exclude(reason="").update(reason="")
    BadgeHolding.objects.filter(person=person).update(tier=None, expires_at=None)
    changed(BADGES)
