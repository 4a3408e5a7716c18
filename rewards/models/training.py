"""What agents should be able to do: lessons, tests, certificates."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel

from rewards.models.agents import State, in_reader_language

LESSON_MOST_CHARS = 30_000
FEWEST_CHOICES = 2


class Ability(ClusterableModel):
    """Something an agent learns and proves; `needed_for` names the step it opens."""

    NEEDED = [
        ("", _("no step; it is an offer")),
        (State.SUPPORTED, _("before the bench opens")),
        (State.REWARDED, _("before the first bonus")),
    ]

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title_en = models.CharField(_("name in English"), max_length=80)
    title_zh = models.CharField(_("name in Chinese"), max_length=80)
    lesson_en = models.TextField(
        _("lesson in English"), max_length=LESSON_MOST_CHARS, blank=True
    )
    lesson_zh = models.TextField(
        _("lesson in Chinese"), max_length=LESSON_MOST_CHARS, blank=True
    )
    article = models.ForeignKey(
        "kb.ArticlePage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("official article to read"),
    )
    pass_percent = models.PositiveSmallIntegerField(
        _("percent of right answers to pass"),
        default=80,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
    )
    tries_a_day = models.PositiveSmallIntegerField(
        _("tries a day"), default=3, validators=[MinValueValidator(1)]
    )
    valid_months = models.PositiveSmallIntegerField(
        _("months a certificate is valid"),
        default=12,
        validators=[MinValueValidator(1)],
    )
    needed_for = models.CharField(
        _("needed"), max_length=10, choices=NEEDED, blank=True
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    enabled = models.BooleanField(_("in force"), default=True)

    class Meta:
        verbose_name = _("ability")
        verbose_name_plural = _("abilities")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        return in_reader_language(self.title_en, self.title_zh)

    @property
    def lesson(self) -> str:
        return in_reader_language(self.lesson_en, self.lesson_zh)


class AbilityQuestion(models.Model):
    """A question of a test. Choices stand one a line, in both languages alike."""

    ability = ParentalKey(Ability, on_delete=models.CASCADE, related_name="questions")
    sort_order = models.PositiveSmallIntegerField(default=0, editable=False)
    text_en = models.CharField(_("question in English"), max_length=300)
    text_zh = models.CharField(_("question in Chinese"), max_length=300)
    choices_en = models.TextField(_("choices in English, one a line"), max_length=1200)
    choices_zh = models.TextField(_("choices in Chinese, one a line"), max_length=1200)
    right = models.PositiveSmallIntegerField(
        _("number of the right line"), validators=[MinValueValidator(1)]
    )

    class Meta:
        ordering = ["sort_order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(right__gt=0), name="a_test_has_a_right_line"
            )
        ]

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        english, chinese = _lines(self.choices_en), _lines(self.choices_zh)
        if len(english) != len(chinese) or len(english) < FEWEST_CHOICES:
            raise ValidationError(
                _("Both languages need the same number of choices, at least two.")
            )
        if self.right > len(english):
            raise ValidationError({"right": _("There is no line with this number.")})

    @property
    def text(self) -> str:
        return in_reader_language(self.text_en, self.text_zh)

    @property
    def choices(self) -> list[tuple[int, str]]:
        shown = in_reader_language(self.choices_en, self.choices_zh)
        return list(enumerate(_lines(shown), start=1))


class TestTry(models.Model):
    """Somebody took a test. A passed one is their certificate until `expires_at`."""

    # pytest collects what begins with Test.
    __test__ = False

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="test_tries"
    )
    ability = models.ForeignKey(Ability, models.PROTECT, related_name="tries")
    at = models.DateTimeField()
    right_count = models.PositiveSmallIntegerField()
    question_count = models.PositiveSmallIntegerField()
    passed = models.BooleanField()
    expires_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(passed=True, expires_at__isnull=False)
                | Q(passed=False, expires_at__isnull=True),
                name="certificates_expire",
            ),
            models.CheckConstraint(
                condition=Q(right_count__lte=models.F("question_count")),
                name="no_more_right_than_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "ability", "-at"], name="test_tries_of"),
            models.Index(
                fields=["expires_at"],
                condition=Q(passed=True),
                name="certificates_by_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.ability_id}"


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
