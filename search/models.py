"""What people look for: the searches of the last months, without who they were."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class QueryLog(models.Model):
    """One search. `visitor` is the same for one browser during one day only."""

    key = models.CharField(max_length=16, unique=True)
    day = models.DateField()
    visitor = models.CharField(max_length=16)
    text = models.CharField(max_length=200)
    language = models.CharField(max_length=10)
    results = models.PositiveIntegerField()
    is_relaxed = models.BooleanField(default=False)
    # The number of the hit that was opened first, counted from 1 over all pages.
    opened = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("search")
        verbose_name_plural = _("searches")
        indexes = [
            models.Index(fields=["day", "text"], name="query_log_day_text"),
            models.Index(
                fields=["-day", "-id"],
                condition=models.Q(results=0),
                name="query_log_in_vain",
            ),
        ]

    def __str__(self) -> str:
        return self.text
