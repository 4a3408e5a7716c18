"""Which threads go to our team by themselves, when, and into which queue."""

from datetime import timedelta
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import (
    get_language,
    gettext_lazy as _,
    ngettext,
    pgettext_lazy,
)

YEAR_HOURS = 24 * 365


class Priority(models.IntegerChoices):
    URGENT = 1, _("urgent")
    HIGH = 2, _("high")
    NORMAL = 3, _("normal")
    LOW = 4, _("low")

    @property
    def answer_within(self) -> timedelta:
        """The first answer we promise, in wall-clock time."""
        return _PROMISED[self]


_PROMISED = {
    Priority.URGENT: timedelta(minutes=30),
    Priority.HIGH: timedelta(hours=2),
    Priority.NORMAL: timedelta(hours=8),
    Priority.LOW: timedelta(hours=24),
}


class Queue(models.Model):
    """Where tickets wait. A circle's go to its queue, the others to the default."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name_en = models.CharField(_("name in English"), max_length=60)
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    circles = models.ManyToManyField(
        "community.Circle",
        blank=True,
        related_name="+",
        verbose_name=_("circles"),
        help_text=_("Tickets from these circles come here."),
    )
    is_default = models.BooleanField(
        pgettext_lazy("desk", "default"),
        default=False,
        help_text=_("Takes whatever has no other queue."),
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = pgettext_lazy("desk", "queue")
        verbose_name_plural = pgettext_lazy("desk", "queues")
        ordering = ["position", "slug"]
        constraints = [
            models.UniqueConstraint(
                fields=["is_default"],
                condition=Q(is_default=True),
                name="one_default_queue",
                violation_error_message=_(
                    "Another queue is the default. Take the mark away there first."
                ),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_in_use(self) -> bool:
        return self.is_default or self.tickets.exists() or self.rules.exists()

    @property
    def name(self) -> str:
        is_chinese = (get_language() or "").startswith("zh")
        return self.name_zh if is_chinese else self.name_en


class EscalationRuleQuerySet(models.QuerySet):
    def enabled(self) -> Self:
        return self.filter(is_enabled=True).order_by("position", "pk")

    def automatic(self) -> Self:
        return self.exclude(kind=EscalationRule.Kind.REQUESTED)

    def for_requests(self) -> Self:
        return self.filter(kind=EscalationRule.Kind.REQUESTED)


class EscalationRule(models.Model):
    class Kind(models.TextChoices):
        UNANSWERED = "unanswered", _("Nobody has answered")
        UNACCEPTED = "unaccepted", _("Answers, but none accepted")
        REQUESTED = "requested", _("Somebody asks our team")

    kind = models.CharField(
        pgettext_lazy("escalation rule", "when"), max_length=12, choices=Kind.choices
    )
    hours = models.PositiveIntegerField(
        _("after how many hours"),
        default=24,
        validators=[MaxValueValidator(YEAR_HOURS)],
        help_text=_(
            "By the clock on the wall. 0 only where somebody asks: that is at once."
        ),
    )
    circles = models.ManyToManyField(
        "community.Circle",
        blank=True,
        related_name="+",
        verbose_name=_("only in these circles"),
        help_text=_("None chosen: in every circle."),
    )
    language = models.CharField(
        _("only in this language"),
        max_length=10,
        blank=True,
        choices=[("", _("every language")), *settings.LANGUAGES],
    )
    is_enabled = models.BooleanField(_("switched on"), default=True)
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    queue = models.ForeignKey(
        Queue,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="rules",
        verbose_name=pgettext_lazy("desk", "queue"),
        help_text=_("None chosen: the queue of the question's circle."),
    )
    position = models.PositiveSmallIntegerField(
        _("position"), default=0, help_text=_("Of two that fit, the lower one acts.")
    )
    # Grows with every edit; a firing remembers which version it was.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = EscalationRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("escalation rule")
        verbose_name_plural = _("escalation rules")
        ordering = ["position", "pk"]
        permissions = [("manage_rules", _("Can manage escalation rules and queues"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="requested") | Q(hours__gte=1),
                name="a_rule_waits_an_hour",
                violation_error_message=_(
                    "Give the members at least one hour before our team steps in."
                ),
            )
        ]

    def __str__(self) -> str:
        if self.kind == self.Kind.REQUESTED:
            return str(self.get_kind_display())
        hours = ngettext("%(hours)d hour", "%(hours)d hours", self.hours)
        return f"{self.get_kind_display()} · {hours % {'hours': self.hours}}"

    @property
    def is_in_use(self) -> bool:
        return self.firings.exists()

    @property
    def wait(self) -> timedelta:
        return timedelta(hours=self.hours)


class RuleFiring(models.Model):
    """A rule sent a thread to our team: once per thread and cycle, whatever runs."""

    rule = models.ForeignKey(EscalationRule, models.PROTECT, related_name="firings")
    rule_version = models.PositiveIntegerField()
    question = models.ForeignKey(
        "community.Question", models.PROTECT, related_name="firings"
    )
    # Of the question: 1 since it was asked, one more each time it is re-opened.
    cycle = models.PositiveIntegerField()
    at = models.DateTimeField()
    ticket = models.ForeignKey(
        "desk.Ticket", models.PROTECT, null=True, related_name="firings"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "question", "cycle"],
                name="one_firing_per_rule_thread_and_cycle",
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.question_id}/{self.cycle}"
