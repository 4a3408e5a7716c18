"""Members are judged, invited, agree, serve, take a break and leave."""

from datetime import datetime, timedelta

from django.db import transaction

from common.errors import NotAllowed
from people.models import Person
from rewards.actions.stepping import (
    Reason,
    begin,
    lock_term,
    move,
    require_manager,
    tell,
)
from rewards.actions.training import is_trained
from rewards.errors import (
    AgreeFirst,
    AlreadyAnAgent,
    AppointingYourself,
    InvitationOver,
    MarksMissing,
    NotAMember,
    NotGoodEnough,
    NothingToAgreeTo,
    PausedByStaff,
    SaidNoLately,
    TermsChanged,
)
from rewards.models.agents import (
    JOINED,
    SERVING,
    AgentStep,
    AgentTerm,
    Programme,
    ProgrammeTerms,
    State,
    TermsConsent,
    Who,
)
from rewards.models.bench import AgentTopic, CannedReply, LineMessage
from rewards.models.scorecards import BEST_MARK, Evaluation, Scorecard
from rewards.months import months_later

# They said no themselves; a manager respects that as the nightly run does.
THEIR_OWN_NO = (Reason.DECLINED, Reason.EXPIRED, Reason.LEFT)


# Before they know


@transaction.atomic
def nominate(*, person: Person, by: Person, at: datetime, note: str = "") -> AgentTerm:
    """A manager puts somebody on the candidates' list whom the score did not find."""
    require_manager(by)
    if person.pk == by.pk:
        raise AppointingYourself
    person = Person.objects.select_for_update().get(pk=person.pk)
    if AgentTerm.objects.filter(person=person, ended_at=None).exists():
        raise AlreadyAnAgent
    if person.is_staff or not person.is_active or person.is_imported:
        raise NotAMember
    _refuse_if_they_said_no(person, at)
    return begin(person, actor=by, reason=Reason.NAMED, note=note, at=at)


@transaction.atomic
def evaluate(
    *, person: Person, marks: dict[int, int], by: Person, at: datetime, note: str = ""
) -> Evaluation:
    """Judge a candidate by the newest scorecard: a mark of 0-4 for each criterion.

    May be done again until the invitation is out; the newest judgement counts.
    """
    require_manager(by)
    if person.pk == by.pk:
        raise AppointingYourself
    term = lock_term(person)
    evaluation = judge(term, marks, by=by, note=note, at=at)
    if term.state != State.EVALUATED:
        move(term, State.EVALUATED, actor=by, reason=Reason.SCORED, note=note, at=at)
    return evaluation


@transaction.atomic
def invite(*, person: Person, by: Person, at: datetime, note: str = "") -> AgentTerm:
    """Ask a candidate who was judged good enough; the invitation runs out by itself."""
    require_manager(by)
    term = lock_term(person)
    if not person.is_active or person.is_staff:
        raise NotAMember
    judged = term.evaluations.filter(answer=None).select_related("scorecard").first()
    if judged is not None and judged.percent < judged.scorecard.pass_percent:
        raise NotGoodEnough(
            percent=judged.percent, needed=judged.scorecard.pass_percent
        )
    figures = Programme.figures()
    term.terms = ProgrammeTerms.newest()
    term.answer_by = at + timedelta(days=figures.invitation_days)
    step = move(term, State.INVITED, actor=by, reason=Reason.ASKED, note=note, at=at)
    tell(term, "agent_invited", at, once_per=step.pk, days=figures.invitation_days)
    return term


# Their own decisions


@transaction.atomic
def accept_invitation(
    *, person: Person, terms: ProgrammeTerms, language: str, at: datetime
) -> AgentTerm:
    """The person agrees to exactly the version they read, and has joined."""
    term = lock_term(person)
    if term.state == State.INVITED and term.answer_by and at >= term.answer_by:
        raise InvitationOver
    _refuse_other_terms(terms)
    term.terms, term.answer_by = terms, None
    step = move(term, State.ACCEPTED, actor=person, reason=Reason.AGREED, at=at)
    _keep_consent(term, terms, language, at)
    _tell_who_asked(term, "agent_said_yes", step, at)
    open_bench(term, at=at)
    return term


@transaction.atomic
def decline_invitation(*, person: Person, at: datetime, note: str = "") -> AgentTerm:
    """The person says no; nobody asks them again for some months."""
    term = lock_term(person)
    if term.state != State.INVITED:
        raise InvitationOver
    step = _end(term, person, Reason.DECLINED, note, at)
    _tell_who_asked(term, "agent_said_no", step, at)
    return term


@transaction.atomic
def agree_to_terms(
    *, person: Person, terms: ProgrammeTerms, language: str, at: datetime
) -> AgentTerm:
    """Who serves agrees to a new version. Whom the old one had stopped goes on."""
    term = lock_term(person)
    if term.state not in JOINED:
        raise NothingToAgreeTo
    _refuse_other_terms(terms)
    term.terms, term.answer_by = terms, None
    term.save(update_fields=["terms", "answer_by"])
    _keep_consent(term, terms, language, at)
    if term.state == State.PAUSED and _last(term).reason == Reason.TERMS:
        _come_back(term, person, at)
    return term


@transaction.atomic
def pause_agent(
    *, person: Person, by: Person, at: datetime, note: str = ""
) -> AgentTerm:
    """A break, taken by the agent or set by a manager: no badge and no bench."""
    if by.pk != person.pk:
        require_manager(by)
    term = lock_term(person)
    step = move(term, State.PAUSED, actor=by, reason=Reason.BREAK, note=note, at=at)
    if by.pk != person.pk:
        tell(term, "agent_paused", at, once_per=step.pk)
    return term


@transaction.atomic
def resume_agent(
    *, person: Person, by: Person, at: datetime, note: str = ""
) -> AgentTerm:
    """Back to where the break began. What a manager set, a manager lifts."""
    if by.pk != person.pk:
        require_manager(by)
    term = lock_term(person)
    if term.state == State.PAUSED:
        last = _last(term)
        if last.reason == Reason.TERMS:
            raise AgreeFirst
        if last.who == Who.MANAGER and by.pk == person.pk:
            raise PausedByStaff
    _come_back(term, by, at, note)
    return term


@transaction.atomic
def end_agent(*, person: Person, by: Person, at: datetime, note: str = "") -> AgentTerm:
    """They leave, or a manager ends it; what it allowed ends with the next request."""
    if by.pk != person.pk:
        require_manager(by)
    term = lock_term(person)
    knew = term.state not in (State.FOUND, State.EVALUATED)
    if by.pk == person.pk:
        if term.state == State.INVITED:
            return decline_invitation(person=person, at=at, note=note)
        _end(term, by, Reason.LEFT, note, at)
    else:
        step = _end(term, by, Reason.REMOVED, note, at)
        if knew:
            tell(term, "agent_ended", at, once_per=step.pk, url="/leaders/")
    return term


# By itself


@transaction.atomic
def open_bench(term: AgentTerm, *, at: datetime) -> bool:
    """Let a locked term that passed its training begin to serve."""
    if term.state != State.ACCEPTED or not is_trained(term.person, State.SUPPORTED, at):
        return False
    step = move(term, State.SUPPORTED, actor=None, reason=Reason.TRAINED, at=at)
    tell(term, "agent_appointed", at, once_per=step.pk)
    return True


def lapse_agents(*, at: datetime) -> int:
    """End invitations that ran out, and stop who did not agree to new terms in time."""
    due = AgentTerm.objects.filter(answer_by__lte=at, ended_at=None)
    waiting = due.filter(state__in=[State.INVITED, *SERVING])
    people = list(waiting.order_by("pk").values_list("person_id", flat=True))
    return sum(_lapse_one(person_id, at) for person_id in people)


@transaction.atomic
def _lapse_one(person_id: int, at: datetime) -> bool:
    term = lock_term(Person.objects.get(pk=person_id))
    if term.answer_by is None or term.answer_by > at:
        return False
    if term.state == State.INVITED:
        step = _end(term, None, Reason.EXPIRED, "", at)
        _tell_who_asked(term, "agent_said_nothing", step, at)
    else:
        step = move(term, State.PAUSED, actor=None, reason=Reason.TERMS, at=at)
        tell(term, "agent_paused_for_terms", at, once_per=step.pk)
    return True


def ask_for_new_terms(*, at: datetime) -> int:
    """Ask everybody who agreed to older terms; returns how many were asked now."""
    terms = ProgrammeTerms.newest()
    if terms is None:
        return 0
    old = AgentTerm.objects.filter(state__in=JOINED, answer_by=None)
    people = old.exclude(terms=terms).order_by("pk").values_list("person_id", flat=True)
    return sum(_ask_one(person_id, terms, at) for person_id in list(people))


@transaction.atomic
def _ask_one(person_id: int, terms: ProgrammeTerms, at: datetime) -> bool:
    term = lock_term(Person.objects.get(pk=person_id))
    if term.answer_by is not None or term.terms_id == terms.pk:
        return False
    term.answer_by = at + timedelta(days=Programme.figures().terms_days)
    term.save(update_fields=["answer_by"])
    tell(term, "agent_new_terms", at, once_per=terms.pk, url="/agents/terms/")
    return True


@transaction.atomic
def forget_agent(*, person: Person, at: datetime) -> None:
    """Who is erased serves no longer; what was thought of them is nobody's business.

    That steps were taken stays; words do not.
    """
    terms = AgentTerm.objects.filter(person=person)
    for term in terms.filter(ended_at=None).select_for_update():
        number, before = term.steps.count() + 1, term.state
        term.state, term.paused_in = State.ENDED, ""
        term.state_since = term.ended_at = at
        term.save()
        AgentStep.objects.create(
            term=term,
            number=number,
            from_state=before,
            to_state=State.ENDED,
            who=Who.PROGRAMME,
            reason=Reason.ERASED,
            at=at,
        )
    AgentStep.objects.filter(term__in=terms).exclude(note="").update(note="")
    Evaluation.objects.filter(term__in=terms).exclude(note="").update(note="")
    AgentTopic.objects.filter(person=person).delete()
    CannedReply.objects.filter(owner=person).delete()
    LineMessage.objects.filter(agent=person).exclude(body="").update(body="")


def is_agent(person: Person) -> bool:
    """Read from the role, not from the badge: an ended term counts at once."""
    return AgentTerm.objects.filter(
        person=person, ended_at=None, state__in=SERVING
    ).exists()


def require_agent(person: Person) -> None:
    if not is_agent(person):
        raise NotAllowed


def judge(
    term: AgentTerm,
    marks: dict[int, int],
    *,
    by: Person,
    note: str,
    at: datetime,
    **sample: object,
) -> Evaluation:
    """Store marks under the newest scorecard, with the percent they make."""
    scorecard = Scorecard.objects.prefetch_related("criteria").first()
    if scorecard is None or set(marks) != {c.pk for c in scorecard.criteria.all()}:
        raise MarksMissing
    if not all(0 <= mark <= BEST_MARK for mark in marks.values()):
        raise MarksMissing
    return Evaluation.objects.create(
        term=term,
        scorecard=scorecard,
        marks={str(pk): mark for pk, mark in marks.items()},
        percent=scorecard.percent(marks),
        note=note,
        by=by,
        at=at,
        **sample,
    )


def _refuse_if_they_said_no(person: Person, at: datetime) -> None:
    lately = AgentTerm.objects.filter(person=person, ask_again_at__gt=at)
    last = lately.order_by("-ended_at").first()
    if last is not None and _last(last).reason in THEIR_OWN_NO:
        raise SaidNoLately(day=last.ask_again_at)


def _refuse_other_terms(terms: ProgrammeTerms) -> None:
    newest = ProgrammeTerms.newest()
    if newest is None or newest.pk != terms.pk:
        raise TermsChanged


def _keep_consent(
    term: AgentTerm, terms: ProgrammeTerms, language: str, at: datetime
) -> None:
    TermsConsent.objects.get_or_create(
        term=term, terms=terms, defaults={"language": language, "at": at}
    )


def _come_back(term: AgentTerm, by: Person, at: datetime, note: str = "") -> None:
    back_to = State(term.paused_in or State.SUPPORTED)
    step = move(term, back_to, actor=by, reason=Reason.BACK, note=note, at=at)
    if by.pk != term.person_id:
        tell(term, "agent_back", at, once_per=step.pk)
    open_bench(term, at=at)


def _end(
    term: AgentTerm, actor: Person | None, reason: str, note: str, at: datetime
) -> AgentStep:
    term.ask_again_at = months_later(at, Programme.figures().ask_again_months)
    term.answer_by = None
    return move(term, State.ENDED, actor=actor, reason=reason, note=note, at=at)


def _last(term: AgentTerm) -> AgentStep:
    return term.steps.order_by("-number")[0]


def _tell_who_asked(term: AgentTerm, what: str, step: AgentStep, at: datetime) -> None:
    asked = term.steps.filter(to_state=State.INVITED).select_related("actor").last()
    if asked is None or asked.actor is None:
        return
    tell(
        term,
        what,
        at,
        once_per=step.pk,
        to=asked.actor,
        url=f"/admin/rewards/agents/{term.person_id}/",
        name=term.person.name,
    )
