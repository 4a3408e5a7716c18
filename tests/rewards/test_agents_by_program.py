"""Agents' own programs read where they stand; nobody else's find anything."""

import pytest

from community.actions.tagging import make_tag
from rewards import actions

pytestmark = pytest.mark.django_db

MINE = "/api/v1/me/agent/"
WAITING = "/api/v1/me/agent/questions/"


def test_an_agent_reads_where_they_stand(agent, client_of, make_question):
    esim = make_tag("esim", language="en")
    actions.choose_topics(person=agent, tags=[esim])
    question = make_question(tags=["esim"])
    client = client_of(agent)

    mine = client.get(MINE).json()
    waiting = client.get(WAITING).json()

    assert (mine["state"], mine["topics"]) == ("supported", ["esim"])
    assert mine["abilities"][0]["certified_until"]
    assert [one["id"] for one in waiting["items"]] == [question.pk]


def test_nobody_else_finds_anything(agent, stranger, manager, client_of, client, clock):
    for person in (stranger, manager):
        assert client_of(person).get(MINE).status_code == 404
        assert client_of(person).get(WAITING).status_code == 404
    assert client.get(MINE).status_code == 401

    theirs = client_of(agent)
    assert theirs.get(WAITING).status_code == 200
    actions.end_agent(person=agent, by=manager, at=clock.now)
    assert theirs.get(WAITING).status_code == 404
    assert theirs.get(MINE).status_code == 404


def test_a_candidate_does_not_learn_that_they_are_one(
    helper, manager, client_of, clock
):
    actions.nominate(person=helper, by=manager, at=clock.now)

    assert client_of(helper).get(MINE).status_code == 404
