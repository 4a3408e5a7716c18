"""Who has which badge, how that came, and at whom to look again."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import pgettext_lazy

from rewards.models.badges import Badge, Tier


class BadgeHolding(models.Model):
    """What somebody has of a badge now; tier null: it was taken or has ended.

    A yearly badge is held once for each year, its `series`.
    """

    badge = models.ForeignKey(Badge, models.PROTECT, related_name="holdings")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="badge_holdings"
    )
    series = models.CharField(max_length=4, blank=True)
    tier = models.PositiveSmallIntegerField(choices=Tier.choices, null=True)
    since = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    # How often this changed: the number of the newest event.
    changes = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["badge", "person", "series"], name="a_badge_is_held_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["badge", "series", "-since", "-id"],
                condition=Q(tier__isnull=False),
                name="badge_holders",
            ),
            models.Index(
                fields=["person", "-tier", "-since"],
                condition=Q(tier__isnull=False),
                name="badges_of_person",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(tier__isnull=False, expires_at__isnull=False),
                name="badge_to_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.badge_id} {self.series} {self.tier}"

    @property
    def name(self) -> str:
        return self.badge.name_of(self.series)

    @property
    def tier_word(self) -> str:
        return str(Tier(self.tier).label) if self.tier else ""

    @property
    def css(self) -> str:
        return Tier(self.tier).name.lower() if self.tier else ""


class BadgeEvent(models.Model):
    """Append-only: each time a badge was given, raised, lowered or taken."""

    class Kind(models.TextChoices):
        EARNED = "earned", pgettext_lazy("badge", "earned")
        GIVEN = "given", pgettext_lazy("badge", "given by our team")
        RENEWED = "renewed", pgettext_lazy("badge", "earned again")
        UNDONE = "undone", pgettext_lazy("badge", "taken back: its cause was undone")
        ENDED = "ended", pgettext_lazy("badge", "ended")
        TAKEN = "taken", pgettext_lazy("badge", "taken by our team")

    badge = models.ForeignKey(Badge, models.PROTECT, related_name="events")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="badge_events"
    )
    series = models.CharField(max_length=4, blank=True)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # What they have after it; null: nothing.
    tier = models.PositiveSmallIntegerField(choices=Tier.choices, null=True)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["badge", "person", "series", "number"],
                name="each_badge_event_once",
            )
        ]
        indexes = [
            models.Index(fields=["person", "-at"], name="badge_events_of_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.badge_id} #{self.number} {self.kind}"


class Touch(models.Model):
    """Something changed of what somebody did: look at their badges and level.

    Only added to, then deleted by the one who looked, so that nobody waits for a row.
    """

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE)

    def __str__(self) -> str:
        return str(self.person_id)
