"""Who gave whom credit: what signs of unfair play are looked for in.

Imported posts, official answers and acceptances by staff in somebody's place are left
out: nobody earned by the first two, and the last is not the asker's word.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import combinations
from typing import Any

import numpy as np
from django.db.models import Count, Exists, F, OuterRef, QuerySet

from community.models import Answer, Question, Voice, Vote
from rewards.models import Case, FairPlayRules, SignInTrace, Transfer
from rewards.scoring.newcomers import Newcomers, Welcome
from rewards.scoring.signals import Dealings, Limits, Row, worth_a_look

IDS_AT_ONCE = 2000


def received_by(people: Collection[int], since: datetime) -> list[Row]:
    """Acceptances and up-votes these people got since then for what they answered."""
    rows: list[Row] = []
    for ids in _portions(people):
        rows += _rows(
            _acceptances(since).filter(accepted_answer__author__in=ids),
            _votes(since).filter(answer__author__in=ids),
        )
    return rows


def given_by(people: Collection[int], since: datetime) -> list[Row]:
    """Acceptances and up-votes these people gave since then, to whomever."""
    rows: list[Row] = []
    for ids in _portions(people):
        rows += _rows(
            _acceptances(since).filter(author__in=ids),
            _votes(since).filter(voter__in=ids),
        )
    return rows


def answered_others(people: Collection[int], since: datetime) -> dict[int, set[int]]:
    """Whom these people answered since then."""
    found: dict[int, set[int]] = defaultdict(set)
    for ids in _portions(people):
        answers = Answer.objects.filter(author__in=ids, created_at__gte=since)
        pairs = answers.native().values_list("author_id", "question__author_id")
        for answerer, asker in pairs.distinct():
            found[answerer].add(asker)
    return found


def shared_sign_ins(
    people: Collection[int], rules: FairPlayRules
) -> dict[tuple[int, int], set[str]]:
    """Pairs (smaller id first) -> {"device", "network"} they have in common.

    A code that a crowd shares, as behind a carrier's NAT, says nothing.
    """
    if not rules.watch_sign_ins:
        return {}
    by_code: dict[tuple[str, str], list[int]] = defaultdict(list)
    for ids in _portions(people):
        traces = SignInTrace.objects.filter(person__in=ids)
        for kind, code, person in traces.values_list("kind", "code", "person_id"):
            by_code[kind, code].append(person)
    several = {key: ids for key, ids in by_code.items() if len(ids) > 1}
    crowds = _crowds({code for _kind, code in several}, rules.crowd_from)
    shared: dict[tuple[int, int], set[str]] = defaultdict(set)
    for (kind, code), ids in several.items():
        if code not in crowds:
            for pair in combinations(sorted(set(ids)), 2):
                shared[pair].add(kind)
    return shared


def newcomers_of(people: Collection[int], since: datetime) -> dict[int, Newcomers]:
    """New accounts whose only question one of these people alone answered.

    Whom a decided case knows together with them is left out: that is settled.
    """
    answered: dict[int, int] = defaultdict(int)
    agreed: dict[int, set[int]] = defaultdict(set)
    for ids in _portions(people):
        rows = list(
            _newcomers_answered(since)
            .filter(answers__author__in=ids)
            .values_list("answers__author", "author_id", "accepted_answer_id")
        )
        settled = settled_pairs({*ids, *(asker for _h, asker, _a in rows)})
        for helper, asker, accepted in rows:
            if (min(helper, asker), max(helper, asker)) in settled:
                continue
            answered[helper] += 1
            if accepted is not None:
                agreed[helper].add(asker)
    return {
        helper: Newcomers(count, frozenset(agreed[helper]))
        for helper, count in answered.items()
    }


def newcomers_of_the_hall(since: datetime) -> Welcome:
    """The same of everybody together, to compare with."""
    counts = _newcomers_answered(since).aggregate(
        answered=Count("pk"), agreed=Count("accepted_answer")
    )
    return Welcome(counts["answered"], counts["agreed"])


def _newcomers_answered(since: datetime) -> QuerySet[Question]:
    """One row each, as a question with one answer has one row with its answer."""
    asked = Question.objects.filter(author=OuterRef("author")).exclude(
        pk=OuterRef("pk")
    )
    helped = Answer.objects.filter(author=OuterRef("author"))
    return (
        Question.objects.native()
        .filter(created_at__gte=since, author__date_joined__gte=since, answer_count=1)
        .filter(answers__deleted_at=None, answers__source="")
        .exclude(answers__voice=Voice.OFFICIAL)
        .exclude(answers__author=F("author"))
        .filter(~Exists(asked), ~Exists(helped))
    )


def settled_pairs(people: Collection[int]) -> dict[tuple[int, int], float]:
    """Pairs (smaller id first) in a decided case -> until when that was about.

    What was decided is not brought up again; what they did since may be.
    """
    cases: dict[int, tuple[float, list[int]]] = {}
    for ids in _portions(people):
        closed = Case.objects.closed().filter(people__person__in=ids)
        rows = closed.values_list("pk", "closed_at", "people__person_id")
        for pk, closed_at, person in rows:
            if closed_at is None:
                continue
            cases.setdefault(pk, (closed_at.timestamp(), []))[1].append(person)
    settled: dict[tuple[int, int], float] = {}
    for until, ids_in_case in cases.values():
        for pair in combinations(sorted(set(ids_in_case)), 2):
            settled[pair] = max(until, settled.get(pair, 0))
    return settled


def around(
    centres: Collection[int], since: datetime, limits: Limits
) -> tuple[Dealings, dict[int, set[int]], set[int]]:
    """All that signs around these people are found in: dealings, whom else their
    partners answered, and who may share a device. In 6 queries a portion of ids.

    Only partners who dealt with them twice, or in haste, are looked at closely.
    """
    rows = received_by(centres, since)
    received = Dealings.from_rows(rows)
    close: set[int] = set()
    if rows:
        close = set(received.by[worth_a_look(received, limits)].tolist())
    wanted = close | set(centres)
    seen = {row[:4] for row in rows}
    rows += [row for row in given_by(wanted, since) if row[:4] not in seen]
    return (
        _without_settled(Dealings.from_rows(rows), wanted),
        answered_others(close, since),
        wanted,
    )


def _without_settled(dealings: Dealings, people: set[int]) -> Dealings:
    settled = settled_pairs(people)
    if not settled or not len(dealings):
        return dealings
    until = np.array(
        [
            settled.get((min(by, of), max(by, of)), 0)
            for by, of in zip(dealings.by.tolist(), dealings.of.tolist(), strict=True)
        ]
    )
    return dealings.where(dealings.at > until)


def _portions(ids: Collection[Any]) -> Iterator[list[Any]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), IDS_AT_ONCE):
        yield ordered[start : start + IDS_AT_ONCE]


def _crowds(codes: set[str], crowd_from: int) -> set[str]:
    found: set[str] = set()
    for some in _portions(codes):
        users = SignInTrace.objects.filter(code__in=some).values("code")
        many = users.annotate(n=Count("person")).filter(n__gte=crowd_from)
        found |= set(many.values_list("code", flat=True))
    return found


def _acceptances(since: datetime) -> QuerySet[Question]:
    return (
        Question.objects.native()
        .filter(
            accepted_at__gte=since,
            accepted_by=F("author"),
            accepted_answer__source="",
        )
        .exclude(accepted_answer__voice=Voice.OFFICIAL)
        .exclude(accepted_answer__author=F("author"))
    )


def _votes(since: datetime) -> QuerySet[Vote]:
    return (
        Vote.objects.filter(value=1, at__gte=since, source="", answer__source="")
        .filter(voter__isnull=False, answer__isnull=False)
        .exclude(answer__voice=Voice.OFFICIAL)
    )


def _rows(questions: QuerySet[Any], votes: QuerySet[Any]) -> Iterator[Row]:
    accepted = questions.values_list(
        "author_id",
        "accepted_answer__author_id",
        "accepted_answer_id",
        "accepted_at",
        "accepted_answer__created_at",
    )
    for by, of, answer, at, written in accepted:
        yield by, of, answer, at.timestamp(), written.timestamp()
    voted = votes.values_list("voter_id", "answer__author_id", "answer_id", "at")
    for by, of, answer, at in voted:
        yield by, of, answer, at.timestamp(), None


def those_who_earned(since: datetime, until: datetime) -> Iterable[list[int]]:
    """Portions of people who got points in this time, smallest id first."""
    earned = Transfer.objects.filter(
        kind=Transfer.Kind.AWARD, at__gte=since, at__lt=until
    )
    last = 0
    while True:
        ids = list(
            earned.filter(person_id__gt=last)
            .order_by("person_id")
            .values_list("person_id", flat=True)
            .distinct()[:IDS_AT_ONCE]
        )
        if not ids:
            return
        yield ids
        last = ids[-1]
