"""Leader scores as they were computed."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from rewards.scoring.model import PARTS, Model

MOST_DAYS = 3650


def _percent(
    name: Any, default: int, **options: Any
) -> models.PositiveSmallIntegerField:
    checks = [MaxValueValidator(100)]
    return models.PositiveSmallIntegerField(
        name, default=default, validators=checks, **options
    )


def _days(name: Any, default: int, **options: Any) -> models.PositiveSmallIntegerField:
    checks = [MinValueValidator(1), MaxValueValidator(MOST_DAYS)]
    return models.PositiveSmallIntegerField(
        name, default=default, validators=checks, **options
    )


def _amount(name: Any, default: str, **options: Any) -> models.DecimalField:
    checks = [MinValueValidator(Decimal("0.01")), MaxValueValidator(Decimal(1000))]
    return models.DecimalField(
        name,
        max_digits=6,
        decimal_places=2,
        default=Decimal(default),
        validators=checks,
        **options,
    )


class ScoreModel(models.Model):
    """One version of how the score is made. The newest is used; none is ever edited."""

    half_life_days = _days(
        _("half-life in days"),
        30,
        help_text=_("After this many days an answer counts half."),
    )
    help_percent = _percent(_("helping, percent"), 40)
    accepted_percent = _percent(_("accepted, percent"), 10)
    response_percent = _percent(_("speed, percent"), 20)
    reach_percent = _percent(_("reach, percent"), 20)
    votes_percent = _percent(_("votes, percent"), 10)
    pair_cap = _amount(
        _("most for one asker, in answers"),
        "2.00",
        help_text=_("Help for the same person counts less each time, up to this."),
    )
    voter_pair_cap = _amount(_("most from one voter, in votes"), "1.50")
    quick_hours = _amount(
        _("speed halves after hours"),
        "12.00",
        help_text=_("A first answer after this long counts half of one at once."),
    )
    rescue_after_hours = _amount(_("rescue after hours of silence"), "24.00")
    trust_percent = _percent(
        _("trust in people not known well, percent"),
        30,
        help_text=_(
            "Known well are imported people, and those with a verified e-mail, an "
            "account old enough and dealings with enough other people, as below."
        ),
    )
    email_days = _days(_("account with verified e-mail older than days"), 7)
    partners_for_trust = models.PositiveSmallIntegerField(
        _("other people to have dealt with"),
        default=2,
        validators=[MinValueValidator(2), MaxValueValidator(20)],
        help_text=_("By answering or being answered; invented accounts know one."),
    )
    known_askers_percent = _percent(
        _("only those known well vouch from this share of askers on, percent"),
        50,
        help_text=_(
            "Of answers to people who dealt with enough others. With fewer, as on a "
            "new site, all of these vouch for helpers, whatever their e-mail."
        ),
    )
    unvouched_base = _amount(
        _("most from people not known well alone, in answers"), "0.10"
    )
    unvouched_percent = models.PositiveSmallIntegerField(
        _("and for each answer to people known well, percent of one"),
        default=100,
        validators=[MaxValueValidator(1000)],
    )
    bad_percent = _percent(
        _("what a removed post takes away, percent of an answer's share"),
        50,
        help_text=_("Posts that moderators had to remove lower every part."),
    )
    bad_prior = _amount(
        _("answers everybody is taken to have given besides"),
        "5.00",
        help_text=_("So that one removed post does not sink who has answered little."),
    )
    topic_prior = _amount(
        _("so many answers in a topic make half of the score in it"),
        "3.00",
        help_text=_(
            "The rest is lent by the score overall. Changes places within topics only; "
            "the comparison shows places overall."
        ),
    )
    topic_overall_percent = _percent(
        _("what the score overall lends a topic, percent"), 50
    )
    full_from_answers = models.PositiveIntegerField(
        _("five parts from this many answers"),
        default=200,
        help_text=_("Below it, a plain count of recent answers predicts as well."),
    )
    count_days = _days(_("plain count of the last days"), 90)
    count_pair_cap = _amount(_("most answers to one asker in that count"), "5.00")
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("made by"),
    )

    class Meta:
        verbose_name = _("score model")
        verbose_name_plural = _("score models")
        ordering = ["-pk"]
        permissions = [("manage_agents", _("Can appoint service agents"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    help_percent=100
                    - models.F("accepted_percent")
                    - models.F("response_percent")
                    - models.F("reach_percent")
                    - models.F("votes_percent")
                ),
                name="score_weights_add_up",
            )
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    def clean(self) -> None:
        if sum(self.percents.values()) != 100:  # noqa: PLR2004  percent
            wrong = _("The five parts must add up to 100 percent.")
            # Of a field: the constraint that says the same then keeps silent.
            raise ValidationError({"help_percent": wrong})

    @property
    def percents(self) -> dict[str, int]:
        return {name: getattr(self, f"{name}_percent") for name in PARTS}

    def changes_since(self, other: "ScoreModel") -> list[tuple[str, Any, Any]]:
        """What this version changed of another: a figure's name, then and now."""
        about = {"id", "made_at", "made_by"}
        figures = [f for f in self._meta.concrete_fields if f.name not in about]
        both = [(f, getattr(other, f.name), getattr(self, f.name)) for f in figures]
        return [(str(f.verbose_name), old, new) for f, old, new in both if old != new]

    def as_model(self) -> Model:
        return Model(
            half_life_days=float(self.half_life_days),
            weights={name: value / 100 for name, value in self.percents.items()},
            pair_cap=float(self.pair_cap),
            voter_pair_cap=float(self.voter_pair_cap),
            quick_hours=float(self.quick_hours),
            rescue_after_hours=float(self.rescue_after_hours),
            trust_of_others=self.trust_percent / 100,
            email_days=self.email_days,
            partners_for_trust=self.partners_for_trust,
            known_askers_share=self.known_askers_percent / 100,
            unvouched_base=float(self.unvouched_base),
            unvouched_share=self.unvouched_percent / 100,
            bad_share=self.bad_percent / 100,
            bad_prior=float(self.bad_prior),
            topic_prior=float(self.topic_prior),
            topic_overall_share=self.topic_overall_percent / 100,
            full_from_answers=self.full_from_answers,
            count_days=float(self.count_days),
            count_pair_cap=float(self.count_pair_cap),
        )


class LeaderRun(models.Model):
    """One computation: from what, how, when. Complete once `finished_at` is set."""

    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    config = models.JSONField()
    code_version = models.PositiveSmallIntegerField()
    newest_answer = models.BigIntegerField(default=0)
    answer_count = models.PositiveIntegerField(default=0)
    # Everybody who asked or answered, and how many of them are known well.
    people_count = models.PositiveIntegerField(default=0)
    trusted_count = models.PositiveIntegerField(default=0)
    is_full = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["-at"], name="leader_run_newest")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


class LeaderScore(models.Model):
    """A person's score in a run, overall (no tag) or in a topic.

    Whole numbers: the parts add up to the score, and 10,000 is what the ten best have
    on average.
    """

    run = models.ForeignKey(LeaderRun, models.CASCADE, related_name="scores")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="leader_scores"
    )
    tag = models.ForeignKey("community.Tag", models.CASCADE, null=True)
    score = models.PositiveIntegerField()
    rank = models.PositiveIntegerField()
    parts = models.JSONField()
    # Part -> [answer, what it brought, percent its asker is trusted], the best few;
    # kept for the newest runs only.
    posts = models.JSONField(default=dict)
    conduct = models.FloatField()
    answer_count = models.PositiveIntegerField()
    # Whom the person helped, and how many of them are known well.
    asker_count = models.PositiveIntegerField(default=0)
    trusted_askers = models.PositiveIntegerField(default=0)
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
