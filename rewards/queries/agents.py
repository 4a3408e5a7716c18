"""The agents' programme: for managers who is where, for agents what is on the bench."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from common.paging import CappedPage, page_of
from community.models import Answer, Question, Tag
from community.models.posts import Tagging
from people.models import Person
from rewards.models import (
    Ability,
    AgentStep,
    AgentTerm,
    AgentTopic,
    BonusBand,
    CannedReply,
    Evaluation,
    LeaderScore,
    LineMessage,
    MonthlyBonus,
    Notice,
    Programme,
    ProgrammeTerms,
    Scorecard,
    State,
    TestTry,
)
from rewards.models.agents import SERVING
from rewards.queries.leaders import newest_run, score_of
from rewards.queries.samples import sample_of

Number = str | int | None
ROWS_PER_PAGE = 50
TOPICS_AT_FIRST = 5
TOPICS_OFFERED = 60
NOTICES_SHOWN = 5


def term_of(person: Person) -> AgentTerm | None:
    """Where the person stands now; None outside the programme. One query."""
    return AgentTerm.objects.filter(person=person, ended_at=None).first()


# For managers


@dataclass
class ProgrammePage:
    state: str
    counts: list[tuple[str, Any, int]]
    page: CappedPage
    run: Any


@dataclass
class AgentPage:
    """Everything managers know about somebody's part in the programme."""

    person: Person
    term: AgentTerm | None
    terms: list[AgentTerm]
    steps: list[AgentStep]
    evaluations: list[Evaluation]
    score: LeaderScore | None
    abilities: list[tuple[Ability, TestTry | None]]
    bonuses: list[MonthlyBonus]
    scorecard: Scorecard | None


@dataclass
class BonusRow:
    term: AgentTerm
    judged: int
    percent: int | None
    bonus: MonthlyBonus | None


@dataclass
class SamplePage:
    term: AgentTerm
    month: date
    answers: list[tuple[Answer, list[Evaluation], bool]]
    percent: int | None
    suggested: BonusBand | None
    bands: list[BonusBand]
    bonus: MonthlyBonus | None
    scorecard: Scorecard | None

    @property
    def is_read(self) -> bool:
        return bool(self.answers) and all(found for _a, found, _mine in self.answers)


def programme_page(state: str, number: Number) -> ProgrammePage:
    """Who stands at a step, with the newest scores, in 5 queries."""
    known = state if state in State.values else State.FOUND
    found = dict(
        AgentTerm.objects.order_by().values_list("state").annotate(n=Count("pk"))
    )
    counts = [(one.value, one.label, found.get(one.value, 0)) for one in State]
    rows = (
        AgentTerm.objects.filter(state=known)
        .select_related("person", "terms")
        .order_by("-state_since", "-pk")
    )
    page = page_of(rows, number, per_page=ROWS_PER_PAGE)
    run = newest_run()
    terms = list(page.object_list)
    people = [term.person_id for term in terms]
    scores = LeaderScore.objects.filter(run=run, tag=None, person__in=people)
    by_person = {row.person_id: row for row in scores} if run else {}
    page.object_list = [(term, by_person.get(term.person_id)) for term in terms]
    return ProgrammePage(known, counts, page, run)


def candidates_waiting() -> int:
    """How many were found or judged, and not invited yet."""
    before = [State.FOUND, State.EVALUATED]
    return AgentTerm.objects.filter(state__in=before).count()


def agent_page(person: Person, at: datetime) -> AgentPage:
    """One person's whole history in the programme, in 9 queries."""
    terms = list(AgentTerm.objects.filter(person=person).order_by("-pk"))
    steps = AgentStep.objects.filter(term__in=terms).select_related("actor")
    return AgentPage(
        person=person,
        term=next((one for one in terms if one.ended_at is None), None),
        terms=terms,
        steps=list(steps.order_by("-at", "-pk")),
        evaluations=list(
            Evaluation.objects.filter(term__in=terms, answer=None).select_related(
                "by", "scorecard"
            )
        ),
        score=score_of(person),
        abilities=abilities_of(person, at),
        bonuses=list(
            MonthlyBonus.objects.filter(person=person).select_related("band", "by")
        ),
        scorecard=Scorecard.objects.prefetch_related("criteria").first(),
    )


def bonus_page(month: date, number: Number) -> CappedPage:
    """Serving agents with what was read of their month and given, in 4 queries."""
    serving = (
        AgentTerm.objects.filter(ended_at=None, state__in=SERVING)
        .select_related("person")
        .order_by("started_at", "pk")
    )
    page = page_of(serving, number, per_page=ROWS_PER_PAGE)
    terms = list(page.object_list)
    marks: dict[int, dict[int, list[int]]] = {}
    for term_id, answer_id, percent in Evaluation.objects.filter(
        term__in=terms, month=month
    ).values_list("term_id", "answer_id", "percent"):
        marks.setdefault(term_id, {}).setdefault(answer_id, []).append(percent)
    given = MonthlyBonus.objects.filter(
        month=month, person__in=[term.person_id for term in terms]
    ).select_related("band")
    by_person = {bonus.person_id: bonus for bonus in given}
    page.object_list = [
        BonusRow(
            term,
            len(marks.get(term.pk, {})),
            _mean(list(marks.get(term.pk, {}).values())),
            by_person.get(term.person_id),
        )
        for term in terms
    ]
    return page


def sample_page(term: AgentTerm, month: date, reader: Person) -> SamplePage:
    answers = sample_of(term.person, month)
    read: dict[int, list[Evaluation]] = {}
    for one in Evaluation.objects.filter(
        term=term, month=month, answer__in=answers
    ).select_related("by"):
        read.setdefault(one.answer_id or 0, []).append(one)
    percent = _mean([[e.percent for e in read[a.pk]] for a in answers if a.pk in read])
    bands = list(BonusBand.objects.filter(enabled=True))
    return SamplePage(
        term=term,
        month=month,
        answers=[
            (one, read.get(one.pk, []), _has_read(read.get(one.pk, []), reader))
            for one in answers
        ],
        percent=percent,
        suggested=next(
            (band for band in bands if (percent or 0) >= band.from_percent), None
        ),
        bands=bands,
        bonus=MonthlyBonus.objects.filter(person=term.person, month=month).first(),
        scorecard=Scorecard.objects.prefetch_related("criteria").first(),
    )


# For the bench


@dataclass
class Bench:
    term: AgentTerm
    topics: list[Tag]
    topics_are_chosen: bool
    questions: CappedPage
    notices: list[Notice]
    new_terms: ProgrammeTerms | None
    missing: list[Ability]
    bonuses: list[MonthlyBonus] = field(default_factory=list)


def bench(term: AgentTerm, at: datetime, number: Number) -> Bench:
    """An agent's first page, in 8 queries however much lies on it."""
    topics, chosen = topics_of(term.person)
    terms = ProgrammeTerms.newest()
    is_new = terms is not None and terms.pk != term.terms_id
    return Bench(
        term=term,
        topics=topics,
        topics_are_chosen=chosen,
        questions=page_of(open_questions(term.person, topics), number, per_page=20),
        notices=list(Notice.objects.out(at)[:NOTICES_SHOWN]),
        new_terms=terms if is_new else None,
        missing=[
            one for one, held in abilities_of(term.person, at) if _is_wanted(one, held)
        ],
        bonuses=list(term.bonuses.select_related("band")[:3]),
    )


def topics_of(person: Person) -> tuple[list[Tag], bool]:
    """The topics an agent chose; until then those of their best scores."""
    mine = AgentTopic.objects.filter(person=person, tag=OuterRef("pk"))
    chosen = list(Tag.objects.filter(Exists(mine)).order_by("name"))
    if chosen:
        return chosen, True
    run = newest_run()
    if run is None:
        return [], False
    best = (
        LeaderScore.objects.filter(run=run, person=person, tag__isnull=False)
        .filter(tag__synonym_of=None, score__gt=0)
        .select_related("tag")
        .order_by("-score", "tag_id")
    )
    return [row.tag for row in best[:TOPICS_AT_FIRST] if row.tag], False


def topics_offered(language: str, chosen: Sequence[Tag]) -> list[Tag]:
    """Canonical tags to choose from: the most used of the language, and the chosen."""
    used = Tag.objects.filter(synonym_of=None, language=language, question_count__gt=0)
    most = list(used.order_by("-question_count", "name")[:TOPICS_OFFERED])
    known = {tag.pk for tag in most}
    return [*(tag for tag in chosen if tag.pk not in known), *most]


def open_questions(person: Person, topics: Sequence[Tag]) -> QuerySet[Question]:
    """Unsolved questions of others with one of these tags that I did not answer yet."""
    tagged = Tagging.objects.filter(question=OuterRef("pk"), tag__in=topics)
    mine = Answer.objects.filter(question=OuterRef("pk"), author=person)
    return (
        Question.objects.visible()
        .native()
        .unsolved()
        .filter(Exists(tagged), merged_into=None)
        .exclude(author=person)
        .exclude(Exists(mine))
        .select_related("author", "circle")
        .order_by(F("first_answer_at").asc(nulls_first=True), "-created_at", "-pk")
    )


def abilities_of(person: Person, at: datetime) -> list[tuple[Ability, TestTry | None]]:
    """Every ability in force, with the certificate that is valid now. Two queries."""
    held: dict[int, TestTry] = {}
    valid = TestTry.objects.filter(person=person, passed=True, expires_at__gt=at)
    for one in valid.order_by("expires_at"):
        held[one.ability_id] = one
    abilities = Ability.objects.filter(enabled=True)
    return [(ability, held.get(ability.pk)) for ability in abilities]


def replies_for(person: Person) -> QuerySet[CannedReply]:
    """Staff's replies in use, and the agent's own; nobody else's."""
    return CannedReply.objects.filter(
        Q(owner=None, enabled=True) | Q(owner=person)
    ).order_by(F("owner").asc(nulls_first=True), "pk")


def notices_out(at: datetime) -> QuerySet[Notice]:
    return Notice.objects.out(at)


def escalations_a_day() -> int:
    """How many threads an agent may hand to staff on one day of the site."""
    return Programme.figures().escalations_a_day


def sample_size() -> int:
    return Programme.figures().sample_size


def agent_export(person: Person) -> dict[str, Any]:
    """What the programme keeps of a person, except what others wrote in confidence."""
    terms = AgentTerm.objects.filter(person=person)
    return {
        "steps": list(
            AgentStep.objects.filter(term__in=terms)
            .order_by("term", "number")
            .values("from_state", "to_state", "who", "reason", "note", "at")
        ),
        "consents": list(
            terms.values("consents__terms", "consents__at").exclude(consents=None)
        ),
        "evaluations": list(
            Evaluation.objects.filter(term__in=terms).values(
                "answer", "month", "scorecard", "marks", "percent", "note", "at"
            )
        ),
        "tests": list(
            TestTry.objects.filter(person=person).values(
                "ability__slug", "at", "right_count", "question_count", "expires_at"
            )
        ),
        "topics": list(
            AgentTopic.objects.filter(person=person).values_list("tag__slug", flat=True)
        ),
        "replies": list(
            CannedReply.objects.filter(owner=person).values(
                "title_en", "title_zh", "body_en", "body_zh"
            )
        ),
        "line": list(
            LineMessage.objects.filter(agent=person, hidden_at=None).values(
                "author__handle", "body", "at"
            )
        ),
        "written_on_others_lines": list(
            LineMessage.objects.filter(author=person, hidden_at=None)
            .exclude(agent=person)
            .values("body", "at")
        ),
        "bonuses": list(
            MonthlyBonus.objects.filter(person=person).values(
                "month", "band__title_en", "points", "percent", "note", "at"
            )
        ),
    }


def _is_wanted(ability: Ability, held: TestTry | None) -> bool:
    return bool(ability.needed_for) and held is None


def _has_read(found: list[Evaluation], reader: Person) -> bool:
    return any(one.by_id == reader.pk for one in found)


def _mean(groups: list[list[int]]) -> int | None:
    if not groups:
        return None
    return round(sum(sum(one) / len(one) for one in groups) / len(groups))
