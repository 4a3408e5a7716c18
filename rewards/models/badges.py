"""Badges: what staff decided they are given for."""

from typing import ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy as _, pgettext_lazy

# Where a yearly badge's name wants its year.
YEAR = "{year}"


class Tier(models.IntegerChoices):
    BRONZE = 1, _("bronze")
    SILVER = 2, _("silver")
    GOLD = 3, _("gold")


class BadgeQuerySet(models.QuerySet["Badge"]):
    def in_force(self) -> "BadgeQuerySet":
        return self.filter(state=Badge.State.IN_FORCE)

    def by_rule(self) -> "BadgeQuerySet":
        return self.exclude(feat="")

    def public(self) -> "BadgeQuerySet":
        """Everything but drafts: who earned a badge keeps it when it is retired."""
        return self.exclude(state=Badge.State.DRAFT)


class Badge(models.Model):
    """A rule: so many of one feat within a window, in a place; or given by staff."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("badge", "draft")
        IN_FORCE = "in_force", pgettext_lazy("badge", "in force")
        RETIRED = "retired", pgettext_lazy("badge", "retired")

    class Feat(models.TextChoices):
        ANSWERS = "answers", _("answers to others")
        ACCEPTED = "accepted", _("accepted answers")
        FIRST_ANSWERS = "first_answers", _("first answers within minutes")
        RESCUES = "rescues", _("accepted after a day without an answer")
        UP_VOTES = "up_votes", _("votes up for answers")
        ARTICLES = "articles", _("answers that became articles")
        SOLVED_QUESTIONS = "solved_questions", _("own questions that were solved")
        UPHELD_FLAGS = "upheld_flags", _("flags the moderators agreed with")
        DAYS_IN_A_ROW = "days_in_a_row", _("days in a row with an answer")
        TOPICS = "topics", _("topics with an accepted answer")
        EDITS = "edits", _("edits of others' posts that stayed")

    class Window(models.TextChoices):
        EVER = "ever", _("ever")
        DAYS = "days", _("within days")
        YEAR = "year", _("in a calendar year: a new badge each year")

    class Picture(models.TextChoices):
        STAR = "star", pgettext_lazy("picture", "star")
        CHECK = "check", pgettext_lazy("picture", "check mark")
        BOLT = "bolt", pgettext_lazy("picture", "lightning")
        LIFEBUOY = "lifebuoy", pgettext_lazy("picture", "lifebuoy")
        HEART = "heart", pgettext_lazy("picture", "heart")
        BOOK = "book", pgettext_lazy("picture", "book")
        QUESTION = "question", pgettext_lazy("picture", "question mark")
        SHIELD = "shield", pgettext_lazy("picture", "shield")
        FLAME = "flame", pgettext_lazy("picture", "flame")
        COMPASS = "compass", pgettext_lazy("picture", "compass")
        PENCIL = "pencil", pgettext_lazy("picture", "pencil")
        SIGNAL = "signal", pgettext_lazy("picture", "radio mast")

    # These count things that are not alike from one moment to the next.
    NOT_WITHIN_DAYS = (Feat.DAYS_IN_A_ROW, Feat.TOPICS)
    # These are not about one thread, so they are in no topic, circle or language.
    NOT_IN_A_PLACE = (Feat.UPHELD_FLAGS, Feat.EDITS)
    # What a rule says; nobody changes it under those who earned the badge.
    CRITERIA: ClassVar[tuple[str, ...]] = (
        "feat",
        "minutes",
        "window",
        "window_days",
        "tag",
        "circle",
        "language",
        "bronze",
        "silver",
        "gold",
        "valid_days",
        "is_taken_back",
        "counts_imported",
    )

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    name_en = models.CharField(
        _("name in English"),
        max_length=60,
        help_text=_("A yearly badge shows its year where the name says {year}."),
    )
    name_zh = models.CharField(_("name in Chinese"), max_length=60)
    about_en = models.CharField(_("about, in English"), max_length=200, blank=True)
    about_zh = models.CharField(_("about, in Chinese"), max_length=200, blank=True)
    picture = models.CharField(
        _("picture"), max_length=10, choices=Picture.choices, default=Picture.STAR
    )
    feat = models.CharField(
        _("given for"),
        max_length=20,
        choices=Feat.choices,
        blank=True,
        help_text=_("Nothing chosen: our team gives it, with a reason."),
    )
    minutes = models.PositiveSmallIntegerField(
        _("within minutes"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(1440)],
        help_text=_("Only for first answers."),
    )
    window = models.CharField(
        _("counted"), max_length=5, choices=Window.choices, default=Window.EVER
    )
    window_days = models.PositiveSmallIntegerField(
        _("days"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    tag = models.ForeignKey(
        "community.Tag",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only in the topic"),
    )
    circle = models.ForeignKey(
        "community.Circle",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("only in the circle"),
    )
    language = models.CharField(
        _("only in the language"),
        max_length=10,
        choices=settings.LANGUAGES,
        blank=True,
    )
    bronze = models.PositiveIntegerField(
        _("bronze from"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    silver = models.PositiveIntegerField(
        _("silver from"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    gold = models.PositiveIntegerField(
        _("gold from"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    valid_days = models.PositiveSmallIntegerField(
        _("valid for days"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text=_("Then it ends, unless earned again. Empty: it stays."),
    )
    is_taken_back = models.BooleanField(
        _("taken back when its cause is undone"),
        default=True,
        help_text=_("An answer deleted, an acceptance withdrawn."),
    )
    counts_imported = models.BooleanField(
        _("what was imported counts, too"), default=False
    )
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.DRAFT, editable=False
    )
    enabled_at = models.DateTimeField(null=True, editable=False)
    retired_at = models.DateTimeField(null=True, editable=False)

    objects = BadgeQuerySet.as_manager()

    class Meta:
        verbose_name = _("badge")
        verbose_name_plural = _("badges")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(bronze__isnull=False)
                | Q(silver__isnull=False)
                | Q(gold__isnull=False)
                | Q(feat=""),
                name="badge_has_a_threshold",
            ),
            models.CheckConstraint(
                condition=(
                    (Q(bronze__isnull=True) | Q(silver__isnull=True))
                    | Q(silver__gt=F("bronze"))
                )
                & (
                    (Q(silver__isnull=True) | Q(gold__isnull=True))
                    | Q(gold__gt=F("silver"))
                )
                & (
                    (Q(bronze__isnull=True) | Q(gold__isnull=True))
                    | Q(gold__gt=F("bronze"))
                ),
                name="badge_tiers_rise",
            ),
            models.CheckConstraint(
                condition=~Q(window="days") | Q(window_days__isnull=False),
                name="badge_window_has_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("rewards:badge", args=[self.slug])

    @property
    def name(self) -> str:
        """The plain name, of no certain year: “Helper of the year”, “年度热心人”."""
        any_year = "" if _reader_is_chinese() else "the year"
        return " ".join(self._name.replace(YEAR, any_year).split())

    def name_of(self, series: str) -> str:
        """As somebody wears it: of a yearly badge with its year."""
        if not series:
            return self.name
        named = self._name
        return named.replace(YEAR, series) if YEAR in named else f"{self.name} {series}"

    @property
    def about(self) -> str:
        return self.about_zh if _reader_is_chinese() else self.about_en

    @property
    def is_given_by_staff(self) -> bool:
        return not self.feat

    @property
    def is_draft(self) -> bool:
        return self.state == self.State.DRAFT

    @property
    def is_retired(self) -> bool:
        return self.state == self.State.RETIRED

    @property
    def is_in_force(self) -> bool:
        return self.state == self.State.IN_FORCE

    @property
    def thresholds(self) -> list[tuple[Tier, int]]:
        """Tiers that exist, the lowest first, with how much each needs."""
        marks = zip(Tier, (self.bronze, self.silver, self.gold), strict=True)
        return [(tier, needed) for tier, needed in marks if needed is not None]

    def clean(self) -> None:
        wrong = _what_is_wrong(self)
        if self.pk and not self.is_draft:
            was = Badge.objects.get(pk=self.pk)
            wrong |= {
                name: _("A badge in force keeps its rule. Retire it and make another.")
                for name in self.CRITERIA
                if getattr(was, name) != getattr(self, name)
            }
        if wrong:
            raise ValidationError(wrong)

    @property
    def _name(self) -> str:
        return self.name_zh if _reader_is_chinese() else self.name_en


def _what_is_wrong(badge: Badge) -> dict[str, object]:
    """What of the rule does not go together, by field."""
    wrong: dict[str, object] = {}
    needed = [threshold for _tier, threshold in badge.thresholds]
    if badge.feat and not needed:
        wrong["bronze"] = _("Say from how many on at least one tier is given.")
    if needed != sorted(set(needed)):
        wrong["gold"] = _("Each tier needs more than the one below it.")
    if (badge.feat == Badge.Feat.FIRST_ANSWERS) != (badge.minutes is not None):
        wrong["minutes"] = _("First answers need minutes; nothing else has them.")
    within_days = badge.window == Badge.Window.DAYS
    if within_days != (badge.window_days is not None):
        wrong["window_days"] = _("“Within days” needs days; nothing else has them.")
    if within_days and badge.feat in Badge.NOT_WITHIN_DAYS:
        wrong["window"] = _("This is counted ever, or in a calendar year.")
    if badge.feat in Badge.NOT_IN_A_PLACE:
        for name in ("tag", "circle", "language"):
            if getattr(badge, name):
                wrong[name] = _("This is counted everywhere.")
    if badge.feat and badge.valid_days and not within_days:
        wrong["valid_days"] = _("Only what is counted within days can be earned again.")
    return wrong


def _reader_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
