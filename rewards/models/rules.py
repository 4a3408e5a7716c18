"""What earns points, and under which terms. Managers edit all of it as data."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import get_language, gettext_lazy as _


class EarnRule(models.Model):
    """What one event earns. Managers edit it; the next event follows."""

    class Event(models.TextChoices):
        ACCEPTED = "accepted", _("an answer is accepted")
        UPVOTE = "upvote", _("an answer is found helpful")
        RESCUE = "rescue", _("an accepted first answer after a day of silence")
        ARTICLE_CREDIT = "article_credit", _("an answer becomes part of an article")
        AGENT_BONUS = "agent_bonus", _("a service agent's month, by its band")

    event = models.CharField(
        _("event"), max_length=20, choices=Event.choices, unique=True
    )
    points = models.PositiveIntegerField(_("points"))
    daily_cap = models.PositiveIntegerField(
        _("most a person earns in a day"),
        null=True,
        blank=True,
        help_text=_("Counts every kind of earning. Empty: no limit."),
    )
    per_post_cap = models.PositiveIntegerField(
        _("most one answer earns this way"), null=True, blank=True
    )
    fades_per_pair = models.BooleanField(
        _("less for the same asker"),
        default=False,
        help_text=_("By the shares in the terms: all, half, a quarter, then nothing."),
    )
    vest_days = models.PositiveSmallIntegerField(
        _("held for days"), default=0, help_text=_("0: can be spent at once.")
    )
    expires_after_months = models.PositiveSmallIntegerField(
        _("expires after months"), default=12, validators=[MinValueValidator(1)]
    )
    enabled = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("earning rule")
        verbose_name_plural = _("earning rules")
        ordering = ["pk"]
        permissions = [("manage_rewards", _("Can manage rules, gifts and orders"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_after_months__gt=0), name="points_live_a_month"
            )
        ]

    def __str__(self) -> str:
        return self.get_event_display()


class CampaignQuerySet(QuerySet["Campaign"]):
    def running(self, at: datetime) -> "CampaignQuerySet":
        return self.filter(enabled=True, starts_at__lte=at, ends_at__gt=at)


class Campaign(models.Model):
    """More points for some time: a factor on what the rules give.

    What was first earned inside the period keeps the factor, whenever it is taken
    back and earned again; what was first earned outside never gets it.
    """

    title_en = models.CharField(_("name in English"), max_length=80)
    title_zh = models.CharField(_("name in Chinese"), max_length=80)
    factor_percent = models.PositiveSmallIntegerField(
        _("factor in percent"),
        default=200,
        validators=[MinValueValidator(101), MaxValueValidator(1000)],
        help_text=_("200: double points. 150: half as much again."),
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    events = models.JSONField(
        _("for"), default=list, blank=True, help_text=_("None chosen: everything.")
    )
    tags = models.ManyToManyField(
        "community.Tag",
        blank=True,
        related_name="+",
        verbose_name=_("only with one of these tags"),
    )
    circles = models.ManyToManyField(
        "community.Circle",
        blank=True,
        related_name="+",
        verbose_name=_("only in these circles"),
    )
    budget = models.PositiveIntegerField(
        _("most points on top"),
        null=True,
        blank=True,
        help_text=_("When they are given out, the rules pay as always. Empty: all."),
    )
    enabled = models.BooleanField(_("in force"), default=True)

    objects = CampaignQuerySet.as_manager()

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="campaign_ends_later"
            ),
            models.CheckConstraint(
                condition=Q(factor_percent__gt=100), name="campaign_gives_more"
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="campaign_running")]

    def __str__(self) -> str:
        return self.title

    def clean(self) -> None:
        starts_at, ends_at = (getattr(self, name) for name in ("starts_at", "ends_at"))
        # A form may have left either empty.
        if None not in (starts_at, ends_at) and starts_at >= ends_at:
            raise ValidationError({"ends_at": _("The end must be after the start.")})

    @property
    def title(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.title_zh if chinese else self.title_en

    @property
    def places(self) -> list[str]:
        """The circles and tags it is about; none: it is about all."""
        topics = [*self.circles.all(), *self.tags.all()]
        return [str(topic) for topic in topics]

    @property
    def is_everywhere(self) -> bool:
        return not self.places

    @property
    def pot_key(self) -> str:
        return f"campaign:{self.pk}"


class PointsTerms(models.Model):
    """What the whole programme goes by: one row."""

    hundred_points_minor = models.PositiveIntegerField(
        _("what 100 points are worth"),
        default=100,
        help_text=_("In the smallest unit of the currency: cents, fen."),
    )
    currency = models.CharField(
        _("currency"),
        max_length=3,
        default="CNY",
        validators=[RegexValidator("^[A-Z]{3}$", _("Three letters of ISO 4217."))],
    )
    monthly_budget = models.PositiveBigIntegerField(
        _("most points given in a month"),
        null=True,
        blank=True,
        help_text=_("Then nothing more is given until the next. Empty: no limit."),
    )
    # The month in which too little is left to promise anything, as 2026-11.
    used_up_month = models.CharField(
        max_length=7, blank=True, default="", editable=False
    )
    warn_percent = models.PositiveSmallIntegerField(
        _("tell managers at percent of it"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(99)],
    )
    approval_above = models.PositiveIntegerField(
        _("an award by hand needs a second manager above"), default=100
    )
    commend_least = models.PositiveIntegerField(
        _("least for a commendation"), default=5
    )
    commend_most = models.PositiveIntegerField(_("most for a commendation"), default=50)
    pair_percents = models.CharField(
        _("shares for the same asker in percent"),
        max_length=60,
        default="100 50 25 0",
        validators=[
            RegexValidator(
                r"^(100|[1-9]?[0-9])( (100|[1-9]?[0-9]))*$",
                _("Whole numbers from 0 to 100, a space between them."),
            )
        ],
        help_text=_("The last one holds for all that follow."),
    )
    pair_days = models.PositiveSmallIntegerField(
        _("counted within days"), default=30, validators=[MinValueValidator(1)]
    )
    donate_least = models.PositiveIntegerField(
        _("least points to donate"), default=10, validators=[MinValueValidator(1)]
    )
    pass_on_most = models.PositiveIntegerField(
        _("most points passed on in a year"),
        default=500,
        help_text=_("Given once a year, and received in a year. 0: nobody may."),
    )
    carry_over_months = models.PositiveSmallIntegerField(
        _("points near their end may be carried over by months"),
        default=6,
        help_text=_("Their owner asks for it, once for each point. 0: never."),
    )

    class Meta:
        verbose_name = _("terms of the points")
        verbose_name_plural = _("terms of the points")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="terms_are_one_row"),
            models.CheckConstraint(
                condition=Q(commend_least__lte=F("commend_most")),
                name="commendation_least_below_most",
            ),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @property
    def pair_steps(self) -> list[int]:
        return [int(percent) for percent in self.pair_percents.split()]

    def clean(self) -> None:
        if self.commend_least > self.commend_most:
            raise ValidationError(
                {"commend_most": _("The most must not be below the least.")}
            )

    @classmethod
    def current(cls) -> "PointsTerms":
        """The row, or what a new site begins with."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)
