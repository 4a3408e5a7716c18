"""The demo is made through the rooms' own actions, once."""

from collections import Counter

from django.core.management import call_command

from community.models import Answer, Question, QuestionEvent
from kb.models import ArticlePage
from people.models import Person
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

    call_command("demo")

    assert Question.objects.count() == sum(questions.values())
    assert "already here" in capsys.readouterr().out
