"""What the house itself remembers: how many pages search engines may keep, by day."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IndexablePages(models.Model):
    class Kind(models.TextChoices):
        PAGES = "pages", _("Official pages")
        LISTS = "lists", _("Lists")
        QUESTIONS = "questions", _("Questions")
        TAGS = "tags", _("Tags")
        MEMBERS = "members", _("Members")

    on = models.DateField(_("day"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES
    )
    count = models.PositiveIntegerField(_("pages"))

    class Meta:
        verbose_name = _("count of indexable pages")
        verbose_name_plural = _("counts of indexable pages")
        constraints = [
            models.UniqueConstraint(
                fields=["on", "kind", "language"],
                name="one_count_a_day_kind_and_language",
            )
        ]

    def __str__(self) -> str:
        return f"{self.on} {self.kind} {self.language}: {self.count}"
