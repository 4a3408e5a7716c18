"""What looks unfair, who decides about it, and what they said. Never public."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from rewards.scoring.signals import Limits

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

MOST_WEIGHT = 9


def _number(
    name: "_StrOrPromise",
    default: int,
    *,
    least: int = 1,
    most: int = 10_000,
    help_text: "_StrOrPromise" = "",
) -> models.PositiveSmallIntegerField:
    checks = [MinValueValidator(least), MaxValueValidator(most)]
    return models.PositiveSmallIntegerField(
        name, default=default, validators=checks, help_text=help_text
    )


def _weight(name: "_StrOrPromise", default: int) -> models.PositiveSmallIntegerField:
    return _number(name, default, least=0, most=MOST_WEIGHT)


class FairPlayRules(models.Model):
    """One version of what is looked at. The newest is used; none is ever edited."""

    days_read = _number(_("days looked back"), 90, least=7, most=365)
    share_percent = _number(
        _("credit from one asker above percent"), 40, least=10, most=100
    )
    share_from = _number(_("counted from accepted answers"), 5, least=2)
    mutual_each = _number(
        _("answers accepted both ways, each"),
        3,
        help_text=_("Most people who talk answer each other: keep it above chance."),
    )
    quick_seconds = _number(_("accepted within seconds"), 60)
    quick_times = _number(_("so quickly at least times"), 2)
    burst_votes = _number(_("votes of one person for one author"), 5, least=2)
    burst_minutes = _number(_("within minutes"), 10)
    sole_from = _number(
        _("answers of only one person accepted or voted for, at least"), 2, least=2
    )
    ring_from = _number(
        _("such accounts around one person"),
        3,
        least=2,
        help_text=_("Together they must bring the share of credit above, too."),
    )
    devoted_from = _number(
        _("answers accepted by somebody who knows nobody else, at least"),
        8,
        least=3,
        help_text=_("Such a person must bring the share of credit above, too."),
    )
    newcomers_from = _number(
        _("newcomers with one question who accepted, at least"), 10, least=5
    )
    newcomers_percent = _number(
        _("of all newcomers somebody answered alone, percent"),
        90,
        least=50,
        most=100,
        help_text=_("Compared with how many newcomers accept in the whole hall."),
    )
    newcomers_odds = _number(
        _("so many by chance for one helper in"), 10_000, least=100, most=30_000
    )
    share_weight = _weight(_("weight: credit from one asker"), 1)
    sole_weight = _weight(_("weight: no other partner"), 1)
    devoted_weight = _weight(_("weight: many from one who knows nobody else"), 2)
    newcomers_weight = _weight(_("weight: newcomers agree beyond chance"), 3)
    mutual_weight = _weight(_("weight: both ways"), 2)
    quick_weight = _weight(_("weight: accepted at once"), 1)
    burst_weight = _weight(_("weight: votes in a burst"), 1)
    device_weight = _weight(_("weight: same device"), 2)
    network_weight = _weight(_("weight: same network"), 1)
    open_from = _number(
        _("a case opens from"),
        3,
        least=2,
        help_text=_("Weights added up; signs of at least two sorts are needed."),
    )
    watch_sign_ins = models.BooleanField(
        _("compare devices and networks at sign-in"),
        default=True,
        help_text=_("Off: nothing is kept, and what was kept is deleted."),
    )
    sign_in_days = _number(_("kept for days"), 30, most=90)
    crowd_from = _number(
        _("a network or device used by more people says nothing"), 8, least=2
    )
    decide_hours = _number(_("decided within hours"), 72)
    undecided_days = _number(
        _("undecided: points released after days"),
        14,
        help_text=_("Nobody waits for ever because nobody looked."),
    )
    hold_days = _number(_("held by decision: released after days"), 30)
    appeal_days = _number(_("appeals are taken for days"), 60)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("fair-play rules")
        verbose_name_plural = _("fair-play rules")
        ordering = ["-pk"]
        permissions = [
            ("review_fair_play", _("Can review fair play")),
            ("answer_appeals", _("Can answer appeals")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"

    @classmethod
    def current(cls) -> "FairPlayRules":
        """The newest version, or what a new site begins with (unsaved)."""
        return cls.objects.first() or cls()

    @property
    def limits(self) -> Limits:
        return Limits(
            share=self.share_percent / 100,
            share_from=self.share_from,
            mutual_each=self.mutual_each,
            quick_seconds=self.quick_seconds,
            quick_times=self.quick_times,
            burst_votes=self.burst_votes,
            burst_seconds=self.burst_minutes * 60,
            sole_from=self.sole_from,
            ring_from=self.ring_from,
            devoted_from=self.devoted_from,
            newcomers_from=self.newcomers_from,
            newcomers_share=self.newcomers_percent / 100,
            newcomers_odds=self.newcomers_odds,
            open_from=self.open_from,
            weights={
                "share": self.share_weight,
                "sole": self.sole_weight,
                "devoted": self.devoted_weight,
                "newcomers": self.newcomers_weight,
                "mutual": self.mutual_weight,
                "quick": self.quick_weight,
                "burst": self.burst_weight,
                "device": self.device_weight,
                "network": self.network_weight,
            },
        )


class SignInTrace(models.Model):
    """That somebody signed in from a device or network, as a code of one month.

    Only codes of the same month can be compared; addresses and cookies are not kept.
    """

    class Kind(models.TextChoices):
        DEVICE = "device", _("device")
        NETWORK = "network", _("network")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="sign_in_traces"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    code = models.CharField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "kind", "code"], name="one_trace_a_code_and_person"
            )
        ]
        indexes = [
            models.Index(fields=["code"], name="sign_in_by_code"),
            models.Index(fields=["at"], name="sign_in_to_forget"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"


class CaseQuerySet(models.QuerySet["Case"]):
    def live(self) -> "CaseQuerySet":
        return self.filter(state__in=Case.LIVE)

    def closed(self) -> "CaseQuerySet":
        return self.exclude(state__in=Case.LIVE)

    def with_person(self, person_id: int) -> "CaseQuerySet":
        return self.filter(people__person_id=person_id)


class Case(models.Model):
    """People whose dealings look unfair. While it lives, points among them wait."""

    class State(models.TextChoices):
        OPEN = "open", _("to decide")
        HELD = "held", _("held")
        RELEASED = "released", _("released")
        CLAWED_BACK = "clawed_back", _("taken back")
        LAPSED = "lapsed", _("released: nobody decided")

    LIVE = (State.OPEN, State.HELD)

    # Around whom it is; the others deal with them.
    centre = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    rules = models.ForeignKey(FairPlayRules, models.PROTECT, related_name="+")
    # What was seen: "signals" and "edges", ids and numbers only.
    evidence = models.JSONField(default=dict)
    weight = models.PositiveIntegerField()
    opened_at = models.DateTimeField()
    grown_at = models.DateTimeField()
    decide_by = models.DateTimeField()
    lapses_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("fair-play case")
        verbose_name_plural = _("fair-play cases")
        constraints = [
            models.UniqueConstraint(
                fields=["centre"],
                condition=Q(state__in=["open", "held"]),
                name="one_live_case_around_a_person",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "held"], closed_at__isnull=True)
                | Q(
                    state__in=["released", "clawed_back", "lapsed"],
                    closed_at__isnull=False,
                ),
                name="closed_cases_know_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["decide_by", "id"],
                condition=Q(state="open"),
                name="case_to_decide",
            ),
            models.Index(
                fields=["lapses_at"],
                condition=Q(state__in=["open", "held"]),
                name="case_to_lapse",
            ),
            models.Index(fields=["state", "-opened_at", "-id"], name="case_by_state"),
        ]

    def __str__(self) -> str:
        return f"F-{self.pk}"

    @property
    def is_live(self) -> bool:
        return self.state in self.LIVE

    def is_overdue(self, at: datetime) -> bool:
        return self.state == self.State.OPEN and self.decide_by < at


class CasePerson(models.Model):
    """Somebody in a case. Nobody decides about a case they are in."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="people")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="fair_play"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["case", "person"], name="once_in_a_case")
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.person_id}"


class CaseStep(models.Model):
    """What happened to a case, by whom and why. Append-only."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("opened")
        GROWN = "grown", _("more was seen")
        HELD = "held", _("points held")
        RELEASED = "released", _("points released")
        CLAWED_BACK = "clawed_back", _("points taken back")
        LAPSED = "lapsed", _("released: nobody decided in time")
        APPEALED = "appealed", _("appealed")
        GRANTED = "granted", _("appeal granted")
        REFUSED = "refused", _("appeal refused")

    DECISIONS = (Kind.HELD, Kind.RELEASED, Kind.CLAWED_BACK)

    case = models.ForeignKey(Case, models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # Null: the hall itself.
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=500, blank=True)
    # Of a decision to take back: {"points": {person id: how many}}.
    data = models.JSONField(default=dict)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="steps_of_a_case")]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.kind}"


class Appeal(models.Model):
    """One person's word against one decision; somebody else answers it."""

    class State(models.TextChoices):
        OPEN = "open", _("to answer")
        GRANTED = "granted", _("granted")
        REFUSED = "refused", _("refused")

    step = models.ForeignKey(CaseStep, models.PROTECT, related_name="appeals")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="appeals"
    )
    text = models.TextField()
    at = models.DateTimeField()
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    answer = models.CharField(max_length=500, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["step", "person"], name="one_appeal_a_decision_and_person"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answered_at__isnull=True)
                | Q(state__in=["granted", "refused"], answered_at__isnull=False),
                name="answered_appeals_know_when",
            ),
        ]
        indexes = [
            models.Index(
                fields=["at"], condition=Q(state="open"), name="appeal_to_answer"
            )
        ]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.person_id}"

    @property
    def is_open(self) -> bool:
        return self.state == self.State.OPEN


class FairPlayScan(models.Model):
    """A nightly look over everybody who earned something since the one before."""

    at = models.DateTimeField(unique=True)
    people_count = models.PositiveIntegerField()
    opened_count = models.PositiveIntegerField()
    # Newcomers whom somebody answered alone, and how many of these accepted.
    newcomers_answered = models.PositiveIntegerField(default=0)
    newcomers_agreed = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M}"


def decide_by(rules: FairPlayRules, at: datetime) -> datetime:
    return at + timedelta(hours=rules.decide_hours)


def lapses_at(rules: FairPlayRules, at: datetime) -> datetime:
    return at + timedelta(days=rules.undecided_days)
