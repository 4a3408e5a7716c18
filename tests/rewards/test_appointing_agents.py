"""Members become service agents step by step, and everything ends at once."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from common import append_only
from common.errors import NotAllowed
from community import actions as community
from community.models import Answer
from desk import permissions
from people import actions as people_actions
from people.models import Person
from rewards import actions, queries
from rewards.errors import (
    AgreeFirst,
    AlreadyAnAgent,
    AppointingYourself,
    InvitationOver,
    MarksMissing,
    NotAMember,
    NotAnAgent,
    NotGoodEnough,
    NotThatStep,
    PausedByStaff,
    SaidNoLately,
    TermsChanged,
)
from rewards.models import (
    Ability,
    AgentStep,
    AgentTerm,
    Evaluation,
    Programme,
    ProgrammeTerms,
    Scorecard,
    State,
    TermsConsent,
)
from rewards.models.agents import MOVES

pytestmark = pytest.mark.django_db


@pytest.fixture
def end(manager, clock):
    def end(person, by=None):
        return actions.end_agent(person=person, by=by or manager, at=clock.now)

    return end


@pytest.fixture
def figures(site):
    """Change figures of the programme, as a manager would."""
    return lambda **values: Programme.objects.update(**values)


@pytest.fixture
def found(helper, manager, clock):
    return actions.nominate(person=helper, by=manager, at=clock.now)


@pytest.fixture
def evaluated(found, helper, manager, clock):
    actions.evaluate(person=helper, marks=marks(4), by=manager, at=clock.now)
    return term_of(helper)


@pytest.fixture
def invited(evaluated, helper, manager, clock):
    return actions.invite(person=helper, by=manager, at=clock.now)


@pytest.fixture
def told():
    return lambda person: list(
        person.notifications.order_by("pk").values_list("kind", flat=True)
    )


def marks(mark, **others):
    criteria = Scorecard.objects.first().criteria.all()
    return {one.pk: others.get(one.title_en, mark) for one in criteria}


def terms():
    return ProgrammeTerms.objects.latest("pk")


def term_of(person):
    return AgentTerm.objects.filter(person=person).latest("pk")


def anew(person):
    return Person.objects.get(pk=person.pk)


def on_the_list():
    return sorted(
        AgentTerm.objects.filter(state=State.FOUND).values_list(
            "person__handle", flat=True
        )
    )


def steps(person):
    rows = AgentStep.objects.filter(term__person=person).order_by("pk")
    return list(rows.values_list("to_state", flat=True))


# Found, every night


@pytest.fixture
def night(clock):
    def night():
        actions.score_leaders(at=clock.move(days=1))
        return actions.find_candidates(at=clock.now)

    return night


def test_a_candidate_stood_near_the_top_twice_in_a_row(
    help_somebody, helper, stranger, night
):
    help_somebody()
    night()
    assert on_the_list() == []

    help_somebody(by=stranger)
    night()
    assert on_the_list() == ["xiaoman"]

    night()
    assert on_the_list() == ["laoxu", "xiaoman"]
    step = AgentStep.objects.get(term__person=helper)
    assert (step.who, step.actor, step.reason) == ("programme", None, "score")


def test_a_candidate_leaves_the_list_only_after_three_runs_far_below(
    help_somebody, helper, neighbours, night, figures
):
    figures(candidate_places=1, places_to_stay=1)
    help_somebody()
    night()
    night()
    assert on_the_list() == ["xiaoman"]
    for neighbour in neighbours(2):
        for _ in range(3):
            help_somebody(by=neighbour)

    night()
    night()
    assert "xiaoman" in on_the_list()

    night()
    assert "xiaoman" not in on_the_list()
    assert steps(helper) == ["found", "ended"]


def test_a_number_alone_ends_nothing_but_a_place_on_the_list(
    help_somebody, helper, manager, neighbours, night, figures, clock, appoint
):
    figures(candidate_places=1, places_to_stay=1)
    appoint(helper)
    (rival,) = neighbours(1)
    for _ in range(3):
        help_somebody(by=rival)

    for _ in range(5):
        night()

    assert actions.is_agent(helper)


def test_whom_a_manager_named_does_not_fall_off_the_list(found, helper, night):
    for _ in range(4):
        night()

    assert on_the_list() == ["xiaoman"]


def test_finding_twice_changes_nothing(help_somebody, night, clock):
    help_somebody()
    night()
    night()

    assert actions.find_candidates(at=clock.now).entered == 0
    assert on_the_list() == ["xiaoman"]


def test_agents_staff_imported_and_blocked_people_are_not_found(
    help_somebody, make_answer, neighbours, manager, moderator, appoint, clock, night
):
    agent, blocked, imported, member = neighbours(4)
    for person in (agent, blocked, imported, member):
        help_somebody(by=person)
    answer = make_answer(by=moderator)
    Answer.objects.filter(pk=answer.pk).update(voice="member")
    appoint(agent)
    people_actions.set_active(person=blocked, is_active=False, at=clock.now)
    Person.objects.filter(pk=imported.pk).update(source="se", source_id="1")
    night()
    night()

    assert on_the_list() == [member.handle]


# Step by step


def test_every_step_has_its_actor_time_and_note(appoint, helper, manager, clock):
    appoint(helper)

    rows = AgentStep.objects.filter(term__person=helper).order_by("number")
    taken = list(rows.values_list("to_state", "who", "at"))
    now = clock.now
    assert taken == [
        ("found", "manager", now),
        ("evaluated", "manager", now),
        ("invited", "manager", now),
        ("accepted", "member", now),
        ("supported", "programme", now),
    ]


def test_no_step_is_skipped(found, helper, manager, clock):
    with pytest.raises(NotThatStep):
        actions.invite(person=helper, by=manager, at=clock.now)
    with pytest.raises(NotThatStep):
        actions.accept_invitation(
            person=helper, terms=terms(), language="en", at=clock.now
        )
    with pytest.raises(NotThatStep):
        actions.resume_agent(person=helper, by=manager, at=clock.now)

    assert steps(helper) == ["found"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (before, after)
        for before in State.values
        for after in State.values
        if (before, after) not in MOVES
    ],
)
def test_the_database_refuses_every_other_move(found, clock, before, after):
    with pytest.raises(IntegrityError), transaction.atomic():
        AgentStep.objects.create(
            term=found,
            number=2,
            from_state=before,
            to_state=after,
            who="programme",
            reason="score",
            at=clock.now,
        )


def test_history_is_written_once(found):
    step = AgentStep.objects.get()

    with pytest.raises(Exception, match="append"), transaction.atomic():
        AgentStep.objects.update(to_state="ended")
    with pytest.raises(Exception, match="append"), transaction.atomic():
        step.delete()
    assert append_only._registered["rewards.agentstep"] == ("note",)


@pytest.mark.parametrize(
    "role", ["editor", "moderator", "desk_agent", "stranger", "helper"]
)
def test_nobody_but_managers_takes_the_programmes_steps(
    role, helper, manager, neighbours, clock, request, evaluated
):
    person = request.getfixturevalue(role)
    (other,) = neighbours(1)

    with pytest.raises(NotAllowed):
        actions.nominate(person=other, by=person, at=clock.now)
    with pytest.raises(NotAllowed):
        actions.evaluate(person=helper, marks=marks(4), by=person, at=clock.now)
    with pytest.raises(NotAllowed):
        actions.invite(person=helper, by=person, at=clock.now)
    if person != helper:
        with pytest.raises(NotAllowed):
            actions.end_agent(person=helper, by=person, at=clock.now)

    assert term_of(helper).state == State.EVALUATED


def test_nobody_leads_themselves_through(manager, clock):
    with pytest.raises(AppointingYourself):
        actions.nominate(person=manager, by=manager, at=clock.now)


def test_staff_imported_erased_and_blocked_people_cannot_enter(
    neighbours, moderator, manager, clock
):
    imported, blocked, erased = neighbours(3)
    Person.objects.filter(pk=imported.pk).update(source="se", source_id="1")
    people_actions.set_active(person=blocked, is_active=False, at=clock.now)
    people_actions.erase_person(person=erased, at=clock.now)

    for person in (moderator, imported, blocked, erased):
        with pytest.raises(NotAMember):
            actions.nominate(person=anew(person), by=manager, at=clock.now)


def test_one_way_through_the_programme_at_a_time(found, helper, manager, clock):
    with pytest.raises(AlreadyAnAgent):
        actions.nominate(person=helper, by=manager, at=clock.now)


# Evaluated


def test_an_evaluation_weighs_its_marks(found, helper, manager, clock):
    def judge(mark, **others):
        return actions.evaluate(
            person=helper, marks=marks(mark, **others), by=manager, at=clock.now
        ).percent

    assert judge(4) == 100
    assert judge(0) == 0
    assert judge(3) == 75
    assert judge(4, Accuracy=0) == 70
    assert judge(4, **{"Policy and privacy": 2}) == 95
    # A critical criterion that fails caps everything else.
    assert judge(4, **{"Policy and privacy": 1}) == 59


def test_marks_are_whole_and_complete(found, helper, manager, clock):
    for wrong in ({}, marks(5), marks(-1), dict(list(marks(4).items())[1:])):
        with pytest.raises(MarksMissing):
            actions.evaluate(person=helper, marks=wrong, by=manager, at=clock.now)

    assert not Evaluation.objects.exists()


def test_an_invitation_needs_a_good_evaluation(found, helper, manager, clock):
    actions.evaluate(person=helper, marks=marks(2), by=manager, at=clock.now)
    with pytest.raises(NotGoodEnough):
        actions.invite(person=helper, by=manager, at=clock.now)

    actions.evaluate(
        person=helper, marks=marks(3), by=manager, at=clock.move(minutes=1)
    )
    assert actions.invite(person=helper, by=manager, at=clock.now).state == "invited"


# Invited


def test_saying_yes_stores_exactly_the_version_that_was_read(
    invited, helper, manager, clock, told
):
    version = terms()

    actions.accept_invitation(
        person=helper, terms=version, language="zh-hans", at=clock.now
    )

    consent = TermsConsent.objects.get()
    assert (consent.term, consent.terms) == (invited, version)
    assert (consent.language, consent.at) == ("zh-hans", clock.now)
    assert term_of(helper).state == State.ACCEPTED
    assert told(manager) == ["rewards.agent_said_yes"]


def test_terms_that_changed_meanwhile_are_read_first(invited, helper, clock):
    read = terms()
    ProgrammeTerms.objects.create(text_en="New", text_zh="新")

    with pytest.raises(TermsChanged):
        actions.accept_invitation(
            person=helper, terms=read, language="en", at=clock.now
        )

    assert term_of(helper).state == State.INVITED
    assert not TermsConsent.objects.exists()


def test_who_says_no_is_left_in_peace(invited, helper, manager, clock, told, night):
    actions.decline_invitation(person=helper, note="No time", at=clock.now)

    assert told(manager) == ["rewards.agent_said_no"]
    with pytest.raises(SaidNoLately):
        actions.nominate(person=helper, by=manager, at=clock.move(days=150))

    actions.nominate(person=helper, by=manager, at=clock.move(days=60))
    assert term_of(helper).state == State.FOUND


def test_the_nightly_run_asks_nobody_again_too_soon(
    invited, helper, clock, help_somebody, night
):
    actions.decline_invitation(person=helper, at=clock.now)
    help_somebody()
    night()
    night()

    assert on_the_list() == []


def test_an_invitation_runs_out(invited, helper, manager, clock, told):
    assert actions.lapse_agents(at=clock.move(days=13)) == 0

    assert actions.lapse_agents(at=clock.move(days=1)) == 1
    assert actions.lapse_agents(at=clock.now) == 0

    assert term_of(helper).state == State.ENDED
    assert told(manager) == ["rewards.agent_said_nothing"]
    with pytest.raises(NotAnAgent):
        actions.accept_invitation(
            person=helper, terms=terms(), language="en", at=clock.now
        )


def test_an_invitation_that_ran_out_is_not_accepted_before_the_timer_came(
    invited, helper, clock
):
    clock.move(days=15)

    with pytest.raises(InvitationOver):
        actions.accept_invitation(
            person=helper, terms=terms(), language="en", at=clock.now
        )


def test_the_badge_comes_with_the_bench_not_with_the_yes(invited, helper, clock):
    actions.accept_invitation(person=helper, terms=terms(), language="en", at=clock.now)
    assert anew(helper).standing == Person.Standing.MEMBER
    assert not actions.is_agent(helper)

    for ability in Ability.objects.filter(needed_for="supported"):
        right = dict(ability.questions.values_list("pk", "right"))
        actions.take_test(person=helper, ability=ability, choices=right, at=clock.now)

    assert anew(helper).standing == Person.Standing.AGENT
    assert actions.is_agent(helper)


def test_without_required_training_the_bench_opens_at_once(invited, helper, clock):
    Ability.objects.update(needed_for="")

    actions.accept_invitation(person=helper, terms=terms(), language="en", at=clock.now)

    assert steps(helper)[-2:] == ["accepted", "supported"]


# New terms


@pytest.fixture
def new_terms(agent, clock):
    version = ProgrammeTerms.objects.create(text_en="New", text_zh="新")
    assert actions.ask_for_new_terms(at=clock.now) == 1
    assert actions.ask_for_new_terms(at=clock.now) == 0
    return version


def test_new_terms_ask_again_and_benefits_end_without_a_yes(
    new_terms, agent, clock, told
):
    assert "rewards.agent_new_terms" in told(agent)
    assert actions.is_agent(agent)

    actions.lapse_agents(at=clock.move(days=14))

    assert not actions.is_agent(agent)
    assert anew(agent).standing == Person.Standing.MEMBER
    assert term_of(agent).state == State.PAUSED
    with pytest.raises(AgreeFirst):
        actions.resume_agent(person=agent, by=agent, at=clock.now)


def test_agreeing_late_opens_the_bench_again(new_terms, agent, clock):
    actions.lapse_agents(at=clock.move(days=14))

    actions.agree_to_terms(person=agent, terms=new_terms, language="en", at=clock.now)

    assert actions.is_agent(agent)
    assert anew(agent).standing == Person.Standing.AGENT
    assert TermsConsent.objects.filter(term__person=agent).count() == 2


def test_agreeing_in_time_changes_nothing_else(new_terms, agent, clock):
    actions.agree_to_terms(person=agent, terms=new_terms, language="en", at=clock.now)

    assert actions.lapse_agents(at=clock.move(days=30)) == 0
    assert steps(agent)[-1] == "supported"


# Breaks and the end


def test_a_break_takes_badge_and_bench_and_gives_them_back(agent, clock):
    actions.pause_agent(person=agent, by=agent, at=clock.now)
    assert not actions.is_agent(agent)
    assert anew(agent).standing == Person.Standing.MEMBER

    actions.resume_agent(person=agent, by=agent, at=clock.now)
    assert actions.is_agent(agent)
    assert anew(agent).standing == Person.Standing.AGENT
    assert steps(agent)[-2:] == ["paused", "supported"]


def test_a_break_that_staff_set_staff_ends(agent, manager, stranger, clock):
    with pytest.raises(NotAllowed):
        actions.pause_agent(person=agent, by=stranger, at=clock.now)
    actions.pause_agent(person=agent, by=manager, note="Look again", at=clock.now)

    with pytest.raises(PausedByStaff):
        actions.resume_agent(person=agent, by=agent, at=clock.now)
    assert not actions.is_agent(agent)

    actions.resume_agent(person=agent, by=manager, at=clock.now)
    assert actions.is_agent(agent)


def test_an_agent_may_leave(agent, manager, clock):
    actions.end_agent(person=agent, by=agent, at=clock.now)

    assert not actions.is_agent(agent)
    assert AgentStep.objects.latest("pk").reason == "left"
    with pytest.raises(SaidNoLately):
        actions.nominate(person=agent, by=manager, at=clock.now)


def test_every_answer_carries_the_badge_while_its_author_is_an_agent(
    make_answer, appoint, end, helper, stranger, manager, client, clock, make_question
):
    question = make_question()
    before = make_answer(question=question)
    make_answer(question=question, by=stranger)
    community.comment(
        person=helper, post=before, body="It worked twice for me.", at=clock.now
    )

    def badges():
        page = client.get(question.get_absolute_url()).text
        return page.count('class="answer is-agent"'), page.count("voice is-agent")

    assert badges() == (0, 0)
    appoint(helper)
    assert badges() == (1, 2)
    after = make_answer(question=question, by=anew(helper))
    assert badges() == (2, 3)

    # Each keeps how it was said; what is shown ends with the role.
    assert (before.voice, after.voice) == ("member", "agent")
    end(helper)
    assert badges() == (0, 0)


def test_an_agents_help_earns_as_before(make_answer, accept, agent, points):
    accept(make_answer(by=agent))

    assert points(agent) == 20


def test_the_end_counts_at_once(make_answer, end, agent, clock, told):
    clock.move(days=30)

    term = end(agent)

    assert (term.state, term.ended_at) == ("ended", clock.now)
    assert not actions.is_agent(agent)
    assert anew(agent).standing == Person.Standing.MEMBER
    assert make_answer(by=anew(agent)).voice == "member"
    assert told(agent)[-1] == "rewards.agent_ended"
    with pytest.raises(NotAnAgent):
        end(agent)


def test_a_candidate_who_never_knew_is_not_told_of_the_end(
    evaluated, end, helper, told
):
    end(helper)

    assert told(helper) == []


def test_who_served_once_can_serve_again(appoint, end, helper):
    appoint(helper)
    end(helper)
    appoint(helper)

    assert actions.is_agent(helper)
    assert AgentTerm.objects.count() == 2


def test_the_right_is_read_from_the_term_not_from_the_badge(
    make_question, agent, clock
):
    """A badge that was left behind opens nothing."""
    question = make_question()
    assert permissions.may_hand_over(agent, question)

    AgentTerm.objects.update(state=State.ENDED, ended_at=clock.now)

    assert anew(agent).standing == "agent"
    assert not actions.is_agent(agent)
    assert not permissions.may_hand_over(anew(agent), question)


def test_an_erased_agent_is_no_agent(invited, helper, clock, manager):

    Evaluation.objects.update(note="Answers within hours")

    people_actions.erase_person(person=helper, at=clock.now)

    assert term_of(helper).state == State.ENDED
    assert AgentStep.objects.latest("pk").reason == "erased"
    assert Evaluation.objects.get().note == ""
    assert not AgentStep.objects.exclude(note="").exists()


def test_my_data_has_my_way_through_the_programme(agent):
    export = queries.agent_export(agent)

    assert [step["to_state"] for step in export["steps"]][-1] == "supported"
    assert export["consents"][0]["consents__terms"] == terms().pk
    assert len(export["tests"]) == 2


# In the admin


def test_a_manager_walks_the_steps_in_the_admin(
    help_somebody, helper, manager, client_of, night
):
    help_somebody()
    night()
    night()
    client = client_of(manager)
    address = reverse("rewards_agent", args=[helper.pk])
    assert "Xiaoman" in client.get(reverse("rewards_agents")).text
    criteria = Scorecard.objects.first().criteria.all()
    typed = {f"c{one.pk}": "3" for one in criteria}

    client.post(address, typed | {"evaluate": "1", "note": "Kind"})
    client.post(address, {"invite": "1", "note": "Answers within hours"})

    assert term_of(helper).state == State.INVITED
    page = client.get(address).text
    assert "75%" in page
    assert "Answers within hours" in page
    client.post(address, {"end": "1"})
    assert term_of(helper).state == State.ENDED
    assert "Xiaoman" in client.get(reverse("rewards_agents") + "?state=ended").text


def test_a_manager_names_a_candidate_by_handle(manager, helper, client_of):
    client = client_of(manager)
    address = reverse("rewards_nominate")

    client.post(address, {"handle": "@xiaoman", "note": "Patient"})
    assert on_the_list() == ["xiaoman"]

    page = client.post(address, {"handle": "nobody"}, follow=True)
    assert "No member has this handle" in page.text


def test_a_refusal_is_a_sentence_not_an_error(manager, moderator, client_of):
    typed = {"handle": moderator.handle, "note": ""}
    client = client_of(manager)

    page = client.post(reverse("rewards_nominate"), typed, follow=True)
    too_long = client.post(
        reverse("rewards_nominate"), typed | {"note": "x" * 301}, follow=True
    )

    assert "Only members who can sign in" in page.text
    assert too_long.status_code == 200
    assert not AgentTerm.objects.exists()


@pytest.mark.parametrize("role", ["editor", "moderator", "desk_agent", "stranger"])
def test_others_neither_see_the_pages_nor_use_them(
    role, evaluated, helper, client_of, request
):
    client = client_of(request.getfixturevalue(role))
    one = reverse("rewards_agent", args=[helper.pk])
    closed = (302, 403, 404)

    for name in ("rewards_agents", "rewards_bonuses", "rewards_lines"):
        assert client.get(reverse(name)).status_code in closed
    assert client.get(one).status_code in closed
    assert client.post(one, {"invite": "1"}).status_code in closed
    assert client.get(reverse("rewards_line", args=[helper.pk])).status_code in closed
    assert term_of(helper).state == State.EVALUATED


def test_more_candidates_cost_no_more_queries(
    manager, neighbours, client_of, clock, django_assert_max_num_queries
):
    for person in neighbours(3):
        actions.nominate(person=person, by=manager, at=clock.now)
    with django_assert_max_num_queries(5):
        few = queries.programme_page("found", 1)
    for person in neighbours(12):
        actions.nominate(person=person, by=manager, at=clock.now)

    with django_assert_max_num_queries(5):
        many = queries.programme_page("found", 1)

    assert (len(few.page.object_list), len(many.page.object_list)) == (3, 15)


def test_the_profile_of_an_agent_says_so(appoint, helper, client):
    page = client.get(helper.get_absolute_url()).content.decode()
    assert "Service agent" not in page

    appoint(helper)

    page = client.get(helper.get_absolute_url()).content.decode()
    assert "Service agent" in page
