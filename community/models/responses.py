"""What people say of a post without writing: votes, me too, follow."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Vote(models.Model):
    """One person's verdict on one post. Imported votes may lack the voter."""

    voter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="votes",
    )
    question = models.ForeignKey(
        "community.Question", models.PROTECT, null=True, related_name="votes"
    )
    answer = models.ForeignKey(
        "community.Answer", models.PROTECT, null=True, related_name="votes"
    )
    value = models.SmallIntegerField(choices=[(1, _("up")), (-1, _("down"))])
    at = models.DateTimeField()
    source = models.CharField(max_length=80, blank=True)
    source_id = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["voter", "question"], name="one_vote_per_person_and_question"
            ),
            models.UniqueConstraint(
                fields=["voter", "answer"], name="one_vote_per_person_and_answer"
            ),
            models.UniqueConstraint(
                fields=["source", "source_id"],
                condition=~Q(source=""),
                name="vote_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(question__isnull=True, answer__isnull=False)
                | Q(question__isnull=False, answer__isnull=True),
                name="vote_on_one_post",
            ),
            models.CheckConstraint(condition=Q(value__in=[1, -1]), name="vote_is_one"),
        ]

    def __str__(self) -> str:
        return f"{self.value:+d}"


class MeToo(models.Model):
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    question = models.ForeignKey(
        "community.Question", models.PROTECT, related_name="me_toos"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "question"], name="one_me_too_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.question_id}"


class Follow(models.Model):
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="follows"
    )
    question = models.ForeignKey(
        "community.Question", models.PROTECT, related_name="follows"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "question"], name="one_follow_per_person"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.question_id}"
