"""Two articles that thank the same helpers, published in the same moment."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Barrier, BrokenBarrierError, local
from typing import Any

import pytest
from django.utils import timezone

from community import actions
from community.models import Answer, ArticleSource, Circle
from community.signals import article_credited
from kb import actions as kb
from kb.models import ArticlePage
from people.models import Person
from rewards import queries
from rewards.actions.checking import broken_promises
from tests.services.at_once import each_at_once

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def article_thanking(asker: Person, editor: Person) -> Callable[..., ArticlePage]:
    """A draft out of a thread of its own, which credits these people in this order."""
    topic = kb.add_topic(language="en", title="Moving")

    def make(title: str, *helpers: Person) -> ArticlePage:
        at = timezone.now()
        question = actions.ask(
            person=asker,
            title=title,
            body=f"{title}: I have waited since Saturday and nothing moved.",
            circle=Circle.objects.first(),
            tags=[],
            at=at,
        )
        article = kb.create_draft_article(
            title=title,
            summary="In two steps.",
            body_markdown="Send the code.",
            language="en",
            topic=topic,
            by=editor,
            at=at,
        )
        for helper in helpers:
            answer: Answer = actions.answer(
                person=helper,
                question=question,
                body=f"Take the photo again in daylight, says {helper.handle}. {title}",
                at=at,
            )
            ArticleSource.objects.create(
                article=article, question=question, answer=answer, person=helper
            )
        return article

    return make


@pytest.fixture
def _both_pay_somebody_before_either_goes_on() -> Iterator[None]:
    """After its first credit each article waits for the other, but not for ever."""
    both = Barrier(2)
    mine = local()

    def wait_once(**_fact: Any) -> None:
        if not hasattr(mine, "waited"):
            mine.waited = True
            with suppress(BrokenBarrierError):
                both.wait(timeout=2)

    article_credited.connect(wait_once)
    yield
    article_credited.disconnect(wait_once)


@pytest.mark.usefixtures("_both_pay_somebody_before_either_goes_on")
def test_two_articles_thank_the_same_people_in_any_order(
    article_thanking, helper, stranger
):
    articles = [
        article_thanking("Moving your number to us", helper, stranger),
        article_thanking("Moving your number away", stranger, helper),
    ]

    each_at_once(
        lambda number: actions.credit_helpers(
            article=articles[number], by=None, at=timezone.now()
        ),
        2,
    )

    assert not ArticleSource.objects.filter(credited_at=None).exists()
    now = timezone.now()
    has = [queries.balance_of(person, at=now) for person in (helper, stranger)]
    assert [purse.held + purse.spendable for purse in has] == [20, 20]
    assert broken_promises() == []
