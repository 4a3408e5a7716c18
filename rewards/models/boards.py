"""Leaderboards as they were last made, and who wants no place on them."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _, pgettext_lazy


class LeaderBoard(models.Model):
    """The best of a period: overall, in a circle or in a topic; in one language or all.

    `steps` tells everybody else their place: [worth, people with exactly that], the
    highest worth first.
    """

    class Period(models.TextChoices):
        WEEK = "week", pgettext_lazy("leaderboard", "This week")
        MONTH = "month", pgettext_lazy("leaderboard", "This month")
        YEAR = "year", pgettext_lazy("leaderboard", "This year")
        EVER = "ever", pgettext_lazy("leaderboard", "Ever")

    key = models.CharField(max_length=80, unique=True)
    period = models.CharField(max_length=5, choices=Period.choices)
    circle = models.ForeignKey("community.Circle", models.CASCADE, null=True)
    tag = models.ForeignKey("community.Tag", models.CASCADE, null=True)
    language = models.CharField(max_length=10, blank=True)
    starts_on = models.DateField(null=True)
    made_at = models.DateTimeField()
    people = models.PositiveIntegerField(default=0)
    steps = models.JSONField(default=list)

    class Meta:
        verbose_name = _("leaderboard")
        indexes = [
            models.Index(
                fields=["period", "language", "tag"], name="leader_boards_of_period"
            )
        ]

    def __str__(self) -> str:
        return self.key


class BoardPlace(models.Model):
    """One of the best, as of the board's last making."""

    board = models.ForeignKey(LeaderBoard, models.CASCADE, related_name="places")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    rank = models.PositiveIntegerField()
    # Where they stood on the day before; null: among the best since today.
    rank_before = models.PositiveIntegerField(null=True)
    worth = models.PositiveIntegerField()
    answers = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    votes = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["board", "person"], name="one_place_per_board"
            )
        ]
        indexes = [models.Index(fields=["board", "rank"], name="board_in_order")]

    def __str__(self) -> str:
        return f"{self.rank}. {self.person_id}"

    @property
    def moved(self) -> int:
        """Places won, or lost, since the day before."""
        return 0 if self.rank_before is None else self.rank_before - self.rank

    @property
    def lost(self) -> int:
        return -self.moved


class HiddenHelper(models.Model):
    """Somebody who wants no place: in no board, score or list of who has a badge."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        primary_key=True,
        related_name="hidden_helper",
    )
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person_id)
