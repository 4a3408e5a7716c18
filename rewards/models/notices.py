"""That people are told before points expire, and the links they are sent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from rewards.models.catalogue import Gift


class ExpiryNotice(models.Model):
    """Somebody was told, so many days ahead, of what expires on a day of the site."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    expires_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "expires_on", "days"], name="told_once_of_an_expiry"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.expires_on} - {self.days}"


class GiftLink(models.Model):
    """A link in a mail that leads its reader to one gift, once. It signs nobody in."""

    # Of the token; who reads the table opens nothing.
    digest = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    gift = models.ForeignKey(Gift, models.PROTECT, null=True, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("link to a gift")
        verbose_name_plural = _("links to gifts")
        indexes = [models.Index(fields=["expires_at"], name="gift_link_to_forget")]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.gift_id or 'catalogue'}"
