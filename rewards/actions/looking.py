"""Looking for unfair play: every night, and at the moment points are to be released.

What is found opens a case; people decide about it. Nothing else follows from a number.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import translation

from people import actions as people
from people.models import Person
from rewards.models import (
    Case,
    CasePerson,
    CaseStep,
    FairPlayRules,
    FairPlayScan,
    Lot,
    SignInTrace,
    Transfer,
)
from rewards.models.fairplay import decide_by, lapses_at
from rewards.queries import dealings
from rewards.queries.dealings import shared_sign_ins
from rewards.queries.withholding import in_a_live_case
from rewards.scoring.newcomers import Welcome, too_agreeable
from rewards.scoring.signals import Row, Sign, Suspicion, find

# A scan looks back a little further than the one before: nothing falls between.
OVERLAP = timedelta(hours=1)
FIRST_LOOK = timedelta(days=30)
KEEP_SCANS = timedelta(days=400)


def review_fair_play(*, at: datetime) -> FairPlayScan:
    """Look at everybody who earned something since the last time; say what came of it.

    The second time for the same moment looks again and changes nothing.
    """
    before = FairPlayScan.objects.filter(at__lt=at).order_by("-at").first()
    since = before.at - OVERLAP if before else at - FIRST_LOOK
    days = FairPlayRules.current().days_read
    hall = dealings.newcomers_of_the_hall(at - timedelta(days=days))
    looked = opened = 0
    for portion in dealings.those_who_earned(since, at):
        looked += len(portion)
        opened += len(look_at(portion, at=at, hall=hall))
    FairPlayScan.objects.filter(at__lt=at - KEEP_SCANS).delete()
    forget_sign_ins(at=at)
    scan, _made = FairPlayScan.objects.update_or_create(
        at=at,
        defaults={
            "people_count": looked,
            "opened_count": opened,
            "newcomers_answered": hall.answered,
            "newcomers_agreed": hall.agreed,
        },
    )
    return scan


def look_at(
    centres: Collection[int], *, at: datetime, hall: Welcome | None = None
) -> list[Case]:
    """Open a case around each of these people where the signs are enough.

    In some dozen queries for all of them; returns the cases that were opened or grew.
    Without `hall` newcomers are compared with those of the last nightly look.
    """
    rules = FairPlayRules.current()
    found = suspicions(centres, rules=rules, at=at, hall=hall or _last_welcome(at))
    if found and rules._state.adding:
        rules.save()
    return [case for one in found if (case := _open(one, rules, at)) is not None]


def suspicions(
    centres: Collection[int], *, rules: FairPlayRules, at: datetime, hall: Welcome
) -> list[Suspicion]:
    """What look_at() would open cases about; changes nothing."""
    since = at - timedelta(days=rules.days_read)
    facts, others, people_seen = dealings.around(centres, since, rules.limits)
    if not len(facts):
        return []
    newcomers = dealings.newcomers_of(centres, since)
    return find(
        facts,
        centres=np.array(sorted(centres), dtype=np.int64),
        limits=rules.limits,
        others_of=others,
        shared=shared_sign_ins(people_seen, rules),
        agreeable=too_agreeable(newcomers, hall, rules.limits),
    )


def _last_welcome(at: datetime) -> Welcome:
    scan = FairPlayScan.objects.filter(at__lte=at).order_by("-at").first()
    return (
        Welcome(scan.newcomers_answered, scan.newcomers_agreed) if scan else Welcome()
    )


@transaction.atomic
def _open(suspicion: Suspicion, rules: FairPlayRules, at: datetime) -> Case | None:
    """The new case, or the live one if it grew; None if all of this is known."""
    case = _live_case(suspicion)
    if case is None:
        try:
            with transaction.atomic():
                case = Case.objects.create(
                    centre_id=suspicion.centre,
                    rules=rules,
                    weight=suspicion.weight,
                    opened_at=at,
                    grown_at=at,
                    decide_by=decide_by(rules, at),
                    lapses_at=lapses_at(rules, at),
                )
        except IntegrityError:
            # Somebody else opened it at this moment, from the same facts.
            return None
        _add(case, suspicion, at)
        CaseStep.objects.create(case=case, kind=CaseStep.Kind.OPENED, at=at)
        _tell_those_who_wait(case, suspicion.people, at)
        return case
    known = set(case.people.values_list("person_id", flat=True))
    fresh = [person for person in suspicion.people if person not in known]
    case.weight = max(case.weight, suspicion.weight)
    if not fresh:
        # The same people, maybe more often: whoever decides sees today's numbers.
        _add(case, suspicion, at)
        return None
    case.grown_at = at
    _add(case, suspicion, at)
    CaseStep.objects.create(
        case=case, kind=CaseStep.Kind.GROWN, data={"people": len(fresh)}, at=at
    )
    _tell_those_who_wait(case, fresh, at)
    return case


def _live_case(suspicion: Suspicion) -> Case | None:
    """The live case around the same person, or one that knows them and a partner."""
    live = Case.objects.live().select_for_update()
    around = live.filter(centre=suspicion.centre).first()
    if around is not None:
        return around
    knows_centre = CasePerson.objects.filter(person=suspicion.centre).values("case")
    knows_partner = CasePerson.objects.filter(person__in=suspicion.people[1:])
    both = live.filter(pk__in=knows_centre)
    return both.filter(pk__in=knows_partner.values("case")).order_by("pk").first()


def _add(case: Case, suspicion: Suspicion, at: datetime) -> None:
    CasePerson.objects.bulk_create(
        [CasePerson(case=case, person_id=pk, at=at) for pk in suspicion.people],
        ignore_conflicts=True,
    )
    everybody = list(case.people.values_list("person_id", flat=True))
    since = at - timedelta(days=case.rules.days_read)
    case.evidence = {
        "signs": _merged(case.evidence.get("signs", []), suspicion.signs),
        "edges": edges_among(dealings.given_by(everybody, since), everybody),
    }
    case.save(update_fields=["weight", "grown_at", "evidence"])


def _merged(before: Sequence[dict[str, Any]], signs: Iterable[Sign]) -> list[dict]:
    """The newest numbers of each sign; ids and numbers, the words are the reader's."""
    merged = {(s["kind"], s["person"], s["partner"]): s for s in before}
    for sign in signs:
        merged[sign.kind, sign.person, sign.partner] = {
            "kind": sign.kind,
            "person": sign.person,
            "partner": sign.partner,
            "n": sign.n,
            "percent": sign.percent,
        }
    return list(merged.values())


def edges_among(
    rows: Iterable[Row], people_ids: Collection[int]
) -> list[dict[str, Any]]:
    """What these people gave each other: counts, and from when to when (seconds)."""
    inside = set(people_ids)
    edges: dict[tuple[int, int], dict[str, Any]] = {}
    for by, of, _answer, at, written in rows:
        if by not in inside or of not in inside:
            continue
        edge = edges.setdefault(
            (by, of),
            {"by": by, "of": of, "accepted": 0, "votes": 0, "first": at, "last": at},
        )
        edge["votes" if written is None else "accepted"] += 1
        edge["first"], edge["last"] = min(edge["first"], at), max(edge["last"], at)
    return [edges[pair] for pair in sorted(edges)]


def _tell_those_who_wait(case: Case, people_ids: Sequence[int], at: datetime) -> None:
    """Only those with points that are not theirs yet: others lose nothing."""
    for person in Person.objects.filter(pk__in=people_ids).order_by("pk"):
        points = waiting_points(person.pk)
        if points:
            people.notify(
                person=person,
                kind="rewards.points_in_review",
                data={"points": points, "hours": case.rules.decide_hours},
                url=review_url(case, person),
                key=f"rewards.points_in_review:{case.pk}:{person.pk}",
                at=at,
            )


def review_url(case: Case, person: Person) -> str:
    """Where this person reads what it is about, in their language."""
    with translation.override(person.language or settings.LANGUAGE_CODE):
        return reverse("rewards:review", args=[case.pk])


def waiting_points(person_id: int) -> int:
    """Points of a person that are kept back because of live cases."""
    awards = Transfer.objects.filter(in_a_live_case(person_id), person=person_id)
    lots = Lot.objects.filter(transfer__in=awards, vests_at__isnull=False)
    return sum(lots.values_list("remaining", flat=True))


def forget_sign_ins(*, at: datetime) -> int:
    """Delete codes past their days, or all of them when they are not wanted."""
    rules = FairPlayRules.current()
    old = SignInTrace.objects.all()
    if rules.watch_sign_ins:
        old = old.filter(at__lt=at - timedelta(days=rules.sign_in_days))
    return old.delete()[0]
