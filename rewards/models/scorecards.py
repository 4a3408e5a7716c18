"""How staff judge: a versioned scorecard, and what was judged with it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from rewards.models.agents import NOTE_MOST_CHARS, AgentTerm, in_reader_language

BEST_MARK = 4
WHOLE = 100
_PERCENT = [MinValueValidator(0), MaxValueValidator(WHOLE)]


class Scorecard(ClusterableModel):
    """One version of the criteria. The newest is used; none is ever edited."""

    pass_percent = models.PositiveSmallIntegerField(
        _("percent needed for an invitation"), default=70, validators=_PERCENT
    )
    critical_below = models.PositiveSmallIntegerField(
        _("a critical criterion fails below this mark"),
        default=2,
        validators=[MaxValueValidator(BEST_MARK)],
    )
    critical_cap_percent = models.PositiveSmallIntegerField(
        _("most percent when a critical criterion fails"),
        default=59,
        validators=_PERCENT,
    )
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("scorecard")
        verbose_name_plural = _("scorecards")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(_("version %(number)s") % {"number": self.pk})

    def percent(self, marks: dict[int, int]) -> int:
        """From a mark of 0-4 for each criterion's pk to percent of the best."""
        criteria = list(self.criteria.all())
        reached = sum(one.weight * marks[one.pk] for one in criteria)
        result = reached * WHOLE // (BEST_MARK * sum(one.weight for one in criteria))
        failed = any(
            one.is_critical and marks[one.pk] < self.critical_below for one in criteria
        )
        return min(result, self.critical_cap_percent) if failed else result


class Criterion(models.Model):
    scorecard = ParentalKey(
        Scorecard, on_delete=models.PROTECT, related_name="criteria"
    )
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    title_en = models.CharField(_("name in English"), max_length=60)
    title_zh = models.CharField(_("name in Chinese"), max_length=60)
    help_en = models.CharField(_("what to look at, in English"), max_length=200)
    help_zh = models.CharField(_("what to look at, in Chinese"), max_length=200)
    weight = models.PositiveSmallIntegerField(
        _("weight, percent"), validators=[MinValueValidator(1), *_PERCENT]
    )
    is_critical = models.BooleanField(_("critical"), default=False)

    class Meta:
        ordering = ["sort_order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(weight__gt=0, weight__lte=WHOLE),
                name="criteria_weigh_something",
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_reader_language(self.title_en, self.title_zh)

    @property
    def help(self) -> str:
        return in_reader_language(self.help_en, self.help_zh)


class Evaluation(models.Model):
    """What a manager found, of a candidate or of one answer. Append-only."""

    term = models.ForeignKey(AgentTerm, models.PROTECT, related_name="evaluations")
    # The answer of the monthly sample; empty when the person was judged as a whole.
    answer = models.ForeignKey("community.Answer", models.PROTECT, null=True)
    month = models.DateField(null=True)
    scorecard = models.ForeignKey(Scorecard, models.PROTECT, related_name="+")
    # {criterion's pk as text: 0-4}
    marks = models.JSONField()
    percent = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=NOTE_MOST_CHARS, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(percent__lte=WHOLE), name="evaluation_in_percent"
            ),
            models.CheckConstraint(
                condition=Q(answer__isnull=True, month__isnull=True)
                | Q(answer__isnull=False, month__isnull=False),
                name="answers_are_judged_for_a_month",
            ),
            models.UniqueConstraint(
                fields=["answer", "by", "month"], name="one_judgement_per_reader"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.term_id}: {self.percent}"


def check_weights(weights: list[int]) -> None:
    """A scorecard's form asks before it is stored: the weights are percent."""
    if sum(weights) != WHOLE:
        raise ValidationError(_("The weights must add up to 100 percent."))
