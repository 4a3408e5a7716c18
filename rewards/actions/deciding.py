"""People decide about a fair-play case; those concerned are told and may appeal.

Purses are locked first, smallest id first, then the case: as whoever releases points
does.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse

from common.errors import NotAllowed
from common.text import clean_body, clean_line
from people import actions as people
from people.models import Person
from rewards.actions.booking import lock_purse
from rewards.actions.looking import review_url, waiting_points
from rewards.actions.taking_back import claw_back, give_again
from rewards.errors import (
    AppealAnswered,
    AppealedAlready,
    AppealTooLate,
    CaseClosed,
    CaseNeedsReason,
    DecidedByYou,
    NobodyChosen,
    NothingToAppeal,
    YourOwnCase,
)
from rewards.models import Appeal, Case, CaseStep, SignInTrace
from rewards.queries.fairplay import who_may_answer

REASON_MOST_CHARS = 500
APPEAL_MOST_CHARS = 4000
Kind = CaseStep.Kind
State = Case.State


@transaction.atomic
def hold(*, case: Case, by: Person, reason: str, at: datetime) -> CaseStep:
    """Keep the points held for now: more has to be found out."""
    found = _lock(case, by)
    if found.state == State.HELD:
        raise CaseClosed
    found.state = State.HELD
    found.lapses_at = at + timedelta(days=found.rules.hold_days)
    found.save(update_fields=["state", "lapses_at"])
    waiting = {pk: points for pk in _ids(found) if (points := waiting_points(pk))}
    return _decide(found, Kind.HELD, by, reason, waiting, at)


@transaction.atomic
def release(*, case: Case, by: Person, reason: str, at: datetime) -> CaseStep:
    """Nothing unfair: points are released at their time, or with the next timer."""
    found = _lock(case, by)
    waiting = {pk: points for pk in _ids(found) if (points := waiting_points(pk))}
    _close(found, State.RELEASED, at)
    return _decide(found, Kind.RELEASED, by, reason, waiting, at)


@transaction.atomic
def take_points_back(
    *, case: Case, people_ids: Collection[int], by: Person, reason: str, at: datetime
) -> CaseStep:
    """Reverse what these people of the case earned through others in it.

    The others' points are released. What was spent already is owed.
    """
    found = _lock(case, by)
    everybody = _ids(found)
    chosen = sorted(set(people_ids) & set(everybody))
    if not chosen:
        raise NobodyChosen
    since = found.opened_at - timedelta(days=found.rules.days_read)
    points: dict[int, int] = {}
    for person_id in chosen:
        awards = Q(partner__in=everybody, earned_at__gte=since)
        taken = claw_back(
            person_id=person_id, which=awards, case_id=found.pk, actor=by, at=at
        )
        points[person_id] = taken
    _close(found, State.CLAWED_BACK, at)
    return _decide(found, Kind.CLAWED_BACK, by, reason, points, at)


@transaction.atomic
def appeal(*, case: Case, person: Person, text: str, at: datetime) -> Appeal:
    """Say why a decision is wrong; once for each decision, by whom it concerns."""
    found = Case.objects.select_for_update().with_person(person.pk).filter(pk=case.pk)
    locked = found.select_related("rules").first()
    if locked is None:
        raise NotAllowed
    step = appealable(locked, person)
    if step is None:
        raise NothingToAppeal
    if at > step.at + timedelta(days=locked.rules.appeal_days):
        raise AppealTooLate(days=locked.rules.appeal_days)
    words = clean_body(text, APPEAL_MOST_CHARS).strip()
    if not words:
        raise CaseNeedsReason
    try:
        with transaction.atomic():
            made = Appeal.objects.create(step=step, person=person, text=words, at=at)
    except IntegrityError as error:
        raise AppealedAlready from error
    CaseStep.objects.create(case=locked, kind=Kind.APPEALED, actor=person, at=at)
    for manager in who_may_answer(made):
        people.notify(
            person=manager,
            kind="rewards.appeal_waits",
            data={"case": str(locked)},
            url=reverse("rewards_case", args=[locked.pk]),
            key=f"rewards.appeal_waits:{made.pk}:{manager.pk}",
            at=at,
        )
    return made


def appealable(case: Case, person: Person) -> CaseStep | None:
    """The newest decision, if it holds back or takes points of this person."""
    step = case.steps.filter(kind__in=CaseStep.DECISIONS).order_by("-pk").first()
    if step is None or step.kind == Kind.RELEASED:
        return None
    if step.kind == Kind.HELD and case.state != State.HELD:
        return None
    return step if str(person.pk) in step.data.get("points", {}) else None


@transaction.atomic
def answer_appeal(
    *, appeal: Appeal, grant: bool, by: Person, reason: str, at: datetime
) -> Appeal:
    """Somebody who did not decide looks again. Granted: the points come back."""
    if not by.has_perm("rewards.answer_appeals"):
        raise NotAllowed
    case = appeal.step.case
    _lock_people(case)
    found = Appeal.objects.select_for_update(of=("self",)).get(pk=appeal.pk)
    case = Case.objects.select_for_update(of=("self",)).get(pk=case.pk)
    if found.state != Appeal.State.OPEN:
        raise AppealAnswered
    if by.pk in _ids(case):
        raise YourOwnCase
    if found.step.actor_id == by.pk:
        raise DecidedByYou
    found.answer = _reason(reason)
    found.state = Appeal.State.GRANTED if grant else Appeal.State.REFUSED
    found.answered_by, found.answered_at = by, at
    found.save(update_fields=["answer", "state", "answered_by", "answered_at"])
    points = _undo(found, case, at) if grant else 0
    CaseStep.objects.create(
        case=case,
        kind=Kind.GRANTED if grant else Kind.REFUSED,
        actor=by,
        reason=found.answer,
        data={"points": {str(found.person_id): points}},
        at=at,
    )
    kind = "rewards.appeal_granted" if grant else "rewards.appeal_refused"
    _tell(case, found.person, kind, {"points": points}, f"{found.pk}", at)
    return found


def lapse_cases(*, at: datetime) -> int:
    """Let points go that nobody decided about in time; returns how many cases."""
    due = Case.objects.live().filter(lapses_at__lte=at).order_by("lapses_at", "pk")
    return sum(_lapse(pk, at) for pk in list(due.values_list("pk", flat=True)))


def forget_in_cases(*, person: Person, at: datetime) -> None:  # noqa: ARG001
    """The erased leave no words of or about them, nor codes of where they came from.

    That points were taken stays; why stays for those others it was said to, too.
    """
    SignInTrace.objects.filter(person=person).delete()
    Appeal.objects.filter(person=person).update(text="", answer="")
    for case in Case.objects.with_person(person.pk):
        erased = case.people.exclude(person__erased_at=None)
        gone = {str(pk) for pk in erased.values_list("person_id", flat=True)}
        left = case.people.filter(person__erased_at=None).exists()
        for step in case.steps.exclude(reason=""):
            said_to = set(step.data.get("points", ()))
            if said_to <= gone if said_to else not left:
                CaseStep.objects.filter(pk=step.pk).update(reason="")


@transaction.atomic
def _lapse(case_id: int, at: datetime) -> int:
    _lock_people(Case.objects.get(pk=case_id))
    live = Case.objects.live().select_for_update(of=("self",))
    found = live.select_related("rules").filter(pk=case_id, lapses_at__lte=at).first()
    if found is None:
        return 0
    waiting = {pk: points for pk in _ids(found) if (points := waiting_points(pk))}
    _close(found, State.LAPSED, at)
    step = CaseStep.objects.create(case=found, kind=Kind.LAPSED, at=at)
    _tell_all(found, step, waiting, at)
    return 1


def _lock(case: Case, by: Person) -> Case:
    """The case as it is now, for somebody who may decide about it."""
    if not by.has_perm("rewards.review_fair_play"):
        raise NotAllowed
    _lock_people(case)
    cases = Case.objects.select_for_update(of=("self",)).select_related("rules")
    found = cases.get(pk=case.pk)
    if by.pk in _ids(found):
        raise YourOwnCase
    if not found.is_live:
        raise CaseClosed
    return found


def _lock_people(case: Case) -> None:
    for person_id in _ids(case):
        lock_purse(person_id)


def _ids(case: Case) -> list[int]:
    people_ids = case.people.order_by("person_id")
    return list(people_ids.values_list("person_id", flat=True))


def _close(case: Case, state: str, at: datetime) -> None:
    case.state, case.closed_at = state, at
    case.save(update_fields=["state", "closed_at"])


def _decide(
    case: Case,
    kind: str,
    by: Person,
    reason: str,
    points: dict[int, int],
    at: datetime,
) -> CaseStep:
    step = CaseStep.objects.create(
        case=case,
        kind=kind,
        actor=by,
        reason=_reason(reason),
        data={"points": {str(pk): amount for pk, amount in points.items()}},
        at=at,
    )
    _tell_all(case, step, points, at)
    return step


def _undo(appeal: Appeal, case: Case, at: datetime) -> int:
    """Give back what the decision took from this person; a hold ends for all."""
    if appeal.step.kind == Kind.CLAWED_BACK:
        return give_again(person_id=appeal.person_id, case_id=case.pk, at=at)
    points = waiting_points(appeal.person_id)
    if case.is_live:
        _close(case, State.RELEASED, at)
    return points


def _tell_all(case: Case, step: CaseStep, points: dict[int, int], at: datetime) -> None:
    kind = f"rewards.case_{step.kind}"
    for person in Person.objects.filter(pk__in=points).order_by("pk"):
        _tell(case, person, kind, {"points": points[person.pk]}, f"{step.pk}", at)


def _tell(
    case: Case, person: Person, kind: str, data: dict[str, Any], key: str, at: datetime
) -> None:
    people.notify(
        person=person,
        kind=kind,
        data=data,
        url=review_url(case, person),
        key=f"{kind}:{key}:{person.pk}",
        at=at,
    )


def _reason(text: str) -> str:
    reason = clean_line(text, REASON_MOST_CHARS).strip()
    if not reason:
        raise CaseNeedsReason
    return reason
