"""What lies on the agents' bench: topics, early notices, the staff line, replies."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from rewards.models.agents import SERVING, AgentTerm, in_reader_language

NOTICE_MOST_CHARS = 10_000
REPLY_MOST_CHARS = 5_000
LINE_MOST_CHARS = 5_000


class AgentTopic(models.Model):
    """A canonical tag whose questions an agent wants to see."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="agent_topics"
    )
    tag = models.ForeignKey("community.Tag", models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "tag"], name="an_agents_topic_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.tag_id}"


class NoticeQuerySet(models.QuerySet["Notice"]):
    def out(self, at: object) -> "NoticeQuerySet":
        return self.filter(starts_at__lte=at, withdrawn_at=None)


class Notice(models.Model):
    """What agents hear before customers do."""

    title_en = models.CharField(_("title in English"), max_length=150)
    title_zh = models.CharField(_("title in Chinese"), max_length=150)
    body_en = models.TextField(_("text in English"), max_length=NOTICE_MOST_CHARS)
    body_zh = models.TextField(_("text in Chinese"), max_length=NOTICE_MOST_CHARS)
    starts_at = models.DateTimeField(_("agents read it from"))
    public_at = models.DateTimeField(
        _("customers hear of it"),
        null=True,
        blank=True,
        help_text=_("Until then agents are asked to keep it to themselves."),
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
    )

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("early notice")
        verbose_name_plural = _("early notices")
        ordering = ["-starts_at", "-pk"]
        indexes = [models.Index(fields=["-starts_at", "-id"], name="notices_newest")]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_reader_language(self.title_en, self.title_zh)

    @property
    def body(self) -> str:
        return in_reader_language(self.body_en, self.body_zh)


class LineMessageQuerySet(models.QuerySet["LineMessage"]):
    def newest_of_each_line(self) -> "LineMessageQuerySet":
        """The last thing said on each line that was not hidden."""
        newer = LineMessage.objects.filter(
            agent=OuterRef("agent"), hidden_at=None, pk__gt=OuterRef("pk")
        )
        return self.filter(~Exists(newer), hidden_at=None)

    def waiting(self) -> "LineMessageQuerySet":
        """What agents who serve said last, and nobody answered or settled."""
        serving = AgentTerm.objects.filter(
            person=OuterRef("agent"), ended_at=None, state__in=SERVING
        )
        return self.newest_of_each_line().filter(
            Exists(serving), author=F("agent"), settled_at=None
        )


class LineMessage(models.Model):
    """One message of the line between an agent and staff. Others never see it."""

    # Whose line it is: one per agent.
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="line_messages"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    # The notice they talk about, if it is one.
    notice = models.ForeignKey(
        Notice, models.SET_NULL, null=True, related_name="line_messages"
    )
    body = models.TextField()
    at = models.DateTimeField()
    hidden_at = models.DateTimeField(null=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    hidden_reason = models.CharField(max_length=200, blank=True)
    # Staff say that it needs no answer: a thank-you, for one.
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    objects = LineMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message on the staff line")
        verbose_name_plural = _("messages on the staff line")
        indexes = [
            models.Index(fields=["agent", "-at", "-id"], name="line_of_an_agent"),
        ]

    def __str__(self) -> str:
        return f"{self.agent_id}: {self.pk}"

    @property
    def is_from_staff(self) -> bool:
        return self.author_id != self.agent_id


class CannedReply(models.Model):
    """Words for what is asked every week: staff's for all agents, or an agent's own."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="canned_replies",
    )
    title_en = models.CharField(_("title in English"), max_length=80, blank=True)
    title_zh = models.CharField(_("title in Chinese"), max_length=80, blank=True)
    body_en = models.TextField(
        _("reply in English"), max_length=REPLY_MOST_CHARS, blank=True
    )
    body_zh = models.TextField(
        _("reply in Chinese"), max_length=REPLY_MOST_CHARS, blank=True
    )
    enabled = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("canned reply")
        verbose_name_plural = _("canned replies")
        ordering = ["pk"]
        indexes = [models.Index(fields=["owner", "id"], name="canned_replies_of")]
        constraints = [
            models.CheckConstraint(
                condition=(~Q(title_en="") & ~Q(body_en=""))
                | (~Q(title_zh="") & ~Q(body_zh="")),
                name="a_canned_reply_says_something",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        pairs = ((self.title_en, self.body_en), (self.title_zh, self.body_zh))
        if any(bool(title) != bool(body) for title, body in pairs):
            raise ValidationError(_("A reply needs its title in the same language."))
        if not any(title for title, _body in pairs):
            raise ValidationError(_("Write it in one language at least."))

    @property
    def title(self) -> str:
        return in_reader_language(self.title_en, self.title_zh)

    def body_for(self, language: str) -> str:
        """In the language of the question; the other one where it is missing."""
        first, second = self.body_en, self.body_zh
        if language.startswith("zh"):
            first, second = second, first
        return first or second
