"""What staff tell agents first, and what the two of them talk about."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from common.errors import NotAllowed, TooMany
from common.outbox import drain
from common.text import BadText
from people.models import Person
from rewards import actions, queries
from rewards.errors import NothingWritten
from rewards.models import LineMessage, Notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_notice(manager):
    def make(**fields):
        values = {
            "title_en": "Night works in Linwan on Friday",
            "title_zh": "周五夜间临湾割接",
            "body_en": "Calls drop from **1 to 3**.",
            "body_zh": "凌晨 1 点至 3 点通话中断。",
            "starts_at": timezone.now() - timedelta(hours=1),
            "made_by": manager,
        } | fields
        return Notice.objects.create(**values)

    return make


def test_agents_are_told_once_and_nobody_else(
    make_notice, agent, stranger, manager, clock
):
    notice = make_notice()
    actions.announce(notice, at=timezone.now())
    actions.announce(notice, at=timezone.now())

    drain(at=timezone.now(), kinds=["rewards.tell_agents"])
    drain(at=timezone.now(), kinds=["rewards.tell_agents"])

    kind = "rewards.agent_notice"
    assert agent.notifications.filter(kind=kind).count() == 1
    assert not stranger.notifications.filter(kind=kind).exists()
    assert not manager.notifications.filter(kind=kind).exists()


def test_a_notice_says_nothing_of_its_content_in_the_notification(
    make_notice, agent, clock
):
    """A notification stays in the list of who is no agent any more."""
    from people.registries import notification_kinds

    notice = make_notice()
    sentence = notification_kinds()["rewards.agent_notice"].sentence

    assert "Linwan" not in sentence({"notice": notice.pk})


@pytest.mark.parametrize(
    "fields",
    [
        {"starts_at": timezone.now() + timedelta(hours=1)},
        {"withdrawn_at": timezone.now()},
    ],
)
def test_a_notice_that_is_not_out_is_nowhere(make_notice, agent, client_of, fields):
    notice = make_notice(**fields)
    client = client_of(agent)

    page = client.get(reverse("rewards:agent_notice", args=[notice.pk]))

    assert page.status_code == 404
    assert notice.title_en not in client.get("/en/agents/").text
    assert actions.tell_agents(notice=notice, at=timezone.now()) == 0


def test_agents_read_a_notice_others_find_nothing(
    make_notice, agent, stranger, manager, moderator, client_of, client
):
    notice = make_notice(public_at=timezone.now() + timedelta(days=3))
    address = reverse("rewards:agent_notice", args=[notice.pk])

    page = client_of(agent).get(address)
    assert "<strong>1 to 3</strong>" in page.text
    assert "Please keep this to yourself until" in page.text
    assert notice.title_en in client_of(agent).get("/en/agents/").text

    for person in (stranger, manager, moderator):
        assert client_of(person).get(address).status_code == 404
    assert client.get(address).status_code == 302
    found = client.get("/en/search/", {"q": "Night works in Linwan on Friday"})
    assert "/agents/notices/" not in found.text


def test_a_manager_writes_a_notice_in_the_admin(manager, client_of, agent):
    client = client_of(manager)
    address = reverse("wagtailsnippets_rewards_notice:add")
    typed = {
        "title_en": "New plan on Monday",
        "title_zh": "周一上新套餐",
        "body_en": "199 a month.",
        "body_zh": "月费 199 元。",
        "starts_at": (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%d 12:00"),
        "public_at": "",
        "withdrawn_at": "",
    }
    done = client.post(address, typed)

    assert done.status_code == 302, done.text
    drain(at=timezone.now(), kinds=["rewards.tell_agents"])
    assert agent.notifications.filter(kind="rewards.agent_notice").count() == 1
    assert Notice.objects.get().made_by == manager


@pytest.mark.parametrize(
    "name",
    ["notice", "cannedreply", "ability", "scorecard", "programmeterms", "bonusband"],
)
def test_only_managers_reach_the_programmes_tables(name, manager, moderator, client_of):
    index = reverse(f"wagtailsnippets_rewards_{name}:list")
    add = reverse(f"wagtailsnippets_rewards_{name}:add")

    assert client_of(manager).get(index).status_code == 200
    assert client_of(manager).get(add).status_code == 200
    assert client_of(moderator).get(index).status_code in (302, 403)
    assert client_of(moderator).get(add).status_code in (302, 403)


# The staff line


@pytest.fixture
def say(agent, clock):
    def say(body="Is the outage in Linwan known?", by=None, **fields):
        return actions.write_on_line(
            agent=agent, by=by or agent, body=body, at=clock.now, **fields
        )

    return say


def test_an_agent_and_staff_talk(say, agent, manager, client_of, clock):
    say()
    say("Yes, until three o'clock.", by=manager)

    assert agent.notifications.latest("pk").kind == "rewards.agent_line"
    mine = client_of(agent).get(reverse("rewards:agent_line")).text
    assert "Is the outage in Linwan known?" in mine
    assert "Yes, until three" in mine
    theirs = client_of(manager).get(reverse("rewards_line", args=[agent.pk])).text
    assert "Is the outage in Linwan known?" in theirs


def test_another_agent_sees_only_their_own_line(say, appoint, stranger, client_of):
    say("Only for staff to read")
    appoint(stranger)

    page = client_of(stranger).get(reverse("rewards:agent_line")).text

    assert "Only for staff to read" not in page


def test_nobody_else_writes_on_a_line(say, stranger, moderator):
    for person in (stranger, moderator):
        with pytest.raises(NotAllowed):
            say("Hello", by=person)

    assert not LineMessage.objects.exists()


def test_nothing_and_bad_text_are_not_sent(say):
    with pytest.raises(NothingWritten):
        say("   ")
    with pytest.raises(BadText):
        say("a\u202eb")

    assert not LineMessage.objects.exists()


def test_nobody_floods_the_line(say):
    for number in range(10):
        say(f"Question {number}")

    with pytest.raises(TooMany):
        say("One more")


def test_what_staff_hid_the_agent_no_longer_reads(
    say, agent, manager, moderator, client_of, clock
):
    message = say("Customer 138 0000 0000 wants …")
    with pytest.raises(NotAllowed):
        actions.hide_line_message(
            message=message, by=moderator, reason="number", at=clock.now
        )

    client_of(manager).post(
        reverse("rewards_line", args=[agent.pk]),
        {"hide": str(message.pk), "reason": "a customer's number"},
    )

    mine = client_of(agent).get(reverse("rewards:agent_line")).text
    assert "138 0000 0000" not in mine
    theirs = client_of(manager).get(reverse("rewards_line", args=[agent.pk])).text
    assert "a customer&#x27;s number" in theirs
    assert queries.agent_export(agent)["line"] == []


def test_a_line_is_said_about_a_notice(agent, make_notice, client_of, manager):
    notice = make_notice()
    client = client_of(agent)

    client.post(
        reverse("rewards:agent_line"),
        {"body": "May I say that it ends at three?", "notice": str(notice.pk)},
    )

    assert LineMessage.objects.get().notice == notice
    page = client_of(manager).get(reverse("rewards_lines")).text
    assert "May I say that it ends at three?" in page
    assert "waits for us" in page


def test_many_lines_cost_no_more_queries(
    agent, appoint, neighbours, clock, manager, django_assert_max_num_queries
):
    for person in (agent, *neighbours(4)):
        if person != agent:
            appoint(person)
        for _ in range(2):
            actions.write_on_line(
                agent=person, by=person, body="Hello there", at=clock.now
            )

    with django_assert_max_num_queries(2):
        page = queries.lines(1)
        agents = [message.agent.handle for message, _waits in page.object_list]

    assert len(agents) == 5


KIND = "rewards.agent_waits"


def test_staff_hear_once_that_an_agent_waits_until_they_answer(
    agent, manager, moderator
):
    now = timezone.now()
    for words in ("Is Linwan down?", "Three people ask."):
        actions.write_on_line(agent=agent, by=agent, body=words, at=now)
    told_before = manager.notifications.filter(kind=KIND).count()

    actions.write_on_line(agent=agent, by=manager, body="Yes.", at=now)
    actions.write_on_line(agent=agent, by=agent, body="Until when?", at=now)

    assert told_before == 1
    assert manager.notifications.filter(kind=KIND).count() == 2
    assert not moderator.notifications.filter(kind=KIND).exists()


def test_the_staff_home_counts_who_waits(agent, manager, moderator, client_of):
    actions.write_on_line(agent=agent, by=agent, body="Known?", at=timezone.now())
    lines = reverse("rewards_lines")

    home = client_of(manager).get("/admin/").text
    other = client_of(moderator).get("/admin/").text

    assert f'<a href="{lines}" class="is-due"><b>1</b>' in home
    assert "waits for us" in client_of(manager).get(lines).text
    assert lines not in other


def test_staff_say_that_a_thank_you_needs_no_answer(agent, manager, client_of):
    actions.write_on_line(agent=agent, by=agent, body="Thank you!", at=timezone.now())
    client = client_of(manager)

    client.post(reverse("rewards_line", args=[agent.pk]), {"settle": ""})

    assert queries.lines_waiting() == 0
    assert "needs no answer" in client.get(reverse("rewards_lines")).text
    actions.write_on_line(agent=agent, by=agent, body="Again.", at=timezone.now())
    assert queries.lines_waiting() == 1


def test_only_managers_settle_a_line(agent, moderator):
    with pytest.raises(NotAllowed):
        actions.settle_line(agent=agent, by=moderator, at=timezone.now())


def test_who_waits_stands_first(agent, manager, appoint, stranger):
    now = timezone.now()
    appoint(stranger)
    other = Person.objects.get(pk=stranger.pk)
    actions.write_on_line(agent=other, by=other, body="Done.", at=now)
    actions.write_on_line(agent=other, by=manager, body="Fine.", at=now)
    actions.write_on_line(
        agent=agent, by=agent, body="Since when?", at=now - timedelta(hours=2)
    )

    rows = queries.lines(1).object_list

    assert [(row.agent, waits) for row, waits in rows] == [
        (agent, True),
        (other, False),
    ]


def test_a_line_of_who_left_does_not_wait(agent, manager):
    now = timezone.now()
    actions.write_on_line(agent=agent, by=agent, body="Known?", at=now)

    actions.end_agent(person=agent, by=manager, at=now)

    assert queries.lines_waiting() == 0
    assert len(queries.lines(1).object_list) == 1
