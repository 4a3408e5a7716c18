"""Reputation and what a person's posts add up to.

Every change has a cause such as "answer:9:vote:5". A cause that is undone and done
again gets a new generation number, so the rows stay and the sum nets out.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Sum

from common.freshness import changed, named
from common.site_day import start_of_site_day
from community import numbers
from community.models import Answer, MemberTally, Question, ReputationChange
from people.models import Person

_UNCAPPED = ("accepted", "accepting")
_UNDONE = "undone:"


@dataclass(frozen=True)
class Cause:
    """Why somebody's reputation changes, and by how much."""

    person_id: int
    reason: str
    reference: str
    amount: int


def vote_cause(post: Question | Answer, voter_id: int, value: int) -> Cause:
    is_answer = isinstance(post, Answer)
    kind = "answer" if is_answer else "question"
    up = numbers.UP_VOTE_ON_ANSWER if is_answer else numbers.UP_VOTE_ON_QUESTION
    return Cause(
        post.author_id,
        f"{kind}_voted_{'up' if value > 0 else 'down'}",
        f"{kind}:{post.pk}:vote:{voter_id}",
        up if value > 0 else numbers.DOWN_VOTE,
    )


def acceptance_causes(
    question: Question, answer: Answer, accepted_by_id: int | None
) -> list[Cause]:
    """What an acceptance earns: nothing between a person and themselves."""
    if question.author_id == answer.author_id:
        return []
    mark = f"answer:{answer.pk}:accepted"
    causes = [Cause(answer.author_id, "accepted", mark, numbers.ACCEPTED)]
    if accepted_by_id == question.author_id:
        causes.append(Cause(question.author_id, "accepting", mark, numbers.ACCEPTING))
    return causes


def grant(causes: Iterable[Cause], at: datetime) -> None:
    """Write changes down. A cause that stands already changes nothing."""
    causes = list(causes)
    hold(cause.person_id for cause in causes)
    for cause in causes:
        granted, undone = _generations(cause)
        if granted > undone:
            continue
        amount = cause.amount
        if amount > 0 and cause.reason not in _UNCAPPED:
            amount = min(amount, _room_today(cause.person_id, at))
        _write(cause, cause.reason, granted + 1, amount, at)


def take_back(causes: Iterable[Cause], at: datetime) -> None:
    """Undo changes with exactly what they gave. Undoing twice changes nothing."""
    causes = list(causes)
    hold(cause.person_id for cause in causes)
    for cause in causes:
        granted, undone = _generations(cause)
        if granted <= undone:
            continue
        given = ReputationChange.objects.values_list("amount", flat=True).get(
            person_id=cause.person_id,
            reason=cause.reason,
            reference=f"{cause.reference}:{granted}",
        )
        _write(cause, _UNDONE + cause.reason, granted, -given, at)


def count(person_id: int, **changes: int) -> None:
    """Add to a person's tally: question_count=1, answer_count=1, …"""
    MemberTally.objects.get_or_create(person_id=person_id)
    for name, change in changes.items():
        row = MemberTally.objects.filter(pk=person_id, **{f"{name}__gte": -change})
        row.update(**{name: F(name) + change})
    changed(named(MemberTally, person_id))


def recount(person_ids: Iterable[int]) -> None:
    """Count a few people's posts anew, after some left or came back."""
    for person_id in hold(person_ids):
        answers = Answer.objects.visible().filter(author_id=person_id)
        questions = Question.objects.visible()
        MemberTally.objects.filter(pk=person_id).update(
            question_count=questions.filter(author_id=person_id).count(),
            answer_count=answers.count(),
            accepted_count=questions.filter(accepted_answer__author_id=person_id)
            .exclude(author_id=person_id)
            .count(),
        )
        changed(named(MemberTally, person_id))


def hold(person_ids: Iterable[int]) -> list[int]:
    """Lock these people's tallies until the transaction ends. Returns the ids sorted.

    An action that touches several people holds them all before it changes one: taken
    in the order of their ids, two actions never wait for each other.
    """
    wanted = sorted(set(person_ids))
    MemberTally.objects.bulk_create(
        [MemberTally(person_id=pk) for pk in wanted], ignore_conflicts=True
    )
    tallies = MemberTally.objects.filter(pk__in=wanted).order_by("pk")
    list(tallies.select_for_update(no_key=True))
    return wanted


def _generations(cause: Cause) -> tuple[int, int]:
    rows = ReputationChange.objects.filter(
        person_id=cause.person_id, reference__startswith=f"{cause.reference}:"
    )
    return (
        rows.filter(reason=cause.reason).count(),
        rows.filter(reason=_UNDONE + cause.reason).count(),
    )


def _room_today(person_id: int, at: datetime) -> int:
    """What may still be earned by votes on the site's day of this moment."""
    today = start_of_site_day(at)
    tomorrow = start_of_site_day(today + timedelta(hours=36))
    rows = ReputationChange.objects.filter(
        person_id=person_id, at__gte=today, at__lt=tomorrow
    ).exclude(reason__in=[*_UNCAPPED, *(_UNDONE + reason for reason in _UNCAPPED)])
    earned = rows.aggregate(sum=Sum("amount"))["sum"] or 0
    return max(0, numbers.REPUTATION_A_DAY - earned)


def _write(
    cause: Cause, reason: str, generation: int, amount: int, at: datetime
) -> None:
    ReputationChange.objects.create(
        person_id=cause.person_id,
        reason=reason,
        reference=f"{cause.reference}:{generation}",
        amount=amount,
        at=at,
    )
    tally = MemberTally.objects.filter(pk=cause.person_id)
    tally.update(reputation_sum=F("reputation_sum") + amount)
    changed(named(MemberTally, cause.person_id))
    now = tally.get().reputation
    trusted_from = numbers.REPUTATION_FOR_FOLLOWED_LINKS
    if (now >= trusted_from) != (now - amount >= trusted_from):
        # Their links are shown differently wherever they wrote.
        changed(named(Person, cause.person_id))
