"""Points that people decide about: awards by hand, and what is given to good causes."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy as _


class ManualAward(models.Model):
    """An award by hand. Above a limit a second manager decides, never oneself."""

    class Kind(models.TextChoices):
        AWARD = "award", _("award by hand")
        COMMENDATION = "commended", _("commendation for an answer")

    class State(models.TextChoices):
        PENDING = "pending", _("waits for a second manager")
        GIVEN = "given", _("given")
        REFUSED = "refused", _("not given")
        TAKEN_BACK = "revoked", _("taken back")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="manual_awards"
    )
    points = models.PositiveIntegerField()
    reason = models.CharField(max_length=300)
    answer = models.ForeignKey(
        "community.Answer", models.SET_NULL, null=True, related_name="+"
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.PENDING
    )
    idem_key = models.CharField(max_length=80, unique=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=300, blank=True)

    class Meta:
        permissions = [("commend_answers", _("Can commend answers with points"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(points__gt=0), name="manual_award_gives_points"
            ),
            models.CheckConstraint(
                condition=~Q(person=F("asked_by")), name="nobody_awards_themselves"
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(person=F("decided_by")),
                name="nobody_approves_their_own_points",
            ),
            models.UniqueConstraint(
                fields=["answer", "asked_by"],
                condition=Q(kind="commended", answer__isnull=False)
                & Q(state__in=["pending", "given"]),
                name="one_commendation_of_an_answer_each",
            ),
        ]
        indexes = [
            models.Index(
                fields=["asked_at"],
                condition=Q(state="pending"),
                name="manual_award_to_decide",
            ),
            models.Index(fields=["-asked_at", "-id"], name="manual_award_newest"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.points}"


class CharityQuerySet(models.QuerySet["Charity"]):
    def listed(self) -> "CharityQuerySet":
        return self.filter(listed=True).order_by("title_en", "pk")


class Charity(models.Model):
    """A good cause that members may give points to."""

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title_en = models.CharField(_("name in English"), max_length=80)
    title_zh = models.CharField(_("name in Chinese"), max_length=80)
    description_en = models.TextField(
        _("description in English"), max_length=600, blank=True
    )
    description_zh = models.TextField(
        _("description in Chinese"), max_length=600, blank=True
    )
    website = models.URLField(_("website"), blank=True)
    listed = models.BooleanField(_("shown"), default=True)

    objects = CharityQuerySet.as_manager()

    class Meta:
        verbose_name = _("good cause")
        verbose_name_plural = _("good causes")
        ordering = ["title_en", "pk"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("rewards:charity", args=[self.slug])

    @property
    def title(self) -> str:
        return self.title_zh if _reader_is_chinese() else self.title_en

    @property
    def description(self) -> str:
        return self.description_zh if _reader_is_chinese() else self.description_en


def _reader_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
