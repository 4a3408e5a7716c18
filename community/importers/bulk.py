"""Write imported rows in bulk, and count what they add up to."""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import (
    Count,
    F,
    Max,
    Min,
    Model,
    OuterRef,
    Q,
    Subquery,
    Sum,
    Value,
)
from django.db.models.functions import Coalesce

from common import freshness, markdown
from common.text import pinyin_slug
from community import numbers
from community.actions.publishing import judge_history
from community.actions.tagging import tag_key
from community.importers.words import (
    address_of,
    markdown_of,
    one_line,
    plain_of,
    usable,
)
from community.models import (
    Answer,
    Circle,
    Comment,
    MemberTally,
    PostState,
    Question,
    QuestionEvent,
    Tag,
    Tagging,
    Voice,
    Vote,
)
from community.queries import picture_sizes
from people.actions import ImportedPerson, create_imported_people
from people.models import Person
from search.actions import touch_many

ROWS = 500
TITLE_MOST = 255
TAG_NAME_MOST = 40
KINDS = ("people", "questions", "answers", "comments", "votes", "acceptances")


@dataclass
class Summary:
    """What a run made, what was here before, what it left out and why."""

    made: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    skipped: Counter[tuple[str, str]] = field(default_factory=Counter)

    def skip(self, what: str, why: str, number: int = 1) -> None:
        if number:
            self.skipped[what, why] += number

    def __str__(self) -> str:
        kinds = dict.fromkeys((*KINDS, *self.made))
        made = ", ".join(f"{self.made[kind]} {kind}" for kind in kinds)
        known = ", ".join(f"{self.known[k]} {k}" for k in kinds if self.known[k])
        skipped = ", ".join(
            f"{n} {what} ({why})" for (what, why), n in sorted(self.skipped.items())
        )
        return (
            f"Imported {made}. Already here: {known or 'nothing'}. "
            f"Skipped: {skipped or 'nothing'}."
        )


@dataclass(frozen=True)
class AuthorRow:
    """`is_known` is false for a mere name, of somebody who left that community."""

    source_id: str
    name: str
    bio_html: str = ""
    joined_at: datetime | None = None
    is_known: bool = True


def author_named(name: str) -> AuthorRow:
    """Who left and kept a name or nothing; a name is as good as a person here."""
    if name := one_line(name, 90):
        return AuthorRow(f"name:{name}", name, is_known=False)
    return AuthorRow("nobody", "Somebody", is_known=False)


@dataclass(frozen=True)
class QuestionRow:
    source_id: str
    author: AuthorRow
    title: str
    body_html: str
    at: datetime
    edited_at: datetime | None = None
    tags: tuple[str, ...] = ()
    views: int = 0
    score: int = 0


@dataclass(frozen=True)
class AnswerRow:
    source_id: str
    question: str
    author: AuthorRow
    body_html: str
    at: datetime
    edited_at: datetime | None = None
    score: int = 0


@dataclass(frozen=True)
class CommentRow:
    source_id: str
    post: str
    author: AuthorRow
    body: str
    at: datetime


@dataclass(frozen=True)
class VoteRow:
    source_id: str
    post: str
    value: int
    at: datetime


@dataclass(frozen=True)
class AcceptanceRow:
    question: str
    answer: str
    at: datetime | None = None


class Store:
    """The bulk writer of one source. Each call is a transaction of its own."""

    def __init__(
        self, *, source: str, language: str, circle: Circle, at: datetime
    ) -> None:
        self.source, self.language, self.circle, self.at = source, language, circle, at
        self.base = address_of(source)
        self.summary = Summary()

    @transaction.atomic
    def people(
        self, rows: Sequence[AuthorRow], *, count: bool = True
    ) -> dict[str, int]:
        """Ids of these people, made where they are missing."""
        wanted = {row.source_id: row for row in rows}
        ids = self._ids_of(Person, wanted)
        fresh = [row for key, row in wanted.items() if key not in ids]
        made = create_imported_people(
            [
                ImportedPerson(
                    source=self.source,
                    source_id=row.source_id,
                    display_name=row.name,
                    bio=plain_of(row.bio_html) if row.bio_html else "",
                    joined_at=row.joined_at,
                )
                for row in fresh
            ],
            at=self.at,
        )
        for row in fresh:
            kind = "people" if row.is_known else "authors without a profile"
            self.summary.made[kind] += 1
        if count:
            self.summary.known["people"] += len(ids)
        return ids | {key: person.pk for key, person in made.items()}

    @transaction.atomic
    def questions(self, rows: Sequence[QuestionRow]) -> None:
        fresh = self._fresh(Question, "questions", rows)
        authors = self.people([row.author for row in fresh], count=False)
        tags = self._tags({name for row in fresh for name in row.tags})
        titles = [one_line(row.title, TITLE_MOST) or "…" for row in fresh]
        made = Question.objects.bulk_create(
            Question(
                author_id=authors[row.author.source_id],
                title=title,
                slug=pinyin_slug(title),
                language=self.language,
                circle=self.circle,
                created_at=row.at,
                cycle_started_at=row.at,
                last_activity_at=row.at,
                last_actor_id=authors[row.author.source_id],
                edited_at=row.edited_at,
                view_count=max(row.views, 0),
                vote_score=row.score,
                source=self.source,
                source_id=row.source_id,
                **self._body(row.body_html),
            )
            for row, title in zip(fresh, titles, strict=True)
        )
        Tagging.objects.bulk_create(
            Tagging.of(question, tag_id)
            for question, row in zip(made, fresh, strict=True)
            for tag_id in self._chosen(row, tags)
        )
        self.summary.made["questions"] += len(made)

    @transaction.atomic
    def answers(self, rows: Sequence[AnswerRow]) -> None:
        fresh = self._fresh(Answer, "answers", rows)
        threads = self._ids_of(Question, {row.question for row in fresh})
        homeless = [row for row in fresh if row.question not in threads]
        self.summary.skip("answers", "their question is not here", len(homeless))
        fresh = [row for row in fresh if row.question in threads]
        authors = self.people([row.author for row in fresh], count=False)
        made = Answer.objects.bulk_create(
            Answer(
                question_id=threads[row.question],
                author_id=authors[row.author.source_id],
                created_at=row.at,
                edited_at=row.edited_at,
                vote_score=row.score,
                up_count=max(row.score, 0),
                down_count=max(-row.score, 0),
                source=self.source,
                source_id=row.source_id,
                **self._body(row.body_html),
            )
            for row in fresh
        )
        self.summary.made["answers"] += len(made)

    @transaction.atomic
    def comments(self, rows: Sequence[CommentRow]) -> None:
        fresh = self._fresh(Comment, "comments", rows)
        posts = {row.post for row in fresh}
        threads, answers = self._ids_of(Question, posts), self._ids_of(Answer, posts)
        placed = [row for row in fresh if row.post in threads or row.post in answers]
        self.summary.skip(
            "comments", "their post is not here", len(fresh) - len(placed)
        )
        authors = self.people([row.author for row in placed], count=False)
        made = Comment.objects.bulk_create(
            Comment(
                question_id=threads.get(row.post),
                answer_id=answers.get(row.post),
                author_id=authors[row.author.source_id],
                created_at=row.at,
                source=self.source,
                source_id=row.source_id,
                **_written(usable(row.body).strip() or "…"),
            )
            for row in placed
        )
        self.summary.made["comments"] += len(made)

    @transaction.atomic
    def votes(self, rows: Sequence[VoteRow]) -> None:
        fresh = self._fresh(Vote, "votes", rows)
        posts = {row.post for row in fresh}
        threads, answers = self._ids_of(Question, posts), self._ids_of(Answer, posts)
        placed = [row for row in fresh if row.post in threads or row.post in answers]
        self.summary.skip("votes", "their post is not here", len(fresh) - len(placed))
        made = Vote.objects.bulk_create(
            Vote(
                question_id=threads.get(row.post),
                answer_id=answers.get(row.post),
                value=row.value,
                at=row.at,
                source=self.source,
                source_id=row.source_id,
            )
            for row in placed
        )
        self.summary.made["votes"] += len(made)

    @transaction.atomic
    def acceptances(self, rows: Sequence[AcceptanceRow]) -> None:
        """Accept these answers where the question has no accepted answer yet."""
        threads = Question.objects.filter(
            source=self.source, source_id__in={row.question for row in rows}
        ).only("pk", "source_id", "author_id", "accepted_answer_id", "solved_at")
        # The asker may accept another answer here in the same moment.
        threads = threads.order_by("pk").select_for_update(no_key=True)
        questions = {question.source_id: question for question in threads}
        accepted_once = set(
            QuestionEvent.objects.filter(
                question__in=questions.values(), kind=QuestionEvent.Kind.ACCEPTED
            ).values_list("question_id", flat=True)
        )
        answers = {
            source_id: (pk, question_id, at)
            for source_id, pk, question_id, at in Answer.objects.visible()
            .filter(source=self.source, source_id__in={row.answer for row in rows})
            .values_list("source_id", "pk", "question_id", "created_at")
        }
        changed: list[Question] = []
        for row in rows:
            question, answer = questions.get(row.question), answers.get(row.answer)
            if question is None or answer is None or answer[1] != question.pk:
                self.summary.skip("acceptances", "question or answer is not here")
            elif question in changed:
                self.summary.skip("acceptances", "its question has one already")
            elif question.accepted_answer_id is not None:
                self.summary.known["acceptances"] += 1
            elif question.pk in accepted_once:
                self.summary.skip("acceptances", "taken back here")
            else:
                at = max(row.at or answer[2], answer[2])
                question.accepted_answer_id = answer[0]
                question.accepted_at = at
                question.solved_at = question.solved_at or at
                question.accepted_by_id = question.author_id
                changed.append(question)
        fields = ["accepted_answer", "accepted_at", "accepted_by", "solved_at"]
        Question.objects.bulk_update(changed, fields)
        self.summary.made["acceptances"] += len(changed)

    def finish(self, *, has_votes: bool) -> None:
        """Count everything of this source anew, trace and index what has changed."""
        questions = Question.objects.filter(source=self.source)
        for first, last in _ranges(questions):
            with transaction.atomic():
                chunk = questions.filter(pk__range=(first, last))
                # Somebody may answer one of them in the same moment.
                before = _shown(chunk.select_for_update(no_key=True))
                _count_threads(chunk, has_votes=has_votes)
                _trace(chunk)
                changed = _shown(chunk) - before
                ids = sorted(pk for pk, *_ in changed)
                chunk.filter(pk__in=ids).update(words_changed_at=F("last_activity_at"))
                judge_history(chunk, self.at)
                touch_many("community.question", ids)
        people = Person.objects.filter(source=self.source)
        for first, last in _ranges(people):
            with transaction.atomic():
                _count_people(people.filter(pk__range=(first, last)))
        _count_tags()
        # Rows written in bulk announce nothing by themselves.
        freshness.changed(freshness.SITE)

    def _fresh(self, model: type[Model], kind: str, rows: Sequence) -> list:
        """Rows that are not here yet, each once."""
        unique = {row.source_id: row for row in rows}
        self.summary.skip(kind, "twice in the file", len(rows) - len(unique))
        known = self._ids_of(model, unique)
        self.summary.known[kind] += len(known)
        return [row for key, row in unique.items() if key not in known]

    def _ids_of(self, model: type[Model], source_ids: Iterable[str]) -> dict[str, int]:
        every = list(source_ids)
        found: dict[str, int] = {}
        for start in range(0, len(every), ROWS):
            some = every[start : start + ROWS]
            rows = model._default_manager.filter(source=self.source, source_id__in=some)
            found.update(rows.values_list("source_id", "pk"))
        return found

    def _body(self, html: str) -> dict[str, Any]:
        return _written(markdown_of(html, self.base) or "…")

    def _chosen(self, row: QuestionRow, tags: dict[str, int]) -> list[int]:
        """Ids of the row's tags, not more than a question may have."""
        keys = (tag_key(_tag_name(name)) for name in row.tags)
        ids = list(dict.fromkeys(tags[key] for key in keys if key in tags))
        more = len(ids) - numbers.TAGS_MOST
        self.summary.skip("tags", f"more than {numbers.TAGS_MOST}", max(more, 0))
        return ids[: numbers.TAGS_MOST]

    def _tags(self, names: Iterable[str]) -> dict[str, int]:
        """Tag ids by key, synonyms resolved, missing ones made."""
        usable_names = (_tag_name(name) for name in sorted(names))
        wanted = {tag_key(name): name for name in usable_names if name}
        known = _tag_ids(wanted)
        missing = {key: name for key, name in wanted.items() if key not in known}
        slugs = {pinyin_slug(name, max_length=70) for name in missing.values()}
        taken = set(Tag.objects.filter(slug__in=slugs).values_list("slug", flat=True))
        fresh = []
        for key, name in missing.items():
            slug, number = pinyin_slug(name, max_length=70), 1
            while slug in taken:
                number += 1
                slug = f"{pinyin_slug(name, max_length=70)}-{number}"
                if Tag.objects.filter(slug=slug).exists():
                    taken.add(slug)
            taken.add(slug)
            fresh.append(
                Tag(slug=slug, name=name, name_key=key, language=self.language)
            )
        Tag.objects.bulk_create(fresh)
        return _tag_ids(wanted)


def _tag_name(name: str) -> str:
    return one_line(unicodedata.normalize("NFKC", name), TAG_NAME_MOST)


def _tag_ids(keys: Iterable[str]) -> dict[str, int]:
    rows = Tag.objects.filter(name_key__in=list(keys))
    return dict(rows.values_list("name_key", Coalesce("synonym_of_id", "pk")))


def _written(body: str) -> dict[str, Any]:
    rendered = markdown.render(body, picture_sizes)
    return {
        "body": body,
        "body_html": rendered.html,
        "body_text": rendered.text,
        "renderer_version": markdown.RENDERER_VERSION,
    }


def _ranges(rows) -> Iterable[tuple[int, int]]:  # noqa: ANN001  any queryset
    """Bounds of successive chunks by id."""
    after = 0
    while True:
        ids = (
            rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:ROWS]
        )
        ids = list(ids)
        if not ids:
            return
        yield ids[0], ids[-1]
        after = ids[-1]


def _shown(chunk) -> set[tuple[int, ...]]:  # noqa: ANN001  queryset
    """What tells a thread that is new, or has gained something, from one that is not.

    Also after a run that ended before it counted.
    """
    rows = chunk.order_by("pk")
    return set(rows.values_list("pk", "answer_count", "vote_score", "event_count"))


def _per(model: type[Model], place: str, **sums) -> dict:  # noqa: ANN003  aggregates by name
    """Subqueries that sum `model` rows for the outer row they stand at."""
    rows = (
        model._default_manager.filter(**{place: OuterRef("pk")})
        .order_by()
        .values(place)
    )
    return {
        name: Subquery(rows.annotate(n=total).values("n"))
        for name, total in sums.items()
    }


def _zero(values: dict) -> dict:
    return {name: Coalesce(value, Value(0)) for name, value in values.items()}


def _count_threads(chunk, *, has_votes: bool) -> None:  # noqa: ANN001  queryset
    visible = Q(state=PostState.VISIBLE)
    answers = Answer.objects.filter(question__in=chunk.values("pk"))
    if has_votes:
        ups, downs = Q(value=1), Q(value=-1)
        answers.update(
            **_zero(
                _per(
                    Vote,
                    "answer",
                    vote_score=Sum("value"),
                    up_count=Count("pk", filter=ups),
                    down_count=Count("pk", filter=downs),
                )
            )
        )
        chunk.update(**_zero(_per(Vote, "question", vote_score=Sum("value"))))
    answers.update(
        **_zero(_per(Comment, "answer", comment_count=Count("pk", filter=visible)))
    )
    chunk.update(
        **_zero(_per(Comment, "question", comment_count=Count("pk", filter=visible))),
        **_zero(_per(Answer, "question", answer_count=Count("pk", filter=visible))),
        **_per(
            Answer,
            "question",
            first_answer_at=Min("created_at", filter=visible),
            last_answer_at=Max("created_at", filter=visible),
        ),
    )
    newest = (
        Answer.objects.filter(visible, question=OuterRef("pk"))
        .order_by("-created_at", "-pk")
        .values("author")[:1]
    )
    # A comment written here is later news than any imported answer.
    stale = chunk.filter(last_answer_at__gt=F("last_activity_at"))
    stale.update(last_actor=Subquery(newest), last_activity_at=F("last_answer_at"))


def _trace(chunk) -> None:  # noqa: ANN001  queryset
    """Add the steps of the public trace that a thread lacks yet.

    A run over a broken file leaves some to the next one.
    """
    threads = list(chunk.select_related("circle", "accepted_answer").order_by("pk"))
    pks = [thread.pk for thread in threads]
    present: dict[int, set[str]] = defaultdict(set)
    for pk, kind in QuestionEvent.objects.filter(question__in=pks).values_list(
        "question", "kind"
    ):
        present[pk].add(kind)
    first_answers: dict[int, Answer] = {}
    answers = Answer.objects.visible().filter(question__in=pks)
    answers = answers.exclude(voice=Voice.OFFICIAL)
    for answer in answers.order_by("-created_at", "-pk").only(
        "pk", "question_id", "author_id", "created_at", "voice"
    ):
        first_answers[answer.question_id] = answer
    events: list[QuestionEvent] = []
    changed: list[Question] = []
    for thread in threads:
        for step in _steps(thread, first_answers.get(thread.pk)):
            if step.kind not in present[thread.pk]:
                thread.event_count += 1
                step.seq = thread.event_count
                events.append(step)
                changed.append(thread)
    QuestionEvent.objects.bulk_create(events)
    Question.objects.bulk_update(dict.fromkeys(changed), ["event_count"])


def _steps(thread: Question, first: Answer | None) -> list[QuestionEvent]:
    """All steps of an imported thread, not numbered yet."""
    kinds = QuestionEvent.Kind
    asked = {"circle": thread.circle.slug}
    found: list[tuple[datetime, str, int, dict[str, Any]]] = [
        (thread.created_at, kinds.ASKED, thread.author_id, asked)
    ]
    if first is not None:
        answered = {
            "answer": first.pk,
            "author": first.author_id,
            "voice": first.voice,
        }
        found.append((first.created_at, kinds.ANSWERED, first.author_id, answered))
    if thread.accepted_answer is not None and thread.accepted_at is not None:
        accepted = {
            "answer": thread.accepted_answer.pk,
            "author": thread.accepted_answer.author_id,
        }
        by = thread.accepted_by_id or thread.author_id
        solved = accepted | {"official": False}
        found.append((thread.accepted_at, kinds.ACCEPTED, by, accepted))
        found.append((thread.accepted_at, kinds.SOLVED, by, solved))
    return [
        QuestionEvent(
            question=thread,
            at=at,
            kind=kind,
            actor_id=actor,
            data=data,
            key=f"imported:{thread.pk}:{kind}",
        )
        for at, kind, actor, data in found
    ]


def _count_people(people) -> None:  # noqa: ANN001  queryset
    ids = list(people.values_list("pk", flat=True))
    tallies: dict[int, MemberTally] = defaultdict(MemberTally)
    visible = Q(state=PostState.VISIBLE)
    counted = {
        "question_count": Question.objects.filter(visible, author__in=ids).values_list(
            "author"
        ),
        "answer_count": Answer.objects.filter(visible, author__in=ids).values_list(
            "author"
        ),
        "accepted_count": Question.objects.filter(
            visible, accepted_answer__author__in=ids
        )
        .exclude(accepted_answer__author=F("author"))
        .values_list("accepted_answer__author"),
    }
    for name, rows in counted.items():
        for person, number in rows.annotate(n=Count("pk")).order_by():
            setattr(tallies[person], name, number)
    for person, tally in tallies.items():
        tally.person_id = person
    MemberTally.objects.bulk_create(
        tallies.values(),
        update_conflicts=True,
        unique_fields=["person"],
        update_fields=list(counted),
    )


def _count_tags() -> None:
    used = Tagging.objects.filter(tag=OuterRef("pk"), question__state=PostState.VISIBLE)
    number = used.order_by().values("tag").annotate(n=Count("pk")).values("n")
    Tag.objects.update(question_count=Coalesce(Subquery(number), Value(0)))
