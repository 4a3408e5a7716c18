"""The bench of service agents: what it shows, and that nobody else gets in."""

import pytest
from django.urls import reverse
from django.utils import translation

from common.errors import NotAllowed
from community.actions.tagging import make_tag
from people import actions as people_actions
from people.models import Person
from rewards import actions, queries
from rewards.errors import TooManyTopics
from rewards.models import (
    AgentTerm,
    AgentTopic,
    CannedReply,
    ProgrammeTerms,
    State,
)
from rewards.queries.agents import open_questions, topics_of

pytestmark = pytest.mark.django_db

PAGES = [
    "agent_bench",
    "agent_topics",
    "agent_line",
    "agent_replies",
    "agent_report",
    "agent_training",
    "agent_terms",
]


@pytest.fixture
def own_reply(agent):
    return actions.keep_reply(
        person=agent, language="en", title="Restart", body="Please restart the router."
    )


@pytest.fixture
def staff_reply(db):
    return CannedReply.objects.create(
        title_en="Port-in",
        title_zh="携入",
        body_en="A port-in takes three working days.",
        body_zh="携号转网需要三个工作日。",
    )


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_page_answers_an_agent_in_both_languages(
    page, language, agent, client_of
):
    with translation.override(language):
        address = reverse(f"rewards:{page}")

    answer = client_of(agent).get(address)

    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer.text


@pytest.mark.parametrize("page", PAGES)
def test_others_find_nothing_there(page, agent, stranger, manager, client_of, client):
    address = reverse(f"rewards:{page}")

    assert client_of(stranger).get(address).status_code == 404
    assert client_of(manager).get(address).status_code == 404
    anonymous = client.get(address)
    assert anonymous.status_code == 302
    assert "/accounts/login/" in anonymous["Location"]


def test_whatever_a_session_had_ends_with_the_next_request(
    agent, manager, client_of, own_reply, staff_reply, make_question, clock
):
    """The session stays open, and so does a thread the agent is reading."""
    question = make_question()
    client = client_of(agent)
    use = reverse("rewards:agent_use_reply", args=[staff_reply.pk, question.pk])
    assert client.get(reverse("rewards:agent_bench")).status_code == 200
    assert client.get(use).status_code == 200
    assert use in client.get(question.get_absolute_url()).text

    actions.end_agent(person=agent, by=manager, at=clock.now)

    for page in PAGES:
        assert client.get(reverse(f"rewards:{page}")).status_code == 404
    assert client.get(use).status_code == 404
    assert client.post(use, {"body": "x"}).status_code == 404
    thread = client.get(question.get_absolute_url()).text
    assert use not in thread
    assert reverse("rewards:agent_bench") not in thread
    told = client.post(reverse("rewards:agent_line"), {"body": "Still here?"})
    assert told.status_code == 404
    as_before = Person.objects.get(pk=agent.pk)
    as_before.standing = "agent"
    with pytest.raises(NotAllowed):
        actions.choose_topics(person=as_before, tags=[])
    with pytest.raises(NotAllowed):
        actions.write_on_line(agent=agent, by=agent, body="Hello?", at=clock.now)
    with pytest.raises(NotAllowed):
        actions.keep_reply(person=agent, language="en", title="a", body="b")


def test_a_break_closes_the_bench_but_not_training(agent, client_of, clock):
    client = client_of(agent)

    client.post(reverse("rewards:agent_change"), {"pause": "1"})

    bench = client.get(reverse("rewards:agent_bench")).text
    assert "You are on a break" in bench
    assert client.get(reverse("rewards:agent_line")).status_code == 404
    assert client.get(reverse("rewards:agent_training")).status_code == 200
    client.post(reverse("rewards:agent_change"), {"resume": "1"})
    assert client.get(reverse("rewards:agent_line")).status_code == 200


def test_an_agent_leaves_by_the_page(agent, client_of):
    client = client_of(agent)

    done = client.post(reverse("rewards:agent_change"), {"leave": "1"}, follow=True)

    assert "You have left the programme" in done.text
    assert AgentTerm.objects.get().state == State.ENDED


def test_an_invitation_is_read_and_accepted_on_its_page(
    helper, manager, client_of, clock
):
    from tests.rewards.test_appointing_agents import marks, terms

    actions.nominate(person=helper, by=manager, at=clock.now)
    actions.evaluate(person=helper, marks=marks(4), by=manager, at=clock.now)
    actions.invite(person=helper, by=manager, at=clock.now)
    # Only the timer ends invitations; the page asks the clock as well.
    AgentTerm.objects.update(answer_by=None)
    client = client_of(helper)
    profile = client.get(helper.get_absolute_url()).text
    assert "You are invited to be a service agent" in profile
    page = client.get(reverse("rewards:agent_bench"), follow=True).text
    assert "Be honest and kind" in page
    with translation.override("zh-hans"):
        chinese = client.get(reverse("rewards:agent_invitation")).text
    assert "诚实友善" in chinese

    old = client.post(
        reverse("rewards:agent_invitation"), {"accept": "1", "terms": "999999"}
    )
    assert old.status_code == 404
    done = client.post(
        reverse("rewards:agent_invitation"),
        {"accept": "1", "terms": str(terms().pk)},
        follow=True,
    )

    assert "Almost there" in done.text
    assert AgentTerm.objects.get().state == State.ACCEPTED


def test_new_terms_are_agreed_to_on_their_page(agent, client_of, clock):
    newer = ProgrammeTerms.objects.create(text_en="Be even kinder.", text_zh="更友善。")
    client = client_of(agent)
    assert "The terms have a new version" in client.get("/en/agents/").text

    client.post(reverse("rewards:agent_terms"), {"terms": str(newer.pk)})

    assert AgentTerm.objects.get().terms == newer
    assert "The terms have a new version" not in client.get("/en/agents/").text


# Questions in my topics


@pytest.fixture
def esim(db):
    return make_tag("esim", language="en")


def test_the_bench_shows_open_questions_of_my_topics(
    agent, esim, make_question, make_answer, accept, client_of, stranger
):
    mine = make_question(by=stranger, tags=["esim"], title="eSIM will not install")
    make_question(by=stranger, tags=["billing"], title="Billed twice this month")
    answered = make_question(tags=["esim"], title="eSIM moved to a new phone")
    make_answer(question=answered, by=agent)
    solved = make_question(tags=["esim"], title="eSIM lost after the reset")
    accept(make_answer(question=solved, by=stranger))
    own = make_question(by=agent, tags=["esim"], title="eSIM for my own watch")
    actions.choose_topics(person=agent, tags=[esim])

    shown = list(open_questions(agent, [esim]))

    assert shown == [mine]
    page = client_of(agent).get("/en/agents/").text
    assert mine.title in page
    assert "Billed twice" not in page
    assert own.title not in page


def test_a_synonym_counts_as_what_it_stands_for(agent, esim):
    synonym = make_tag("e-sim-card", language="en")
    synonym.synonym_of = esim
    synonym.save()

    actions.choose_topics(person=agent, tags=[synonym])

    assert topics_of(agent) == ([esim], True)


def test_topics_are_limited_and_chosen_anew(agent, esim, client_of, make_question):
    many = [make_tag(f"topic-{number}", language="en") for number in range(21)]
    with pytest.raises(TooManyTopics):
        actions.choose_topics(person=agent, tags=many)
    assert not AgentTopic.objects.exists()

    make_question(tags=["esim", "roaming"])
    client = client_of(agent)
    address = reverse("rewards:agent_topics")
    client.post(address, {"topics": [str(esim.pk)]})
    assert [tag.name for tag in topics_of(agent)[0]] == ["esim"]

    refused = client.post(address, {"topics": ["999999"]})
    assert refused.status_code == 200
    assert [tag.name for tag in topics_of(agent)[0]] == ["esim"]
    client.post(address, {})
    assert topics_of(agent) == ([], False)


def test_more_on_the_bench_costs_no_more_queries(
    agent, esim, make_question, neighbours, clock, django_assert_max_num_queries
):
    actions.choose_topics(person=agent, tags=[esim])
    term = queries.term_of(agent)
    make_question(tags=["esim"])
    with django_assert_max_num_queries(9):
        queries.bench(term, clock.now, 1)
    for person in neighbours(12):
        make_question(by=person, tags=["esim"])

    with django_assert_max_num_queries(9):
        found = queries.bench(term, clock.now, 1)

    assert len(found.questions.object_list) == 13


# Canned replies


def test_staffs_and_my_own_replies_nobody_elses(
    agent, own_reply, staff_reply, appoint, stranger
):
    off = CannedReply.objects.create(title_en="Old", body_en="Old", enabled=False)
    appoint(stranger)
    theirs = actions.keep_reply(
        person=stranger, language="zh-hans", title="重启", body="请重启光猫。"
    )

    assert list(queries.replies_for(agent)) == [staff_reply, own_reply]
    assert off not in queries.replies_for(agent)
    with pytest.raises(NotAllowed):
        actions.keep_reply(
            person=agent, language="en", title="x", body="y", reply=theirs
        )
    with pytest.raises(NotAllowed):
        actions.delete_reply(person=agent, reply=theirs)
    with pytest.raises(NotAllowed):
        actions.delete_reply(person=agent, reply=staff_reply)


def test_a_reply_is_put_in_after_what_was_typed(
    agent, staff_reply, client_of, make_question
):
    chinese = make_question(language="zh-hans", title="携号转网要多久才能完成？")
    english = make_question()
    client = client_of(agent)

    def use(question, **typed):
        address = reverse("rewards:agent_use_reply", args=[staff_reply.pk, question.pk])
        return client.post(address, typed, headers={"HX-Request": "true"}).text

    inserted = use(english, body="Hello Jian,")
    assert inserted.strip().startswith("<textarea")
    assert "Hello Jian,\n\nA port-in takes three working days." in inserted
    assert "携号转网需要三个工作日。" in use(chinese)
    assert "&lt;b&gt;" in use(english, body="<b>")


def test_without_script_the_reply_opens_the_form_of_the_answer(
    agent, staff_reply, client_of, make_question
):
    question = make_question()
    client = client_of(agent)
    thread = client.get(question.get_absolute_url()).text
    address = reverse("rewards:agent_use_reply", args=[staff_reply.pk, question.pk])
    assert f'href="{address}"' in thread

    page = client.get(address).text

    assert "A port-in takes three working days." in page
    assert f'action="{reverse("community:answer", args=[question.pk])}"' in page
    client.post(
        reverse("community:answer", args=[question.pk]),
        {"body": "A port-in takes three working days."},
    )
    assert question.answers.get().author == agent


def test_a_removed_question_takes_no_reply(
    agent, staff_reply, client_of, make_question, moderator, clock
):
    from community import actions as community

    question = make_question()
    community.delete(person=moderator, post=question, reason="spam", at=clock.now)
    address = reverse("rewards:agent_use_reply", args=[staff_reply.pk, question.pk])

    assert client_of(agent).get(address).status_code == 404


def test_i_write_change_and_delete_a_reply_of_my_own(agent, client_of):
    client = client_of(agent)
    address = reverse("rewards:agent_replies")
    typed = {"language": "en", "title": "Restart", "body": "Please restart it."}

    client.post(address, typed)
    reply = CannedReply.objects.get(owner=agent)
    one = reverse("rewards:agent_reply", args=[reply.pk])
    client.post(one, typed | {"title": "Restart twice"})
    reply.refresh_from_db()
    assert (reply.title_en, reply.owner) == ("Restart twice", agent)
    empty = client.post(one, typed | {"body": " "})
    assert 'value="Restart"' in empty.text
    assert empty.status_code == 400

    client.post(one, {"delete": "1"})
    assert not CannedReply.objects.exists()


def test_what_an_agent_kept_goes_when_they_are_erased(agent, own_reply, esim, clock):
    actions.choose_topics(person=agent, tags=[esim])
    actions.write_on_line(agent=agent, by=agent, body="My number is…", at=clock.now)

    people_actions.erase_person(person=agent, at=clock.now)

    assert not CannedReply.objects.exists()
    assert not AgentTopic.objects.exists()
    assert agent.line_messages.get().body == ""


# The monthly report


def test_the_report_counts_my_own_month(
    agent, make_question, make_answer, accept, clock, vote, stranger, client_of
):
    question = make_question()
    clock.move(minutes=30)
    answer = make_answer(question=question, by=agent)
    accept(answer)
    make_answer(by=agent)
    make_answer(by=stranger)

    reports = queries.reports_of(agent, month=clock.now.date())

    mine = next(one for one in reports if one.answers)
    assert (mine.answers, mine.accepted, mine.helpful_percent) == (2, 1, 50)
    assert max(mine.waits) == 30
    assert mine.points == 20
    page = client_of(agent).get(
        reverse("rewards:agent_report") + f"?month={mine.month:%Y-%m}"
    )
    assert "You wrote 2 answers" in page.text
    assert "1 were accepted, and 50% helped somebody" in page.text


def test_the_report_is_four_queries_whatever_was_answered(
    agent, make_answer, clock, django_assert_num_queries
):
    for _ in range(4):
        make_answer(by=agent)

    with django_assert_num_queries(4):
        reports = queries.reports_of(agent, month=clock.now.date())

    assert sum(one.answers for one in reports) == 4
    assert len(reports) == 6


@pytest.mark.parametrize("month", ["2026-13", "x", "", "2099-01", "２０２６-01"])
def test_a_month_that_is_none_shows_this_one(agent, client_of, month):
    address = reverse("rewards:agent_report")

    assert client_of(agent).get(address, {"month": month}).status_code == 200
