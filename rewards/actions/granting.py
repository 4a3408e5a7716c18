"""Awards that people decide about: by hand, for an answer, above a limit by two."""

from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from common.errors import NotAllowed
from common.text import clean_line
from community.models import Answer
from people import actions as people
from people.models import Person
from rewards import numbers
from rewards.actions import budgeting
from rewards.actions.booking import issue, lock_purse, record
from rewards.actions.taking_back import reverse
from rewards.errors import (
    AlreadyCommended,
    AwardDecided,
    AwardNeedsAnother,
    AwardNeedsReason,
    AwardOutOfBounds,
    AwardToNobody,
    BudgetBusy,
    BudgetSpent,
    NotForYourself,
)
from rewards.models import ManualAward, PointsTerms, Transfer
from rewards.months import month_of

MOST_POINTS = 1_000_000
State = ManualAward.State


@transaction.atomic
def grant(
    *,
    person: Person | int,
    points: int,
    reason: str,
    source_type: str,
    source_id: object,
    key: str,
    at: datetime,
    actor: Person | None = None,
    vest_days: int = 0,
    data: dict[str, Any] | None = None,
) -> Transfer:
    """Give an amount somebody decided about, outside of rules and their caps.

    The same key again returns the same transfer. It comes out of the month's budget:
    raises BudgetSpent when that has not so much left, BudgetBusy when others hold it.
    """
    purse = lock_purse(person if isinstance(person, int) else person.pk)
    if earlier := Transfer.objects.filter(idem_key=f"grant:{key}").first():
        return earlier
    transfer = record(
        kind=Transfer.Kind.GRANT,
        key=f"grant:{key}",
        person=purse.person_id,
        actor=actor,
        reason=reason,
        source_type=source_type,
        source_id=source_id,
        data=(data or {}) | _draw(points, at),
        at=at,
    )
    vests_at = at + timedelta(days=vest_days)
    months = numbers.GRANT_MONTHS
    issue(transfer, purse, points, vests_at=vests_at, months=months, at=at)
    return transfer


@transaction.atomic
def take_back_grant(
    *, key: str, at: datetime, actor: Person | None = None
) -> Transfer | None:
    """Reverse what grant() gave under this key; None if nothing of it stands."""
    found = Transfer.objects.filter(idem_key=f"grant:{key}", reversed_by=None).first()
    if found is None:
        return None
    purse = lock_purse(found.person_id)
    # Somebody else may have done so while we waited for the purse.
    if Transfer.objects.filter(reverses=found).exists():
        return None
    reverse(found, purse, at, actor)
    return found


@transaction.atomic
def propose_award(
    *, person: Person, points: int, reason: str, by: Person, key: str, at: datetime
) -> ManualAward:
    """A manager's award. Up to the limit it is given at once, above it it waits.

    The same key again returns the same award.
    """
    if not by.has_perm("rewards.manage_rewards"):
        raise NotAllowed
    if earlier := ManualAward.objects.filter(idem_key=key).first():
        return earlier
    _may_receive(person, by)
    if not 0 < points <= MOST_POINTS:
        raise AwardOutOfBounds(least=1, most=MOST_POINTS)
    award = _write(
        kind=ManualAward.Kind.AWARD,
        person=person,
        points=points,
        reason=_reason(reason),
        by=by,
        key=key,
        at=at,
    )
    if points <= PointsTerms.current().approval_above:
        _give(award, by, at)
    return award


@transaction.atomic
def commend(
    *, answer: Answer, points: int, reason: str, by: Person, at: datetime
) -> ManualAward:
    """Staff thank the author of an answer with points; once each for an answer."""
    if not by.has_perm("rewards.commend_answers"):
        raise NotAllowed
    _may_receive(answer.author, by)
    terms = PointsTerms.current()
    if not terms.commend_least <= points <= terms.commend_most:
        raise AwardOutOfBounds(least=terms.commend_least, most=terms.commend_most)
    if not answer.is_visible or not answer.question.is_visible:
        raise AwardToNobody
    number = ManualAward.objects.filter(answer=answer, asked_by=by).count() + 1
    try:
        with transaction.atomic():
            award = _write(
                kind=ManualAward.Kind.COMMENDATION,
                person=answer.author,
                points=points,
                reason=_reason(reason),
                by=by,
                key=f"commend:{answer.pk}:{by.pk}:{number}",
                at=at,
                answer=answer,
            )
    except IntegrityError as error:
        raise AlreadyCommended from error
    _give(award, by, at)
    return award


@transaction.atomic
def approve_award(*, award: ManualAward, by: Person, at: datetime) -> ManualAward:
    """A second manager agrees: the points are given."""
    found = _lock_pending(award, by)
    if found.asked_by_id == by.pk:
        raise AwardNeedsAnother
    if found.person_id == by.pk:
        raise NotForYourself
    _may_receive(found.person, by)
    _give(found, by, at)
    return found


@transaction.atomic
def refuse_award(
    *, award: ManualAward, by: Person, reason: str, at: datetime
) -> ManualAward:
    """Nothing is given; who proposed it may also think better of it themselves."""
    found = _lock_pending(award, by)
    if found.person_id == by.pk:
        raise NotForYourself
    found.decision = _reason(reason)
    _decide(found, State.REFUSED, by, at)
    return found


@transaction.atomic
def revoke_award(
    *, award: ManualAward, by: Person, reason: str, at: datetime
) -> ManualAward:
    """Take back what was given by hand; what was spent of it is owed."""
    found = _lock(award, by)
    if found.state != State.GIVEN:
        raise AwardDecided
    if found.person_id == by.pk:
        raise NotForYourself
    found.decision = _reason(reason)
    take_back_grant(key=f"manual:{found.pk}", at=at, actor=by)
    _decide(found, State.TAKEN_BACK, by, at)
    _tell(found, "rewards.award_revoked", at)
    return found


def forget_reasons(*, person: Person, at: datetime) -> None:  # noqa: ARG001
    """The erased leave no sentence about themselves behind."""
    about = ManualAward.objects.filter(person=person)
    about.exclude(reason="", decision="").update(reason="", decision="")


def _lock(award: ManualAward, by: Person) -> ManualAward:
    if not by.has_perm("rewards.manage_rewards"):
        raise NotAllowed
    awards = ManualAward.objects.select_related("person")
    return awards.select_for_update(of=("self",)).get(pk=award.pk)


def _lock_pending(award: ManualAward, by: Person) -> ManualAward:
    found = _lock(award, by)
    if found.state != State.PENDING:
        raise AwardDecided
    return found


def _may_receive(person: Person, by: Person) -> None:
    if person.pk == by.pk:
        raise NotForYourself
    if person.is_imported or person.is_erased or not person.is_active:
        raise AwardToNobody


def _reason(text: str) -> str:
    reason = clean_line(text, numbers.REASON_MOST_CHARS).strip()
    if not reason:
        raise AwardNeedsReason
    return reason


def _write(*, by: Person, key: str, at: datetime, **fields: Any) -> ManualAward:
    return ManualAward.objects.create(asked_by=by, asked_at=at, idem_key=key, **fields)


def _give(award: ManualAward, by: Person, at: datetime) -> None:
    grant(
        person=award.person_id,
        points=award.points,
        reason=award.kind,
        source_type="manual_award",
        source_id=award.pk,
        key=f"manual:{award.pk}",
        actor=by,
        at=at,
    )
    _decide(award, State.GIVEN, by, at)
    _tell(award, "rewards.award_given", at)


def _decide(award: ManualAward, state: str, by: Person, at: datetime) -> None:
    award.state, award.decided_by, award.decided_at = state, by, at
    award.save(update_fields=["state", "decided_by", "decided_at", "decision"])


def _draw(points: int, at: datetime) -> dict[str, str]:
    try:
        pot = budgeting.month_pot(at)
        if pot is None:
            return {}
        if not budgeting.take(pot, points):
            raise BudgetSpent
    except budgeting.PotBusy as error:
        raise BudgetBusy from error
    return {"month": month_of(at)}


def _tell(award: ManualAward, kind: str, at: datetime) -> None:
    people.notify(
        person=award.person,
        kind=kind,
        data={"points": award.points, "commended": award.answer_id is not None},
        key=f"{kind}:{award.pk}",
        at=at,
    )
