"""The demo is made through the rooms' own actions, once."""

from collections import Counter
from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from common.site_day import site_day
from community.models import Answer, Question, QuestionEvent
from desk.models import Ticket, TicketState
from desk.queries import handed_over_by
from kb.models import ArticlePage
from people.models import Person
from rewards import queries as rewards
from rewards.actions.checking import broken_promises
from rewards.models import Gift, LeaderScore
from search.models import SimilarThings
from search.queries import search

WHOLE_LOOP = {
    "asked",
    "answered",
    "accepted",
    "escalated",
    "ticket_opened",
    "official_answer",
    "solved",
    "article_published",
}


def test_the_demo_is_whole_true_and_made_once(site, capsys):
    call_command("demo")

    articles = Counter(ArticlePage.objects.live().values_list("language", flat=True))
    questions = Counter(Question.objects.values_list("language", flat=True))
    kinds = set(QuestionEvent.objects.values_list("kind", flat=True))
    assert articles["en"] >= 12
    assert articles["zh-hans"] >= 12
    assert sum(questions.values()) >= 60
    assert min(questions.values()) >= 25
    assert Person.objects.count() >= 40
    assert Gift.objects.exclude(picture="").count() >= 8
    assert Answer.objects.filter(voice="agent").exists()
    assert LeaderScore.objects.filter(tag=None).exists()
    assert kinds >= WHOLE_LOOP
    assert broken_promises() == []
    assert [one.language for one in search("积分兑换").pinned] == ["zh-hans"]
    assert SimilarThings.objects.count() == articles.total() + Question.objects.count()

    _the_desk_keeps_its_promises()
    _the_agents_programme_is_at_work()

    call_command("demo")

    assert Question.objects.count() == sum(questions.values())
    assert "already here" in capsys.readouterr().out


def _the_desk_keeps_its_promises():
    tickets = Ticket.objects.open()
    states = set(tickets.values_list("state", flat=True))

    assert states >= {TicketState.NEW, TicketState.WAITING_CUSTOMER}
    assert not tickets.overdue(timezone.now()).exists()


def _the_agents_programme_is_at_work():
    agent, now = Person.objects.get(handle="agent"), timezone.now()
    month = site_day(now).replace(day=1)
    reports = rewards.reports_of(agent, month=month)
    certificates = [held for _one, held in rewards.abilities_of(agent, now) if held]
    ends = min(held.expires_at for held in certificates)
    outcomes = {row.outcome for row in handed_over_by(agent, now).rows}

    assert sum(report.answers for report in reports) >= 10
    assert sum(report.accepted for report in reports) >= 8
    assert any(report.bonus for report in reports)
    assert len(certificates) == 3
    assert ends - now < timedelta(days=30)
    assert rewards.lines_waiting() == 1
    assert outcomes == {"open", "answered"}
