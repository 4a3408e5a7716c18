"""Leader scores as they were computed."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rewards.scoring.model import PARTS, Model

PERCENT = [MinValueValidator(0)]


class ScoreModel(models.Model):
    """One version of how the score is made. The newest is used; none is ever edited."""

    half_life_days = models.PositiveSmallIntegerField(
        _("half-life in days"),
        default=60,
        validators=[MinValueValidator(1)],
        help_text=_("After this many days an answer counts half."),
    )
    help_percent = models.PositiveSmallIntegerField(_("helping, percent"), default=40)
    response_percent = models.PositiveSmallIntegerField(_("speed, percent"), default=20)
    reach_percent = models.PositiveSmallIntegerField(_("reach, percent"), default=20)
    authority_percent = models.PositiveSmallIntegerField(
        _("standing, percent"), default=10
    )
    votes_percent = models.PositiveSmallIntegerField(_("votes, percent"), default=10)
    full_from_answers = models.PositiveIntegerField(
        _("five parts from this many answers"),
        default=2000,
        help_text=_("Below it, a plain count of the last 90 days predicts better."),
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("score model")
        verbose_name_plural = _("score models")
        ordering = ["-pk"]
        permissions = [("manage_agents", _("Can appoint service agents"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    help_percent=100
                    - models.F("response_percent")
                    - models.F("reach_percent")
                    - models.F("authority_percent")
                    - models.F("votes_percent")
                ),
                name="score_weights_add_up",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def clean(self) -> None:
        if sum(self.percents.values()) != 100:  # noqa: PLR2004  percent
            raise ValidationError(_("The five parts must add up to 100 percent."))

    @property
    def percents(self) -> dict[str, int]:
        return {name: getattr(self, f"{name}_percent") for name in PARTS}

    def as_model(self) -> Model:
        return Model(
            half_life_days=self.half_life_days,
            weights={name: value / 100 for name, value in self.percents.items()},
            full_from_answers=self.full_from_answers,
        )


class LeaderRun(models.Model):
    """One computation: from what, how, when. Complete once `finished_at` is set."""

    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    config = models.JSONField()
    code_version = models.PositiveSmallIntegerField()
    newest_answer = models.BigIntegerField(default=0)
    answer_count = models.PositiveIntegerField(default=0)
    is_full = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="leader_run_newest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class LeaderScore(models.Model):
    """A person's score in a run, overall (no tag) or in a topic; parts add up to it."""

    run = models.ForeignKey(LeaderRun, models.CASCADE, related_name="scores")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="leader_scores"
    )
    tag = models.ForeignKey("community.Tag", models.CASCADE, null=True)
    score = models.FloatField()
    rank = models.PositiveIntegerField()
    parts = models.JSONField()
    lift = models.FloatField()
    conduct = models.FloatField()
    answer_count = models.PositiveIntegerField()
    # Places won or lost since the run before; the leaderboard's query fills it in.
    moved = 0

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run", "person", "tag"], name="one_leader_score_per_topic"
            ),
            models.UniqueConstraint(
                fields=["run", "person"],
                condition=Q(tag__isnull=True),
                name="one_overall_leader_score",
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0), name="leader_score_not_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["run", "tag", "rank"], name="leader_board"),
            models.Index(fields=["person", "run"], name="leader_scores_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.rank}. {self.person_id}: {self.score:.1f}"

    @property
    def voice(self) -> str:
        return "agent" if self.person.standing == "agent" else "member"
