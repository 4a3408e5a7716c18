"""The loop the house is built for, walked through its pages at one address.

Asked, nobody answers in time, a ticket, our answer in the same thread, solved, points,
an article. Each step is a page somebody opens or a form they send.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from community.models import Answer, Question
from desk.models import Ticket
from kb import actions as kb_actions
from kb.models import ArticlePage
from kb.queries import topic_index
from people.models import Person
from rewards.setup import release_at_once

pytestmark = pytest.mark.django_db


@dataclass
class Words:
    """What people write in one language, and how their ticket speaks to them."""

    title: str
    body: str
    tip: str
    official: str
    topic: str
    became_a_ticket: str
    our_answer: str


ENGLISH = Words(
    title="Day pass bought twice by itself at midnight",
    body="Bought one Asia day pass at 22:10. At midnight another one was charged.",
    tip="Mine follows the calendar day of Beijing: switch renewal off before midnight.",
    official="The second charge was our mistake: 58 yuan go back to your balance.",
    topic="Roaming",
    became_a_ticket="It became a ticket",
    our_answer="Our answer",
)
CHINESE = Words(
    title="漫游日包半夜自己又扣了一次费",
    body="晚上十点买了一个亚洲日包，零点又自动扣了一次，请问这是为什么？",
    tip="我的日包按北京时间的自然日算，零点前把自动续订关掉就不会再扣了。",
    official="第二次扣费是我们的失误，58 元今天内退回您的话费账户。",
    topic="国际漫游",
    became_a_ticket="自动转为工单",
    our_answer="官方答复",
)


@pytest.mark.parametrize(("language", "words"), [("en", ENGLISH), ("zh-hans", CHINESE)])
def test_a_question_nobody_solves_walks_the_whole_loop_at_one_address(
    site: None,
    asker: Person,
    helper: Person,
    desk_agent: Person,
    editor: Person,
    client_of: Callable[[Person], Client],
    language: str,
    words: Words,
):
    release_at_once()
    for person in (asker, helper, desk_agent, editor):
        Person.objects.filter(pk=person.pk).update(language=language)
    at_home, colleague = client_of(asker), client_of(desk_agent)

    # Asked.
    sent = at_home.post(
        f"/{language}/questions/ask/",
        {"title": words.title, "body": words.body, "circle": "general", "tags": ""},
    )
    address = sent["Location"]
    assert trace(at_home, address) == ["asked"]

    # No answer in time: it becomes a ticket by itself, and only once.
    question = Question.objects.get()
    for hours in (23, 25, 72):
        later = question.created_at + timedelta(hours=hours)
        call_command("run_escalations", at=later.isoformat())
        assert Ticket.objects.count() == (0 if hours == 23 else 1)
    ticket = Ticket.objects.get()
    theirs = at_home.get(f"/{language}/tickets/{ticket.reference}/").text
    assert words.became_a_ticket in theirs
    assert words.our_answer in theirs

    # A member knows half of it, which the asker finds helpful: that earns points.
    client_of(helper).post(
        f"/{language}/questions/{question.pk}/answer/", {"body": words.tip}
    )
    tip = Answer.objects.get()
    before = points(client_of(helper), language)
    at_home.post(f"/{language}/answers/{tip.pk}/vote/", {"value": "1"})
    assert points(client_of(helper), language) == before + 2

    # Resolved at the desk: the reply stands in the same thread as official.
    colleague.post(f"/admin/desk/{ticket.reference}/take/")
    colleague.post(
        f"/admin/desk/{ticket.reference}/write/",
        {"to": "official", "body": words.official, "after": "resolve"},
    )
    official = Answer.objects.exclude(pk=tip.pk).get()
    shown = page_of(at_home, address).select(f"#answer-{official.pk}.is-official")[0]
    assert words.official in shown.text
    ticket.refresh_from_db()
    assert ticket.state == "resolved"

    # The draft of an article is offered in the thread, to editors alone.
    offer = f"/{language}/questions/{question.pk}/article/"
    assert offer not in at_home.get(address).text
    assert offer in client_of(editor).get(address).text
    topic = kb_actions.add_topic(language=language, title=words.topic)
    client_of(editor).post(offer, {"topic": topic.pk, "answers": [tip.pk, official.pk]})
    article = ArticlePage.objects.get(title=words.title)
    assert article.is_descendant_of(topic_index(language))
    assert client_of(asker).get(article.get_url()).status_code == 404

    # Published, it thanks the member, and thread and article lead to each other.
    kb_actions.publish_article(article=article, by=editor)
    assert points(client_of(helper), language) == before + 2 + 10
    assert article.get_url() in at_home.get(address).text
    below = at_home.get(article.get_url()).text
    assert address in below
    assert helper.get_absolute_url() in below

    # One address told it all, in order, to everybody.
    told = [
        "asked",
        "escalated",
        "ticket_opened",
        "answered",
        "official_answer",
        "solved",
        "article_published",
    ]
    assert Question.objects.get().get_absolute_url() == address
    for reader in (at_home, colleague, Client()):
        assert trace(reader, address) == told

    # Nothing of it happens twice.
    call_command(
        "run_escalations", at=(timezone.now() + timedelta(days=30)).isoformat()
    )
    assert Ticket.objects.count() == 1
    call_command("check_ledger")


def page_of(client: Client, address: str) -> BeautifulSoup:
    return BeautifulSoup(client.get(address).text, "html.parser")


def trace(client: Client, address: str) -> list[str]:
    """The public event list, as the page shows it."""
    rows = page_of(client, address).select(".trace ol.trace-steps > [data-event]")
    return [str(row["data-event"]) for row in rows]


def points(client: Client, language: str) -> int:
    shown = page_of(client, f"/{language}/rewards/").select(".purse-sum span")[0]
    return int(re.sub(r"\D", "", shown.text))
