"""The review queue, a case with all its evidence, and what a member sees of theirs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from community.models import Answer, Vote
from people.models import Person
from rewards.models import (
    Account,
    Appeal,
    Case,
    CasePerson,
    CaseStep,
    Entry,
    Lot,
    SignInTrace,
    Transfer,
)
from rewards.queries.staff import in_charge

POSTS_SHOWN = 60
CLOSED_SHOWN = 200


def cases_to_decide() -> QuerySet[Case]:
    """Those due first, first; then what is held."""
    return (
        _listed(Case.objects.live())
        .annotate(held=Q(state=Case.State.HELD))
        .order_by("held", "decide_by", "pk")
    )


def cases_closed() -> QuerySet[Case]:
    closed = Case.objects.exclude(state__in=Case.LIVE)
    return _listed(closed).order_by("-opened_at", "-pk")


def appeals_to_answer() -> QuerySet[Appeal]:
    waiting = Appeal.objects.filter(state=Appeal.State.OPEN).order_by("at", "pk")
    return waiting.select_related("person", "step__case", "step__actor")


def who_may_answer(appeal: Appeal) -> QuerySet[Person]:
    """Who holds the right, did not decide, and is not in the case."""
    step = appeal.step
    inside = CasePerson.objects.filter(case=step.case_id, person=OuterRef("pk"))
    others = in_charge("answer_appeals").exclude(pk=step.actor_id or 0)
    return others.exclude(Exists(inside))


@dataclass(frozen=True)
class Waiting:
    """How many cases nobody decided, how many of these late, and appeals."""

    cases: int
    late: int
    appeals: int


def waiting_for_staff(at: datetime) -> Waiting:
    """What staff are told on their first page. Two queries."""
    cases = Case.objects.filter(state=Case.State.OPEN).aggregate(
        n=Count("pk"), late=Count("pk", filter=Q(decide_by__lt=at))
    )
    appeals = Appeal.objects.filter(state=Appeal.State.OPEN).count()
    return Waiting(cases["n"], cases["late"], appeals)


def _listed(cases: QuerySet[Case]) -> QuerySet[Case]:
    return cases.select_related("centre").annotate(size=Count("people"))


@dataclass(frozen=True)
class Sight:
    """One sign in a case, with the people it is about."""

    kind: str
    person: Person
    partner: Person
    n: int
    percent: int


@dataclass(frozen=True)
class Edge:
    """What one person of the case gave another, from when to when."""

    by: Person
    of: Person
    accepted: int
    votes: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Member:
    """Somebody of the case: points from the others, and how many still wait."""

    person: Person
    points: int
    waiting: int


@dataclass(frozen=True)
class Deed:
    """A post of the case: an answer, accepted or voted for by another of them."""

    answer: Answer
    by: Person
    at: datetime
    seconds: int | None

    @property
    def is_vote(self) -> bool:
        return self.seconds is None


@dataclass
class CasePage:
    case: Case
    members: list[Member]
    sights: list[Sight]
    edges: list[Edge]
    deeds: list[Deed]
    steps: list[CaseStep]
    appeals: list[Appeal]


def case_page(case: Case) -> CasePage:
    """Everything about a case, in 9 queries however many people are in it."""
    people = {
        row.person_id: row.person
        for row in case.people.select_related("person").order_by("person_id")
    }
    signs = [sign for sign in case.evidence.get("signs", ()) if _is_of(sign, people)]
    steps = case.steps.select_related("actor").order_by("pk")
    appeals = Appeal.objects.filter(step__case=case).order_by("pk")
    return CasePage(
        case=case,
        members=_members(case, people),
        sights=[
            Sight(
                sign["kind"],
                people[sign["person"]],
                people[sign["partner"]],
                sign["n"],
                sign["percent"],
            )
            for sign in signs
        ],
        edges=[
            Edge(
                people[edge["by"]],
                people[edge["of"]],
                edge["accepted"],
                edge["votes"],
                datetime.fromtimestamp(edge["first"], UTC),
                datetime.fromtimestamp(edge["last"], UTC),
            )
            for edge in case.evidence.get("edges", ())
            if edge["by"] in people and edge["of"] in people
        ],
        deeds=_deeds(case, list(people)),
        steps=list(steps),
        appeals=list(
            appeals.select_related("person", "answered_by", "step", "step__actor")
        ),
    )


def _is_of(sign: dict[str, Any], people: dict[int, Person]) -> bool:
    return sign["person"] in people and sign["partner"] in people


def since(case: Case) -> datetime:
    """From when on dealings are evidence, and points can be taken back."""
    return case.opened_at - timedelta(days=case.rules.days_read)


def _members(case: Case, people: dict[int, Person]) -> list[Member]:
    issued = Sum("entries__amount", filter=Q(entries__debit__kind=Account.Kind.ISSUED))
    awards = Transfer.objects.filter(
        kind=Transfer.Kind.AWARD,
        person__in=people,
        partner__in=people,
        earned_at__gte=since(case),
        reversed_by__isnull=True,
    )
    points = dict(
        awards.values("person_id")
        .annotate(n=Coalesce(issued, 0))
        .values_list("person_id", "n")
    )
    lots = Lot.objects.filter(transfer__in=awards, vests_at__isnull=False)
    waiting = dict(
        lots.values("transfer__person_id")
        .annotate(n=Sum("remaining"))
        .values_list("transfer__person_id", "n")
    )
    return [
        Member(person, points.get(pk, 0), waiting.get(pk, 0))
        for pk, person in sorted(
            people.items(), key=lambda row: (-points.get(row[0], 0), row[0])
        )
    ]


def _deeds(case: Case, ids: Sequence[int]) -> list[Deed]:
    """The newest acceptances and votes among them, with the answers."""
    answers = Answer.objects.filter(
        author__in=ids,
        question__author__in=ids,
        question__accepted_answer=F("pk"),
        question__accepted_at__gte=since(case),
    ).exclude(author=F("question__author"))
    accepted = answers.select_related("question__author", "author")
    votes = (
        Vote.objects.filter(
            voter__in=ids, answer__author__in=ids, value=1, at__gte=since(case)
        )
        .select_related("answer__question", "answer__author", "voter")
        .order_by("-at", "-pk")
    )
    deeds = []
    for answer in accepted.order_by("-question__accepted_at", "-pk")[:POSTS_SHOWN]:
        at = answer.question.accepted_at
        # The filter says that it has a date.
        assert at is not None  # noqa: S101
        seconds = round((at - answer.created_at).total_seconds())
        deeds.append(Deed(answer, answer.question.author, at, seconds))
    for vote in votes[:POSTS_SHOWN]:
        if vote.answer is not None and vote.voter is not None:
            deeds.append(Deed(vote.answer, vote.voter, vote.at, None))
    return sorted(deeds, key=lambda deed: deed.at, reverse=True)[:POSTS_SHOWN]


@dataclass
class OwnReview:
    """What somebody in a case may know: their points, the decision, their appeal."""

    case: Case
    awards: Sequence[Transfer]
    points: int
    waiting: int
    decision: CaseStep | None
    appeal: Appeal | None


def own_review(case: Case, person: Person) -> OwnReview:
    """Nothing of the others, nor of what exactly was noticed; in 5 queries."""
    others = CasePerson.objects.filter(case=case).exclude(person=person)
    given = Entry.objects.filter(debit__kind=Account.Kind.ISSUED)
    awards = (
        Transfer.objects.filter(
            kind=Transfer.Kind.AWARD,
            person=person,
            partner__in=others.values("person"),
            earned_at__gte=since(case),
        )
        .filter(Exists(given.filter(transfer=OuterRef("pk"))))
        .filter(
            Q(reversed_by__isnull=True) | Q(reversed_by__data__case=case.pk),
        )
        .annotate(amount=Sum("entries__amount", filter=_ISSUED))
        .order_by("-earned_at", "-pk")
    )
    rows = list(awards[:POSTS_SHOWN])
    decisions = (*CaseStep.DECISIONS, CaseStep.Kind.LAPSED)
    decision = case.steps.filter(kind__in=decisions).order_by("-pk").first()
    appeal = None
    if decision is not None and str(person.pk) not in decision.data.get("points", ()):
        # What was said to others is theirs.
        decision = None
    if decision is not None:
        appeal = Appeal.objects.filter(step=decision, person=person).first()
    total = sum(getattr(row, "amount", 0) for row in rows)
    held = Lot.objects.filter(transfer__in=awards.values("pk"), vests_at__isnull=False)
    waiting = sum(held.values_list("remaining", flat=True))
    return OwnReview(case, rows, total, waiting, decision, appeal)


def addresses_of(awards: Sequence[Transfer]) -> list[tuple[Transfer, str]]:
    """Each award with where its answer stands, "" for others; in 1 query."""
    ids = [int(a.source_id) for a in awards if a.source_type == "answer"]
    answers = Answer.objects.select_related("question").in_bulk(ids)
    return [
        (award, answer.get_absolute_url())
        if award.source_type == "answer"
        and (answer := answers.get(int(award.source_id))) is not None
        else (award, "")
        for award in awards
    ]


_ISSUED = Q(entries__debit__kind=Account.Kind.ISSUED)


def fair_play_export(person: Person) -> dict[str, Any]:
    """What is kept about somebody in this, for themselves; codes without the codes."""
    traces = SignInTrace.objects.filter(person=person).order_by("at", "pk")
    cases = Case.objects.with_person(person.pk).order_by("pk")
    decisions = CaseStep.objects.filter(
        case__in=cases, data__points__has_key=str(person.pk)
    )
    return {
        "sign_in_codes": [
            {"of": kind, "last_used_at": at.isoformat()}
            for kind, at in traces.values_list("kind", "at")
        ],
        "reviews": [
            {"state": case.state, "opened_at": case.opened_at.isoformat()}
            for case in cases
        ],
        "decisions": [
            {
                "kind": step.kind,
                "reason": step.reason,
                "points": step.data["points"][str(person.pk)],
                "at": step.at.isoformat(),
            }
            for step in decisions.order_by("pk")
        ],
        "appeals": [
            {
                "text": appeal.text,
                "state": appeal.state,
                "answer": appeal.answer,
                "at": appeal.at.isoformat(),
            }
            for appeal in Appeal.objects.filter(person=person).order_by("pk")
        ],
    }
