"""The monthly bonus: bands that staff set, given for quality and not for counts."""

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from rewards.models.agents import (
    NOTE_MOST_CHARS,
    AgentTerm,
    in_reader_language,
)


class BonusBand(models.Model):
    """A level of quality and what it is worth. Managers assign it; no count does."""

    title_en = models.CharField(_("name in English"), max_length=40)
    title_zh = models.CharField(_("name in Chinese"), max_length=40)
    from_percent = models.PositiveSmallIntegerField(
        _("suggested from, percent of the scorecard"), default=0
    )
    points = models.PositiveIntegerField(_("points"), validators=[MinValueValidator(1)])
    enabled = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("bonus band")
        verbose_name_plural = _("bonus bands")
        ordering = ["-from_percent", "-points"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_reader_language(self.title_en, self.title_zh)


class MonthlyBonus(models.Model):
    """An agent's bonus of one month, with the points as the band had them then."""

    term = models.ForeignKey(AgentTerm, models.PROTECT, related_name="bonuses")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="agent_bonuses"
    )
    # The first day of the month it is for.
    month = models.DateField()
    band = models.ForeignKey(BonusBand, models.PROTECT, related_name="+")
    points = models.PositiveIntegerField()
    percent = models.PositiveSmallIntegerField()
    note = models.CharField(max_length=NOTE_MOST_CHARS, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "month"], name="one_bonus_per_agent_and_month"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.month}"
