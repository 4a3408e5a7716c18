"""Managers see who helps steadily, make them service agents, and thank them later."""

import pytest
from django.urls import reverse

from common.errors import NotAllowed
from community.models import Answer
from desk import permissions
from people import actions as people_actions
from people.models import Person
from rewards import actions, queries
from rewards.errors import (
    AlreadyAnAgent,
    AppointingYourself,
    NotAMember,
    NotAnAgent,
)
from rewards.models import AgentTerm

pytestmark = pytest.mark.django_db


@pytest.fixture
def appoint(manager, clock):
    def appoint(person, by=None):
        return actions.appoint_agent(person=person, by=by or manager, at=clock.now)

    return appoint


@pytest.fixture
def end(manager, clock):
    def end(person, by=None):
        return actions.end_agent(person=person, by=by or manager, at=clock.now)

    return end


def anew(person):
    return Person.objects.get(pk=person.pk)


def candidates():
    return [row.person.handle for row in queries.candidates()]


@pytest.fixture
def told():
    return lambda person: list(
        person.notifications.order_by("pk").values_list("kind", flat=True)
    )


# Who is proposed


def test_a_candidate_stood_near_the_top_in_two_runs(
    help_somebody, helper, stranger, clock
):
    help_somebody()
    actions.score_leaders(at=clock.now)
    assert candidates() == []

    help_somebody(by=stranger)
    actions.score_leaders(at=clock.move(days=1))
    assert candidates() == ["xiaoman"]

    actions.score_leaders(at=clock.move(days=1))
    assert sorted(candidates()) == ["laoxu", "xiaoman"]


def test_who_fell_out_of_the_first_places_is_none(
    help_somebody, neighbours, helper, clock, monkeypatch
):
    monkeypatch.setattr(queries.leaders, "CANDIDATE_PLACES", 2)
    help_somebody()
    actions.score_leaders(at=clock.now)
    for neighbour in neighbours(2):
        for _ in range(2):
            help_somebody(by=neighbour)
    actions.score_leaders(at=clock.move(days=1))

    assert candidates() == []


def test_agents_staff_imported_and_blocked_people_are_not_proposed(
    help_somebody, make_answer, neighbours, manager, moderator, appoint, clock
):
    agent, blocked, imported, member = neighbours(4)
    for person in (agent, blocked, imported, member):
        help_somebody(by=person)
    answer = make_answer(by=moderator)
    Answer.objects.filter(pk=answer.pk).update(voice="member")
    for _ in range(2):
        actions.score_leaders(at=clock.move(days=1))
    appoint(agent)
    people_actions.set_active(person=blocked, is_active=False, at=clock.now)
    Person.objects.filter(pk=imported.pk).update(source="se", source_id="1")

    assert candidates() == [member.handle]


# Appointing


def test_a_manager_appoints_and_the_member_is_told(
    appoint, helper, manager, clock, told
):
    term = appoint(helper)

    assert (term.person, term.appointed_by) == (helper, manager)
    assert (term.started_at, term.ended_at) == (clock.now, None)
    assert actions.is_agent(helper)
    assert anew(helper).standing == Person.Standing.AGENT
    assert told(helper) == ["rewards.agent_appointed"]


@pytest.mark.parametrize(
    "role", ["editor", "moderator", "desk_agent", "stranger", "helper"]
)
def test_nobody_but_managers_appoints_or_ends(role, appoint, end, helper, request):
    person = request.getfixturevalue(role)

    with pytest.raises(NotAllowed):
        appoint(helper, by=person)
    assert not actions.is_agent(helper)

    appoint(helper)
    with pytest.raises(NotAllowed):
        end(helper, by=person)
    assert actions.is_agent(helper)


def test_nobody_appoints_themselves(appoint, manager, helper):
    with pytest.raises(AppointingYourself):
        appoint(manager, by=manager)
    assert not actions.is_agent(manager)

    appoint(helper, by=manager)
    assert actions.is_agent(helper)


def test_an_agent_is_appointed_once(appoint, helper, told):
    appoint(helper)

    with pytest.raises(AlreadyAnAgent):
        appoint(helper)

    assert AgentTerm.objects.count() == 1
    assert told(helper) == ["rewards.agent_appointed"]


def test_staff_imported_erased_and_blocked_people_cannot_serve(
    appoint, neighbours, moderator, clock
):
    imported, blocked, erased = neighbours(3)
    Person.objects.filter(pk=imported.pk).update(source="se", source_id="1")
    people_actions.set_active(person=blocked, is_active=False, at=clock.now)
    people_actions.erase_person(person=erased, at=clock.now)

    for person in (moderator, imported, blocked, erased):
        with pytest.raises(NotAMember):
            appoint(anew(person))

    assert not AgentTerm.objects.exists()


# What it changes


def test_answers_from_then_on_carry_the_badge(
    make_answer, appoint, helper, client, make_question
):
    question = make_question()
    before = make_answer(question=question)
    assert "Service agent" not in client.get(question.get_absolute_url()).text
    appoint(helper)
    after = make_answer(question=question, by=anew(helper))

    assert (before.voice, after.voice) == ("member", "agent")
    assert "Service agent" in client.get(question.get_absolute_url()).text


def test_an_agents_help_earns_as_before(make_answer, accept, appoint, helper, points):
    appoint(helper)

    accept(make_answer(by=anew(helper)))

    assert points(helper) == 20


def test_the_end_of_a_term_counts_at_once(
    make_answer, appoint, end, helper, manager, clock, told
):
    appoint(helper)
    clock.move(days=30)

    term = end(helper)

    assert (term.ended_at, term.ended_by) == (clock.now, manager)
    assert not actions.is_agent(helper)
    assert anew(helper).standing == Person.Standing.MEMBER
    assert make_answer(by=anew(helper)).voice == "member"
    assert told(helper) == ["rewards.agent_appointed", "rewards.agent_ended"]
    with pytest.raises(NotAnAgent):
        end(helper)


def test_who_served_once_can_serve_again(appoint, end, helper):
    appoint(helper)
    end(helper)
    appoint(helper)

    assert actions.is_agent(helper)
    assert AgentTerm.objects.count() == 2


def test_the_right_is_read_from_the_term_not_from_the_badge(
    make_question, appoint, helper, clock
):
    """A badge that was left behind opens nothing."""
    question = make_question()
    appoint(helper)
    assert permissions.may_hand_over(anew(helper), question)

    AgentTerm.objects.update(ended_at=clock.now)

    assert anew(helper).standing == "agent"
    assert not actions.is_agent(helper)
    assert not permissions.may_hand_over(anew(helper), question)


# In the admin


def test_a_manager_finds_candidates_and_appoints_them(
    help_somebody, helper, manager, client_of, clock
):
    help_somebody()
    for _ in range(2):
        actions.score_leaders(at=clock.move(hours=1))
    client = client_of(manager)
    address = reverse("rewards_agents")
    page = client.get(address).content.decode()
    assert "Xiaoman" in page
    assert "Appoint as service agent" in page

    done = client.post(
        reverse("rewards_appoint", args=[helper.pk]), {"note": "Answers within hours"}
    )

    assert done.status_code == 302
    term = AgentTerm.objects.get()
    assert (term.person, term.note) == (helper, "Answers within hours")
    page = client.get(address).content.decode()
    assert "End the term" in page
    assert "Answers within hours" in page

    client.post(reverse("rewards_appoint", args=[helper.pk]), {"end": "1"})
    assert not actions.is_agent(helper)


def test_a_refusal_is_a_sentence_not_an_error(manager, moderator, client_of):
    address = reverse("rewards_appoint", args=[moderator.pk])

    page = client_of(manager).post(address, follow=True)
    too_long = client_of(manager).post(address, {"note": "x" * 301}, follow=True)

    assert "Only members who can sign in" in page.content.decode()
    assert too_long.status_code == 200
    assert not AgentTerm.objects.exists()


@pytest.mark.parametrize("role", ["editor", "moderator", "desk_agent", "stranger"])
def test_others_neither_see_the_agents_page_nor_use_it(
    role, helper, client_of, request
):
    client = client_of(request.getfixturevalue(role))
    address = reverse("rewards_appoint", args=[helper.pk])

    assert client.get(reverse("rewards_agents")).status_code in (302, 403, 404)
    assert client.post(address).status_code in (302, 403, 404)
    assert not AgentTerm.objects.exists()


def test_appointing_takes_a_form(manager, helper, client_of):
    address = reverse("rewards_appoint", args=[helper.pk])

    assert client_of(manager).get(address).status_code == 405
    assert not AgentTerm.objects.exists()


def test_an_erased_agent_is_no_agent(appoint, helper, clock):
    appoint(helper)
    AgentTerm.objects.update(note="Answers within hours")

    people_actions.erase_person(person=helper, at=clock.now)

    assert not actions.is_agent(helper)
    assert queries.serving_agents().count() == 0
    assert AgentTerm.objects.get().note == ""


def test_the_profile_of_an_agent_says_so(appoint, helper, client):
    page = client.get(helper.get_absolute_url()).content.decode()
    assert "Service agent" not in page

    appoint(helper)

    page = client.get(helper.get_absolute_url()).content.decode()

    assert "Service agent" in page
