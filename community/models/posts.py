"""Questions, answers and comments, and the versions they had."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Self, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from community.addresses import spelled_slug
from people.models import Person

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from community.models.taxonomy import Circle, Tag


class PostState(models.TextChoices):
    VISIBLE = "visible", _("visible")
    PENDING = "pending", _("waiting for review")
    HIDDEN = "hidden", _("hidden")
    DELETED = "deleted", _("deleted")
    MERGED = "merged", _("merged")


class Voice(models.TextChoices):
    MEMBER = "member", _("Member")
    AGENT = "agent", _("Service agent")
    OFFICIAL = "official", _("Official")


class PostQuerySet(models.QuerySet):
    def visible(self) -> Self:
        return self.filter(state=PostState.VISIBLE)

    def visible_to(self, person: Person | AnonymousUser) -> Self:
        """What this person may read: moderators everything, an author what waits."""
        if not person.is_authenticated:
            return self.visible()
        sees_all = person.has_perm("community.moderate_posts")
        return self.readable_by(person.pk, with_removed=sees_all)

    def readable_by(self, reader_id: int, *, with_removed: bool) -> Self:
        """As visible_to, for an id; 0 is nobody."""
        if with_removed:
            return self
        mine = Q(author_id=reader_id, state__in=[PostState.PENDING, PostState.HIDDEN])
        return self.filter(Q(state=PostState.VISIBLE) | mine)

    def native(self) -> Self:
        """Written here. Imported posts are history: no alarms, points or mail."""
        return self.filter(source="")


class QuestionQuerySet(PostQuerySet):
    def in_language(self, language: str) -> Self:
        return self.filter(language=language)

    def in_circle(self, circle: Circle) -> Self:
        return self.filter(circle=circle)

    def tagged(self, tag: Tag) -> Self:
        return self.filter(tags=tag)

    def solved(self) -> Self:
        return self.filter(solved_at__isnull=False)

    def unsolved(self) -> Self:
        return self.filter(solved_at__isnull=True)

    def without_staff(self) -> Self:
        return self.filter(with_staff_since__isnull=True)

    def unanswered(self) -> Self:
        return self.filter(answer_count=0)

    def answered(self) -> Self:
        return self.filter(answer_count__gt=0)

    def waiting_since(self, moment: datetime) -> Self:
        """Asked or last re-opened at this moment or before."""
        return self.filter(cycle_started_at__lte=moment)


class Post(models.Model):
    """What a question, an answer and a comment share. Never deleted as a row."""

    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    body = models.TextField()
    body_html = models.TextField()
    body_text = models.TextField()
    renderer_version = models.PositiveSmallIntegerField()
    state = models.CharField(
        max_length=10, choices=PostState.choices, default=PostState.VISIBLE
    )
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    deleted_reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=80, blank=True)
    source_id = models.CharField(max_length=80, blank=True)

    class Meta:
        abstract = True

    @property
    def is_visible(self) -> bool:
        return self.state == PostState.VISIBLE

    @property
    def is_imported(self) -> bool:
        return self.source != ""


def imported_once(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["source", "source_id"],
        condition=~Q(source=""),
        name=f"{name}_imported_once",
    )


class Question(Post):
    title = models.CharField(max_length=255)
    slug = models.SlugField(max_length=80)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    circle = models.ForeignKey(
        "community.Circle", models.PROTECT, related_name="questions"
    )
    tags = models.ManyToManyField(
        "community.Tag",
        through="community.Tagging",
        related_name="questions",
        blank=True,
    )
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged"
    )
    accepted_answer = models.OneToOneField(
        "community.Answer", models.PROTECT, null=True, blank=True, related_name="+"
    )
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    solved_at = models.DateTimeField(null=True, blank=True)
    # Set while a ticket is open; written by whoever opens and closes one.
    with_staff_since = models.DateTimeField(null=True, blank=True)
    # Asked once, re-opened n times: escalation fires once a rule, thread and cycle.
    cycle = models.PositiveIntegerField(default=1)
    cycle_started_at = models.DateTimeField()
    first_answer_at = models.DateTimeField(null=True, blank=True)
    last_answer_at = models.DateTimeField(null=True, blank=True)
    last_activity_at = models.DateTimeField()
    last_actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    # When the page last came to say something else; never changed if null.
    words_changed_at = models.DateTimeField(null=True, blank=True)
    # Whether search engines may keep the page, and when that changed
    # (community.indexing).
    is_indexable = models.BooleanField(default=False)
    listing_changed_at = models.DateTimeField(null=True, blank=True)
    answer_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)
    vote_score = models.IntegerField(default=0)
    me_too_count = models.PositiveIntegerField(default=0)
    follower_count = models.PositiveIntegerField(default=0)
    view_count = models.PositiveIntegerField(default=0)
    event_count = models.PositiveIntegerField(default=0)

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        permissions = [("moderate_posts", _("Can moderate posts"))]
        constraints = [
            imported_once("question"),
            models.CheckConstraint(
                condition=Q(accepted_answer__isnull=True, accepted_at__isnull=True)
                | Q(accepted_answer__isnull=False, accepted_at__isnull=False),
                name="accepted_answer_has_a_date",
            ),
        ]
        indexes = [
            models.Index(
                fields=["language", "state", "-created_at", "-id"],
                name="question_newest",
            ),
            models.Index(
                fields=["language", "state", "-last_activity_at", "-id"],
                name="question_active",
            ),
            models.Index(
                fields=["language", "state", "-vote_score", "-id"],
                name="question_votes",
            ),
            models.Index(
                fields=["language", "state", "-created_at"],
                condition=Q(answer_count=0),
                name="question_unanswered",
            ),
            models.Index(
                fields=["circle", "language", "state", "-created_at", "-id"],
                name="question_newest_here",
            ),
            models.Index(
                fields=["circle", "language", "state", "-last_activity_at", "-id"],
                name="question_active_here",
            ),
            models.Index(
                fields=["circle", "language", "state", "-vote_score", "-id"],
                name="question_votes_here",
            ),
            models.Index(
                fields=["circle", "language", "state", "-created_at"],
                condition=Q(answer_count=0),
                name="question_unanswered_here",
            ),
            models.Index(
                fields=["language", "state", "-solved_at"],
                condition=Q(solved_at__isnull=False),
                name="question_solved_lately",
            ),
            models.Index(fields=["author", "-created_at"], name="question_by_author"),
            # What escalation looks for: unsolved, native, nobody's yet.
            models.Index(
                fields=["cycle_started_at"],
                condition=Q(
                    solved_at__isnull=True,
                    with_staff_since__isnull=True,
                    state="visible",
                    source="",
                ),
                name="question_waiting",
            ),
            models.Index(
                fields=["created_at"],
                condition=Q(state="pending"),
                name="question_held_back",
            ),
            models.Index(
                fields=["-deleted_at", "-id"],
                condition=Q(deleted_at__isnull=False),
                name="question_removed",
            ),
            # What sitemaps hold and held, with all they tell but the address.
            models.Index(
                fields=[
                    "language",
                    "id",
                    "is_indexable",
                    "words_changed_at",
                    "listing_changed_at",
                ],
                condition=Q(listing_changed_at__isnull=False),
                name="question_listed",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The thread's one address, under its own language."""
        address = _thread_address(self.language)
        return address.format(id=self.pk, slug=spelled_slug(self.slug))

    @property
    def said_at(self) -> datetime:
        """Since when the page has said what it says."""
        return self.words_changed_at or self.created_at

    @property
    def status(self) -> str:
        if self.solved_at:
            return "solved"
        if self.with_staff_since:
            return "ticket"
        return "answered" if self.answer_count else "open"


@lru_cache(maxsize=len(settings.LANGUAGES))
def _thread_address(language: str) -> str:
    """A list shows dozens of them: ask the resolver once."""
    with translation.override(language):
        some = reverse("community:thread", args=[1, "slug"])
    return some.replace("/1/slug/", "/{id}/{slug}/")


class Tagging(models.Model):
    """A tag on a question. Its own model for the index that lists a tag's newest."""

    question = models.ForeignKey(Question, models.CASCADE, related_name="taggings")
    tag = models.ForeignKey("community.Tag", models.PROTECT, related_name="taggings")
    # When the question was, which never changes.
    asked_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["question", "tag"], name="a_tag_once_per_question"
            )
        ]
        indexes = [
            models.Index(
                fields=["tag", "-asked_at", "-question"], name="newest_with_a_tag"
            )
        ]

    def __str__(self) -> str:
        return f"{self.question_id} {self.tag_id}"

    @classmethod
    def of(cls, question: Question, tag_id: int) -> Tagging:
        return cls(question=question, tag_id=tag_id, asked_at=question.created_at)


class Answer(Post):
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    voice = models.CharField(max_length=10, choices=Voice.choices, default=Voice.MEMBER)
    ticket_reference = models.CharField(max_length=20, blank=True)
    vote_score = models.IntegerField(default=0)
    up_count = models.PositiveIntegerField(default=0)
    down_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = [imported_once("answer")]
        indexes = [
            models.Index(
                fields=["question", "state", "-vote_score", "id"],
                name="answer_of_question",
            ),
            models.Index(fields=["author", "-created_at"], name="answer_by_author"),
            models.Index(
                fields=["author", "state", "-vote_score", "-created_at", "-id"],
                name="best_answers_of_somebody",
            ),
            models.Index(fields=["-created_at"], name="answer_newest"),
            models.Index(
                fields=["created_at"],
                condition=Q(state="pending"),
                name="answer_held_back",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.question_id}/{self.pk}"

    def get_absolute_url(self) -> str:
        return f"{self.question.get_absolute_url()}#answer-{self.pk}"


class Comment(Post):
    """A short remark under a question or under an answer, never under both."""

    question = models.ForeignKey(
        Question, models.PROTECT, null=True, blank=True, related_name="comments"
    )
    answer = models.ForeignKey(
        Answer, models.PROTECT, null=True, blank=True, related_name="comments"
    )
    voice = models.CharField(max_length=10, choices=Voice.choices, default=Voice.MEMBER)

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            imported_once("comment"),
            models.CheckConstraint(
                condition=Q(question__isnull=True, answer__isnull=False)
                | Q(question__isnull=False, answer__isnull=True),
                name="comment_has_one_place",
            ),
        ]
        indexes = [
            # A comment is on one of the two: without the others, the database knows
            # how few a post has.
            models.Index(
                fields=["question", "created_at"],
                condition=Q(question__isnull=False),
                name="comment_of_a_question",
            ),
            models.Index(
                fields=["answer", "created_at"],
                condition=Q(answer__isnull=False),
                name="comment_of_an_answer",
            ),
            models.Index(fields=["author", "-created_at"], name="comment_by_author"),
            models.Index(
                fields=["created_at"],
                condition=Q(state="pending"),
                name="comment_held_back",
            ),
        ]

    def __str__(self) -> str:
        return self.body_text[:60]

    def get_absolute_url(self) -> str:
        return f"{self.thread.get_absolute_url()}#comment-{self.pk}"

    @property
    def place(self) -> Question | Answer:
        """What it is a comment on."""
        # A constraint says that it is exactly one of them.
        return cast("Question | Answer", self.question or self.answer)

    @property
    def thread(self) -> Question:
        place = self.place
        return place if isinstance(place, Question) else place.question


class PostRevision(models.Model):
    """How a question or an answer read before an edit. Kept for good."""

    question = models.ForeignKey(
        Question, models.PROTECT, null=True, related_name="revisions"
    )
    answer = models.ForeignKey(
        Answer, models.PROTECT, null=True, related_name="revisions"
    )
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=255, blank=True)
    body = models.TextField()
    tags = models.JSONField(default=list)
    editor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    note = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(question__isnull=True, answer__isnull=False)
                | Q(question__isnull=False, answer__isnull=True),
                name="revision_of_one_post",
            ),
            models.UniqueConstraint(
                fields=["question", "number"], name="question_revision_number"
            ),
            models.UniqueConstraint(
                fields=["answer", "number"], name="answer_revision_number"
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"
