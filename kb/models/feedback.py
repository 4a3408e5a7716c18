"""What readers thought of an article. Nothing here says who they were."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kb.models.articles import ArticlePage


class ArticleFeedback(models.Model):
    class Reason(models.TextChoices):
        OUTDATED = "outdated", _("It is out of date or wrong")
        UNCLEAR = "unclear", _("It is hard to understand")
        INCOMPLETE = "incomplete", _("Something is missing")
        OTHER_PROBLEM = "other_problem", _("My problem is a different one")

    article = models.ForeignKey(ArticlePage, models.CASCADE, related_name="feedback")
    is_helpful = models.BooleanField(_("helpful"))
    reason = models.CharField(
        _("reason"), max_length=20, choices=Reason.choices, blank=True
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    # A hash whose salt is forgotten after the day: one voice per reader and day.
    voter_key = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("article feedback")
        verbose_name_plural = _("article feedback")
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "voter_key"],
                name="one_feedback_per_reader_and_day",
            )
        ]
        indexes = [
            models.Index(
                fields=["article", "is_helpful", "-at"], name="kb_feedback_by_article"
            )
        ]

    def __str__(self) -> str:
        return f"{self.article_id}: {'+' if self.is_helpful else '-'}"


class ArticleTally(models.Model):
    """Counts of the feedback. Apart from the page, which a revision overwrites."""

    article = models.OneToOneField(
        ArticlePage, models.CASCADE, primary_key=True, related_name="tally"
    )
    helpful_count = models.PositiveIntegerField(default=0)
    unhelpful_count = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.article_id}: {self.helpful_count}/{self.total}"

    @property
    def total(self) -> int:
        return self.helpful_count + self.unhelpful_count
