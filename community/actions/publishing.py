"""What the public, and search engines with it, may take for changed."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from common import outbox
from common.freshness import changed
from community import indexing
from community.actions import telling
from community.freshness import listings_in
from community.models import Comment, PostState, Question
from community.signals import thread_words_changed
from people.models import Person

JUDGE = "community.judge"


def words_changed(question: Question, at: datetime) -> None:
    """The page of a locked question says something else now: its words, its answers,
    its comments, what solved it. Votes and views are no words."""
    if question.words_changed_at is None or question.words_changed_at < at:
        Question.objects.filter(pk=question.pk).update(words_changed_at=at)
        question.words_changed_at = at
    telling.index_again(question)
    _judge(question, at, has_news=True)


def judge(question: Question, at: datetime) -> None:
    """See whether search engines may keep the thread, after something else than its
    words changed: who trusts whom, what time it is."""
    _judge(question, at, has_news=False)


@transaction.atomic
def judge_again(*, question_id: int, at: datetime) -> None:
    """For the worker: the question as it is now. Gone: nothing to judge."""
    rows = Question.objects.select_for_update(no_key=True)
    if (question := rows.filter(pk=question_id).first()) is not None:
        judge(question, at)


def judge_history(questions: QuerySet[Question], at: datetime) -> None:
    """Judge many imported threads, and tell nobody: history is not news."""
    worth = indexing.worth_indexing(at)
    entering = questions.filter(worth, is_indexable=False)
    entering.update(is_indexable=True, listing_changed_at=at)
    leaving = questions.filter(~worth, is_indexable=True)
    leaving.update(is_indexable=False, listing_changed_at=at)


def threads_of_changed(person: Person, at: datetime) -> None:
    """Every thread this person wrote in shows another name from now on."""
    mine = Q(author=person) | Q(answers__author=person)
    remarks = Comment.objects.filter(author=person)
    threads = Question.objects.filter(
        mine
        | Q(pk__in=remarks.values("question"))
        | Q(answers__in=remarks.values("answer"))
    )
    rows = Question.objects.filter(pk__in=threads.values("pk"))
    rows.update(words_changed_at=at)
    for question in rows.filter(is_indexable=True).order_by("pk").iterator():
        _announce(question, True, at)


def _judge(question: Question, at: datetime, *, has_news: bool) -> None:
    was = question.is_indexable
    row = Question.objects.filter(pk=question.pk)
    now = row.filter(indexing.worth_indexing(at)).exists()
    if now != was:
        row.update(is_indexable=now, listing_changed_at=at)
        question.is_indexable, question.listing_changed_at = now, at
    if not now:
        _look_again_when_a_newcomer_counts(question, at)
    if now != was or (has_news and now):
        _announce(question, was, at)


def _announce(question: Question, was_indexable: bool, at: datetime) -> None:
    # In both languages: a thread may just have left one for the other.
    changed(question, *(listings_in(code) for code, _name in settings.LANGUAGES))
    thread_words_changed.send(
        sender=Question, question=question, was_indexable=was_indexable, at=at
    )


def _look_again_when_a_newcomer_counts(question: Question, at: datetime) -> None:
    if question.state != PostState.VISIBLE or not question.answer_count:
        return
    if (due := indexing.waits_until(question, at)) is not None:
        key = str(question.pk)
        outbox.put(JUDGE, key, {"question": question.pk}, at=at, due=due)
