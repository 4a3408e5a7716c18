"""What points buy, and who bought it."""

from datetime import datetime
from math import ceil

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy as _

from rewards import numbers
from rewards.sealing import unseal


class GiftQuerySet(models.QuerySet):
    def on_offer(self) -> "GiftQuerySet":
        return self.filter(visible=True).order_by("cost", "pk")


class Gift(models.Model):
    class StockMode(models.TextChoices):
        COUNTER = "counter", _("counted; our team delivers it")
        CODES = "codes", _("codes; the buyer sees one at once")

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    title_en = models.CharField(_("name in English"), max_length=80)
    title_zh = models.CharField(_("name in Chinese"), max_length=80)
    description_en = models.TextField(
        _("description in English"), max_length=600, blank=True
    )
    description_zh = models.TextField(
        _("description in Chinese"), max_length=600, blank=True
    )
    picture = models.ImageField(
        _("picture"),
        upload_to="gifts/",
        width_field="picture_width",
        height_field="picture_height",
        blank=True,
    )
    picture_width = models.PositiveIntegerField(null=True, editable=False)
    picture_height = models.PositiveIntegerField(null=True, editable=False)
    cost = models.PositiveIntegerField(
        _("cost in points"), validators=[MinValueValidator(1)]
    )
    stock_mode = models.CharField(
        _("kind of stock"),
        max_length=10,
        choices=StockMode.choices,
        default=StockMode.COUNTER,
    )
    # With codes: how many are free. One conditional update hands out the last one.
    stock = models.PositiveIntegerField(_("stock"), default=0)
    per_person_limit = models.PositiveSmallIntegerField(
        _("most one person may have"), null=True, blank=True
    )
    opens_at = models.DateTimeField(_("on offer from"), null=True, blank=True)
    closes_at = models.DateTimeField(_("on offer until"), null=True, blank=True)
    region = models.ForeignKey(
        "people.Region",
        models.PROTECT,
        null=True,
        blank=True,
        verbose_name=_("only in"),
    )
    visible = models.BooleanField(_("shown"), default=True)
    least_level = models.ForeignKey(
        "rewards.Level",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("from level"),
        help_text=_("Empty: for everybody. How many by level: “gift limits”."),
    )
    # Whoever reads a gift in a rush learns it along; anybody else has to ask.
    has_level_limits: bool | int = True
    is_drop = models.BooleanField(
        _("drop with a waiting room"),
        default=False,
        help_text=_(
            "Opens at one moment. Who came before it is drawn by lot; each keeps one"
            " for 15 minutes, then it goes to the next. Needs “on offer from”."
        ),
    )
    hook = models.ForeignKey(
        "rewards.DeliveryHook",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="gifts",
        verbose_name=_("delivered by"),
        help_text=_("For counted gifts. Empty: our team delivers."),
    )

    objects = GiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("gift")
        verbose_name_plural = _("gifts")
        ordering = ["cost", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(cost__gt=0), name="gift_costs_points"),
            models.CheckConstraint(
                condition=Q(stock__gte=0), name="stock_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(is_drop=False) | Q(opens_at__isnull=False),
                name="a_drop_opens_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("rewards:gift", args=[self.slug])

    @property
    def room_opens_at(self) -> datetime:
        """When the waiting room of a drop opens."""
        if self.opens_at is None:
            raise ValueError(f"{self.slug} is no drop")
        return self.opens_at - numbers.ROOM_OPENS_BEFORE

    @property
    def has_codes(self) -> bool:
        return self.stock_mode == self.StockMode.CODES

    @property
    def title(self) -> str:
        return self.title_zh if _reader_is_chinese() else self.title_en

    @property
    def description(self) -> str:
        return self.description_zh if _reader_is_chinese() else self.description_en


class Voucher(models.Model):
    """A code that is worth a gift. Shown to the one who ordered it, to nobody else.

    The database holds it sealed, beside a digest that tells whether it is known.
    """

    gift = models.ForeignKey(Gift, models.PROTECT, related_name="vouchers")
    sealed_code = models.TextField()
    code_digest = models.CharField(max_length=64)
    redemption = models.OneToOneField(
        "rewards.Redemption", models.PROTECT, null=True, related_name="voucher"
    )
    # It did not work: its points went back, and nobody gets it again.
    voided_at = models.DateTimeField(null=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gift", "code_digest"], name="a_code_exists_once"
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True)
                | (Q(redemption__isnull=False) & ~Q(void_reason="")),
                name="only_a_code_in_use_is_made_void",
            ),
        ]
        indexes = [
            models.Index(
                fields=["gift", "id"],
                condition=Q(redemption__isnull=True),
                name="voucher_to_hand_out",
            )
        ]

    def __str__(self) -> str:
        return f"{self.gift_id}#{self.pk}"

    @property
    def code(self) -> str:
        return unseal(self.sealed_code)


class Redemption(models.Model):
    """A gift somebody bought. The points are reserved until it is delivered.

    A held one waits until `held_until` for its person to confirm it.
    """

    class State(models.TextChoices):
        HELD = "held", _("kept for you")
        LAPSED = "lapsed", _("not confirmed")
        ORDERED = "ordered", _("on its way")
        FULFILLED = "fulfilled", _("delivered")
        CANCELLED = "cancelled", _("cancelled")
        VOIDED = "voided", _("code void, points given back")

    # The person has their points back, so they may order it again.
    GAVE_BACK = (State.CANCELLED, State.VOIDED, State.LAPSED)
    # Its points lie in the reserve.
    OPEN = (State.HELD, State.ORDERED)

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="redemptions"
    )
    gift = models.ForeignKey(Gift, models.PROTECT, related_name="redemptions")
    idem_key = models.CharField(max_length=80, unique=True)
    cost = models.PositiveIntegerField()
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.ORDERED
    )
    at = models.DateTimeField()
    held_until = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        constraints = [
            models.CheckConstraint(
                condition=Q(cost__gt=0), name="redemption_costs_points"
            ),
            models.CheckConstraint(
                condition=~Q(state="held") | Q(held_until__isnull=False),
                name="a_hold_ends",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="redemptions_of_person"),
            models.Index(fields=["gift", "person"], name="redemptions_of_gift"),
            models.Index(
                fields=["at"],
                condition=Q(state="ordered"),
                name="redemption_to_deliver",
            ),
            models.Index(
                fields=["held_until"],
                condition=Q(state="held"),
                name="redemption_on_hold",
            ),
            models.Index(
                fields=["gift", "held_until"],
                condition=Q(state="held"),
                name="redemption_on_hold_of_gift",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.gift} · {self.person}"

    def get_absolute_url(self) -> str:
        return reverse("rewards:redemption", args=[self.pk])

    def seconds_left(self, *, at: datetime) -> int:
        """To confirm it; 0 when it is not held, or its time is over."""
        if self.state != self.State.HELD or self.held_until is None:
            return 0
        return max(0, ceil((self.held_until - at).total_seconds()))


def _reader_is_chinese() -> bool:
    return (get_language() or "").startswith("zh")
