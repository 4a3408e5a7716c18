"""Posts that members asked the moderators to look at."""

from typing import TYPE_CHECKING, cast

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from community.models.posts import Answer, Comment, Question


class Flag(models.Model):
    class Reason(models.TextChoices):
        SPAM = "spam", _("Advertising or spam")
        RUDE = "rude", _("Rude or hurtful")
        PRIVATE = "private", _("Shows somebody's private data")
        WRONG = "wrong", _("Dangerous or plainly wrong")
        OTHER = "other", _("Something else")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        UPHELD = "upheld", _("upheld")
        DISMISSED = "dismissed", _("dismissed")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    question = models.ForeignKey(
        "community.Question", models.PROTECT, null=True, related_name="flags"
    )
    answer = models.ForeignKey(
        "community.Answer", models.PROTECT, null=True, related_name="flags"
    )
    comment = models.ForeignKey(
        "community.Comment", models.PROTECT, null=True, related_name="flags"
    )
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    handled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    handled_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    question__isnull=False, answer__isnull=True, comment__isnull=True
                )
                | Q(question__isnull=True, answer__isnull=False, comment__isnull=True)
                | Q(question__isnull=True, answer__isnull=True, comment__isnull=False),
                name="flag_on_one_post",
            ),
            models.UniqueConstraint(
                fields=["person", "question"], name="one_flag_per_person_and_question"
            ),
            models.UniqueConstraint(
                fields=["person", "answer"], name="one_flag_per_person_and_answer"
            ),
            models.UniqueConstraint(
                fields=["person", "comment"], name="one_flag_per_person_and_comment"
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=Q(state="open"), name="flag_waiting")
        ]

    def __str__(self) -> str:
        return self.get_reason_display()

    @property
    def post(self) -> "Question | Answer | Comment":
        # A constraint says that it is exactly one of them.
        post = self.question or self.answer or self.comment
        return cast("Question | Answer | Comment", post)
