"""Levels: a ladder with visible steps, who stands where, and what a step allows."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import get_language, gettext_lazy as _


class Level(models.Model):
    """One step. Who has all it needs, and all of the steps below, stands on it."""

    NEEDS = ("reputation", "points", "accepted", "days")

    step = models.PositiveSmallIntegerField(
        _("step"), unique=True, validators=[MinValueValidator(1)]
    )
    name_en = models.CharField(_("name in English"), max_length=40)
    name_zh = models.CharField(_("name in Chinese"), max_length=40)
    reputation = models.PositiveIntegerField(_("reputation"), default=0)
    points = models.PositiveIntegerField(
        _("points earned ever"),
        default=0,
        help_text=_("Spending them takes nobody down."),
    )
    accepted = models.PositiveIntegerField(_("accepted answers"), default=0)
    days = models.PositiveIntegerField(_("days as a member"), default=0)

    class Meta:
        verbose_name = _("level")
        verbose_name_plural = _("levels")
        ordering = ["step"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese else self.name_en

    @property
    def needs(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.NEEDS}

    def clean(self) -> None:
        if not self.step:
            return
        others = Level.objects.exclude(pk=self.pk)
        below = others.filter(step__lt=self.step).order_by("-step").first()
        above = others.filter(step__gt=self.step).order_by("step").first()
        wrong = {}
        for name in self.NEEDS:
            mine = getattr(self, name) or 0
            if below and mine < getattr(below, name):
                wrong[name] = _("Not less than the step below needs.")
            elif above and mine > getattr(above, name):
                wrong[name] = _("Not more than the step above needs.")
        if wrong:
            raise ValidationError(wrong)


class MemberLevel(models.Model):
    """On which step somebody stands; level null: on none yet."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        primary_key=True,
        related_name="member_level",
    )
    level = models.ForeignKey(Level, models.SET_NULL, null=True, related_name="members")
    since = models.DateTimeField()
    # When time alone may bring them to the next step.
    look_again_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["look_again_at"],
                condition=models.Q(look_again_at__isnull=False),
                name="level_to_look_at",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.level_id}"


class LevelWatch(models.Model):
    """Until when the ledger was looked through for who earned: one row."""

    looked_until = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(pk=1), name="level_watch_is_one_row"
            )
        ]

    def __str__(self) -> str:
        return f"{self.looked_until}"


class GiftLevel(models.Model):
    """How many of a gift one person may have from this level on."""

    gift = models.ForeignKey(
        "rewards.Gift",
        models.CASCADE,
        related_name="level_limits",
        verbose_name=_("gift"),
    )
    level = models.ForeignKey(
        Level, models.CASCADE, related_name="gift_limits", verbose_name=_("from level")
    )
    most = models.PositiveSmallIntegerField(
        _("most one person may have"), validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("gift limit of a level")
        verbose_name_plural = _("gift limits of levels")
        ordering = ["gift", "level__step"]
        constraints = [
            models.UniqueConstraint(
                fields=["gift", "level"], name="one_limit_per_gift_and_level"
            )
        ]

    def __str__(self) -> str:
        return f"{self.gift} · {self.level}: {self.most}"
