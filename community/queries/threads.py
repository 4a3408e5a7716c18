"""One thread: everything its page shows, and what is left of a removed one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Case, Q, QuerySet, Value, When

from common.freshness import kept_part, shows
from common.prepared import prepared
from community import numbers, permissions
from community.models import (
    Answer,
    Comment,
    Follow,
    MeToo,
    PostRevision,
    PostState,
    Question,
    QuestionEvent,
    Tag,
    Tagging,
    Voice,
    Vote,
)
from community.queries.articles import links_to_threads, threads_in_order
from kb.freshness import ARTICLES
from kb.models import ArticlePage
from kb.queries import are_public, articles_in_order
from people.models import Person
from search.similar import similar_to

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    Reader = Person | AnonymousUser

RELATED = 6
ARTICLES_ALIKE = 3
# Threads looked at to find these.
MOST_NEAR = 60


class ArticleLink(NamedTuple):
    id: int
    title: str
    url: str
    published_at: datetime | None


class Related(NamedTuple):
    id: int
    title: str
    url: str
    status: str


@dataclass(frozen=True)
class ThreadAnswer:
    """An answer as this reader sees it."""

    answer: Answer
    comments: list[Comment]
    is_accepted: bool
    my_vote: int
    is_mine: bool
    may_edit: bool
    may_delete: bool
    may_restore: bool
    may_accept: bool


@dataclass(frozen=True)
class ThreadPage:
    """What the thread's page shows to one reader."""

    question: Question
    tags: list[Tag]
    comments: list[Comment]
    answers: list[ThreadAnswer]
    page: int
    page_count: int
    events: list[QuestionEvent]
    articles: list[ArticleLink]
    related: list[Related]
    articles_alike: list[ArticlePage]
    my_vote: int = 0
    is_mine: bool = False
    follows: bool = False
    has_me_too: bool = False
    may_edit: bool = False
    may_delete: bool = False
    may_accept: bool = False
    may_reopen: bool = False
    may_moderate: bool = False
    may_draft_article: bool = False


@dataclass(frozen=True)
class Tombstone:
    """What may be said of a removed thread. Never its words."""

    kind: str
    removed_at: datetime | None
    by_author: bool
    reason: str
    ticket_reference: str


@dataclass(frozen=True)
class Version:
    """How a post read from `at` on, and who made it so."""

    number: int
    title: str
    body: str
    tags: list[str]
    editor: Person
    note: str
    at: datetime


def find_question(question_id: int, person: Reader) -> Question:
    """The question with author and circle, in one query.

    Deleted and merged ones are returned too: they have a tombstone and a new
    address. Hidden and waiting ones only for those who may read them; others get
    Question.DoesNotExist.
    """
    found = _question(question_id)
    if not found:
        raise Question.DoesNotExist
    (question,) = found
    is_public = question.state not in (PostState.HIDDEN, PostState.PENDING)
    if (
        is_public
        or permissions.is_author(person, question)
        or permissions.may_moderate(person)
    ):
        return question
    raise Question.DoesNotExist


@prepared
def _question(question_id: int) -> QuerySet[Question]:
    rows = Question.objects.select_related("author__tally", "circle").defer("body")
    return rows.filter(pk=question_id)


def thread_page(question: Question, person: Reader, page: int = 1) -> ThreadPage:
    """Everything the page of a found question shows, answers 30 a page.

    In at most eleven queries for a visitor, whatever the length of the thread: what a
    thread does not have is not asked for. A signed-in reader costs three more, and what
    reading their permissions costs once.
    """
    answers, page, page_count = _answers(question, person, page)
    comments = _comments(question, answers, person)
    events = events_of(question, answers)
    tags = _tags_of(question.pk)
    alike = kept_part(("alike", question.pk), lambda: _alike(question, tags))
    votes = my_votes(question, answers, person)
    may_accept = question.is_visible and permissions.may_accept(person, question)
    may_moderate = permissions.may_moderate(person)
    return ThreadPage(
        question=question,
        tags=tags,
        comments=comments["question"],
        answers=[
            _as_seen(question, answer, comments[answer.pk], votes, person, may_accept)
            for answer in answers
        ],
        page=page,
        page_count=page_count,
        events=events,
        articles=articles_of(question, events),
        related=alike.threads,
        articles_alike=alike.articles,
        my_vote=votes.get(None, 0),
        is_mine=permissions.is_author(person, question),
        may_edit=permissions.may_edit(person, question),
        may_delete=permissions.may_delete(person, question),
        may_accept=may_accept,
        may_reopen=may_accept and question.solved_at is not None,
        may_moderate=may_moderate,
        may_draft_article=question.solved_at is not None
        and permissions.may_draft_articles(person),
        **my_interest(question, person),
    )


@prepared
def _tags_of(question_id: int) -> QuerySet[Tag]:
    return Tag.objects.filter(taggings__question_id=question_id).order_by("name")


def page_of_answer(answer: Answer) -> int:
    """The page of its thread on which an answer stands. At most two queries."""
    accepted = answer.question.accepted_answer_id
    ids = _in_order(
        Answer.objects.visible().filter(question=answer.question_id), accepted
    ).values_list("pk", flat=True)
    before = list(ids)
    place = before.index(answer.pk) if answer.pk in before else 0
    return place // numbers.ANSWERS_PER_PAGE + 1


def tombstone(question: Question) -> Tombstone:
    """What is left of a deleted question. One query."""
    tickets = question.events.filter(
        kind__in=[
            QuestionEvent.Kind.TICKET_OPENED,
            QuestionEvent.Kind.OFFICIAL_ANSWER,
        ]
    )
    references = [step.data.get("ticket") for step in tickets.order_by("-seq")]
    return Tombstone(
        kind="question",
        removed_at=question.deleted_at,
        by_author=question.deleted_by_id == question.author_id,
        reason=question.deleted_reason,
        ticket_reference=next((str(one) for one in references if one), ""),
    )


def history(post: Question | Answer) -> list[Version]:
    """Every version of a post, oldest first, the present one last. In two queries."""
    revisions: Iterable[PostRevision] = post.revisions.select_related(
        "editor"
    ).order_by("number")
    versions = []
    editor, note, at = post.author, "", post.created_at
    number = 0
    for number, old in enumerate(revisions, start=1):
        versions.append(
            Version(number, old.title, old.body, old.tags, editor, note, at)
        )
        editor, note, at = old.editor, old.note, old.at
    title, tags = "", []
    if isinstance(post, Question):
        title, tags = post.title, [tag.name for tag in post.tags.order_by("pk")]
    versions.append(Version(number + 1, title, post.body, tags, editor, note, at))
    return versions


def rank_of_answers(accepted_id: int | None) -> Case:
    """The accepted one, then official ones, then the others."""
    return Case(
        When(pk=accepted_id or 0, then=Value(0)),
        When(voice=Voice.OFFICIAL, then=Value(1)),
        default=Value(2),
    )


def _in_order(answers: QuerySet[Answer], accepted_id: int | None) -> QuerySet[Answer]:
    """By rank, then by votes and age."""
    return answers.order_by(rank_of_answers(accepted_id), "-vote_score", "pk")


def _answers(
    question: Question, person: Reader, page: int
) -> tuple[list[Answer], int, int]:
    size = numbers.ANSWERS_PER_PAGE
    page_count = max(1, -(-question.answer_count // size))
    page = max(1, page)
    found = _answers_of(
        question.pk,
        question.accepted_answer_id or 0,
        person.pk or 0,
        with_removed=permissions.may_moderate(person),
        start=(page - 1) * size,
    )
    if len(found) > size:
        page_count = max(page_count, page + 1)
    for answer in found:
        answer.question = question
    return found[:size], page, page_count


@prepared
def _answers_of(
    question_id: int,
    accepted_id: int,
    reader_id: int,
    *,
    with_removed: bool,
    start: int,
) -> QuerySet[Answer]:
    rows = Answer.objects.readable_by(reader_id, with_removed=with_removed)
    rows = rows.filter(question_id=question_id)
    rows = rows.select_related("author__tally").defer("body")
    # One more than a page: moderators see removed answers, which are not counted.
    until = start + numbers.ANSWERS_PER_PAGE + 1
    return _in_order(rows, accepted_id)[start:until]


def _comments(
    question: Question, answers: list[Answer], person: Reader
) -> dict[int | str, list[Comment]]:
    grouped: dict[int | str, list[Comment]] = defaultdict(list)
    found = _comments_of(
        question.pk,
        tuple(answer.pk for answer in answers),
        person.pk or 0,
        with_removed=permissions.may_moderate(person),
    )
    for comment in found:
        grouped[comment.answer_id or "question"].append(comment)
    return grouped


@prepared
def _comments_of(
    question_id: int, answer_ids: tuple[int, ...], reader_id: int, *, with_removed: bool
) -> QuerySet[Comment]:
    rows = Comment.objects.readable_by(reader_id, with_removed=with_removed)
    rows = rows.filter(Q(question_id=question_id) | Q(answer_id__in=answer_ids))
    rows = rows.select_related("author__tally").defer("body")
    return rows.order_by("created_at", "pk")


def events_of(question: Question, answers: list[Answer]) -> list[QuestionEvent]:
    """The trace with `event.gap` since the step before and `event.subject`, a person.

    The subject is who wrote the answer that the step is about, if it is about one.
    """
    events = _steps_of(question.pk)
    people = {answer.author_id: answer.author for answer in answers}
    people[question.author_id] = question.author
    wanted = {event.data.get("author") for event in events}
    wanted |= {event.actor_id for event in events}
    if missing := wanted - {None} - people.keys():
        people |= {one.pk: one for one in _people(tuple(sorted(missing)))}
    before = None
    for event in events:
        if event.actor_id is not None:
            event.actor = people[event.actor_id]
        event.gap = event.at - before.at if before else None
        event.subject = people.get(event.data.get("author"))
        before = event
    return events


@prepared
def _steps_of(question_id: int) -> QuerySet[QuestionEvent]:
    return QuestionEvent.objects.filter(question_id=question_id).order_by("seq")


@prepared
def _people(ids: tuple[int, ...]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=ids)


def articles_of(question: Question, events: list[QuestionEvent]) -> list[ArticleLink]:
    """What the trace says was published, if it still is."""
    published = QuestionEvent.Kind.ARTICLE_PUBLISHED
    if not any(one.kind == published for one in events) or not are_public():
        return []
    articles = ArticlePage.objects.live().filter(community_sources__question=question)
    shown = ("title", "url_path", "language", "first_published_at")
    return [
        ArticleLink(one.pk, one.title, one.get_absolute_url(), one.first_published_at)
        for one in articles.only(*shown).order_by("pk").distinct()
    ]


class _Alike(NamedTuple):
    threads: list[Related]
    articles: list[ArticlePage]


def _alike(question: Question, tags: list[Tag]) -> _Alike:
    """As search found them; until it has, threads that share tags."""
    ids, language = (
        similar_to(question._meta.label_lower, question.pk),
        question.language,
    )
    threads = threads_in_order(ids["question"][:RELATED], language)
    threads = threads or _sharing(question, tags)
    shows(question, ARTICLES, *threads)
    return _Alike(
        [
            Related(one.pk, one.title, one.get_absolute_url(), one.status)
            for one in threads
        ],
        articles_in_order(ids["article"][:ARTICLES_ALIKE], language),
    )


def _sharing(question: Question, tags: list[Tag]) -> list[Question]:
    """Newest threads under the rarest tags, solved ones and shared tags first."""
    shared_tags = [tag for tag in tags if tag.question_count > 1]
    if not shared_tags:
        return []
    rarest = sorted(shared_tags, key=lambda tag: tag.question_count)[:2]
    shared: dict[int, int] = defaultdict(int)
    for pk in _newest_under(tuple(tag.pk for tag in rarest), question.pk):
        shared[pk] += 1
    if not shared:
        return []
    rows = links_to_threads(tuple(shared), question.language)
    ranked = sorted(
        rows, key=lambda one: (shared[one.pk], one.solved_at is not None, one.pk)
    )
    return ranked[: -RELATED - 1 : -1]


@prepared
def _newest_under(tag_ids: tuple[int, ...], but_id: int) -> QuerySet[Tagging, int]:
    rows = Tagging.objects.filter(tag_id__in=tag_ids).exclude(question_id=but_id)
    newest = rows.order_by("-asked_at", "-question_id")
    return newest.values_list("question_id", flat=True)[:MOST_NEAR]


def my_votes(
    question: Question, answers: list[Answer], person: Reader
) -> dict[int | None, int]:
    """My vote by answer id; under None the one on the question."""
    if not person.is_authenticated:
        return {}
    place = Q(question=question) | Q(answer__in=[answer.pk for answer in answers])
    votes = Vote.objects.filter(place, voter=person)
    return dict(votes.values_list("answer_id", "value"))


def my_interest(question: Question, person: Reader) -> dict[str, bool]:
    if not person.is_authenticated:
        return {}
    mine = {"question": question, "person": person}
    return {
        "follows": Follow.objects.filter(**mine).exists(),
        "has_me_too": MeToo.objects.filter(**mine).exists(),
    }


def _as_seen(
    question: Question,
    answer: Answer,
    comments: list[Comment],
    votes: dict[int | None, int],
    person: Reader,
    may_accept: bool,
) -> ThreadAnswer:
    is_mine = permissions.is_author(person, answer)
    is_accepted = answer.pk == question.accepted_answer_id
    return ThreadAnswer(
        answer=answer,
        comments=comments,
        is_accepted=is_accepted,
        my_vote=votes.get(answer.pk, 0),
        is_mine=is_mine,
        may_edit=permissions.may_edit(person, answer),
        may_delete=permissions.may_delete(person, answer),
        may_restore=not answer.is_visible and permissions.may_moderate(person),
        may_accept=may_accept
        and answer.is_visible
        and (not is_mine or question.author_id == answer.author_id),
    )
