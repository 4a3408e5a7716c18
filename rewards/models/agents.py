"""The service-agent programme: its steps, figures and terms, and who is where."""

from functools import reduce
from operator import or_

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy as _

TERMS_MOST_CHARS = 20_000
NOTE_MOST_CHARS = 300


class State(models.TextChoices):
    """The six steps in their order; beside them, a break and the end."""

    FOUND = "found", _("found")
    EVALUATED = "evaluated", _("evaluated")
    INVITED = "invited", _("invited")
    ACCEPTED = "accepted", _("accepted")
    SUPPORTED = "supported", _("supported")
    REWARDED = "rewarded", _("rewarded")
    PAUSED = "paused", _("paused")
    ENDED = "ended", _("ended")


class Who(models.TextChoices):
    """Who takes a step: the nightly programme, a manager, or the person themselves."""

    PROGRAMME = "programme", _("the programme")
    MANAGER = "manager", _("a manager")
    MEMBER = "member", _("the member")


_P, _M, _A = Who.PROGRAMME, Who.MANAGER, Who.MEMBER

# Every step there is, and who may take it. The database refuses all others.
MOVES: dict[tuple[str, str], frozenset[Who]] = {
    ("", State.FOUND): frozenset({_P, _M}),
    (State.FOUND, State.EVALUATED): frozenset({_M}),
    (State.EVALUATED, State.INVITED): frozenset({_M}),
    (State.INVITED, State.ACCEPTED): frozenset({_A}),
    (State.ACCEPTED, State.SUPPORTED): frozenset({_A, _P}),
    (State.SUPPORTED, State.REWARDED): frozenset({_M}),
    (State.ACCEPTED, State.PAUSED): frozenset({_A, _M}),
    (State.SUPPORTED, State.PAUSED): frozenset({_A, _M, _P}),
    (State.REWARDED, State.PAUSED): frozenset({_A, _M, _P}),
    (State.PAUSED, State.ACCEPTED): frozenset({_A, _M}),
    (State.PAUSED, State.SUPPORTED): frozenset({_A, _M}),
    (State.PAUSED, State.REWARDED): frozenset({_A, _M}),
    (State.FOUND, State.ENDED): frozenset({_P, _M}),
    (State.EVALUATED, State.ENDED): frozenset({_M}),
    (State.INVITED, State.ENDED): frozenset({_A, _M, _P}),
    (State.ACCEPTED, State.ENDED): frozenset({_A, _M}),
    (State.SUPPORTED, State.ENDED): frozenset({_A, _M}),
    (State.REWARDED, State.ENDED): frozenset({_A, _M}),
    (State.PAUSED, State.ENDED): frozenset({_A, _M}),
}
# Whoever stands here carries the badge and may use the bench.
SERVING = (State.SUPPORTED, State.REWARDED)
# Whoever stands here has agreed, and may read about the programme and train.
JOINED = (State.ACCEPTED, *SERVING, State.PAUSED)


def _is_a_move() -> Q:
    moves = (Q(from_state=str(a), to_state=str(b)) for a, b in MOVES)
    return reduce(or_, moves)


class Programme(models.Model):
    """The figures of the programme: one row, which managers edit."""

    candidate_places = models.PositiveSmallIntegerField(
        _("places that are looked at"), default=20, validators=[MinValueValidator(1)]
    )
    runs_to_enter = models.PositiveSmallIntegerField(
        _("scorings in a row to become a candidate"),
        default=2,
        validators=[MinValueValidator(1)],
    )
    places_to_stay = models.PositiveSmallIntegerField(
        _("places within which a candidate stays one"),
        default=40,
        validators=[MinValueValidator(1)],
        help_text=_("More than the places looked at, or the list flickers."),
    )
    runs_to_leave = models.PositiveSmallIntegerField(
        _("scorings in a row outside them to leave the list"),
        default=3,
        validators=[MinValueValidator(1)],
    )
    invitation_days = models.PositiveSmallIntegerField(
        _("days an invitation is open"), default=14, validators=[MinValueValidator(1)]
    )
    ask_again_months = models.PositiveSmallIntegerField(
        _("months before somebody who said no is asked again"), default=6
    )
    terms_days = models.PositiveSmallIntegerField(
        _("days to agree to new terms"), default=14
    )
    escalations_a_day = models.PositiveSmallIntegerField(
        _("threads an agent may hand to our team a day"), default=5
    )
    sample_size = models.PositiveSmallIntegerField(
        _("answers read for a monthly bonus"),
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    remind_days = models.PositiveSmallIntegerField(
        _("days before a certificate ends that its holder is told"), default=30
    )

    class Meta:
        verbose_name = _("figures of the programme")
        verbose_name_plural = _("figures of the programme")
        constraints = [
            models.CheckConstraint(
                condition=Q(places_to_stay__gte=models.F("candidate_places")),
                name="staying_is_easier_than_entering",
            )
        ]

    def __str__(self) -> str:
        return str(_("Figures of the programme"))

    @classmethod
    def figures(cls) -> "Programme":
        """The row in force; a new site's defaults while there is none."""
        return cls.objects.order_by("pk").first() or cls()


class ProgrammeTerms(models.Model):
    """One version of what agents agree to. The newest is in force; none is edited."""

    text_en = models.TextField(_("text in English"), max_length=TERMS_MOST_CHARS)
    text_zh = models.TextField(_("text in Chinese"), max_length=TERMS_MOST_CHARS)
    made_at = models.DateTimeField(_("made at"), auto_now_add=True)

    class Meta:
        verbose_name = _("programme terms")
        verbose_name_plural = _("programme terms")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return str(_("version %(number)s") % {"number": self.pk})

    @classmethod
    def newest(cls) -> "ProgrammeTerms | None":
        """The version in force."""
        return cls.objects.order_by("-pk").first()

    @property
    def text(self) -> str:
        return in_reader_language(self.text_en, self.text_zh)


class AgentTerm(models.Model):
    """Somebody's way through the programme; the row that has not ended is the role."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="agent_terms"
    )
    state = models.CharField(_("step"), max_length=10, choices=State.choices)
    state_since = models.DateTimeField(_("since"))
    # The state a break goes back to.
    paused_in = models.CharField(max_length=10, blank=True)
    # When the bench first opened.
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # The version offered or agreed to; empty for who served before there were any.
    terms = models.ForeignKey(ProgrammeTerms, models.PROTECT, null=True)
    # When the terms they agreed to are void, or an invitation is.
    answer_by = models.DateTimeField(null=True)
    # Who said no is left in peace until then.
    ask_again_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("service agent")
        verbose_name_plural = _("service agents")
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(ended_at__isnull=True),
                name="one_open_agent_term",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="ended_terms_have_an_end",
            ),
            models.CheckConstraint(
                condition=Q(state__in=State.values), name="agent_term_in_a_known_state"
            ),
            models.CheckConstraint(
                condition=Q(
                    state="paused", paused_in__in=["accepted", "supported", "rewarded"]
                )
                | (~Q(state="paused") & Q(paused_in="")),
                name="a_break_knows_where_it_goes_back_to",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-state_since"], name="agent_terms_by_step"),
            models.Index(fields=["answer_by"], name="agent_terms_awaiting"),
        ]

    def __str__(self) -> str:
        return str(self.person)

    @property
    def is_serving(self) -> bool:
        return self.state in SERVING

    @property
    def has_joined(self) -> bool:
        return self.state in JOINED


class AgentStep(models.Model):
    """One step of a term: from where to where, who, when, and why. Append-only."""

    class Reason(models.TextChoices):
        SCORE = "score", _("near the top in the nightly scores")
        NAMED = "named", _("named by a manager")
        SCORED = "scored", _("scored by a manager")
        OFF_LIST = "off_list", _("no longer near the top in the nightly scores")
        ASKED = "asked", _("invited")
        AGREED = "agreed", _("agreed to the terms")
        DECLINED = "declined", _("said no")
        EXPIRED = "expired", _("the invitation ran out")
        TRAINED = "trained", _("training passed")
        BONUS = "bonus", _("first monthly bonus")
        BREAK = "break", _("took a break")
        BACK = "back", _("came back")
        TERMS = "terms", _("new terms not agreed to")
        LEFT = "left", _("left")
        REMOVED = "removed", _("ended by a manager")
        ERASED = "erased", _("account erased")
        BEFORE = "before", _("appointed before the programme had steps")

    term = models.ForeignKey(AgentTerm, models.PROTECT, related_name="steps")
    number = models.PositiveSmallIntegerField()
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, choices=State.choices)
    who = models.CharField(max_length=10, choices=Who.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=10, choices=Reason.choices)
    note = models.CharField(max_length=NOTE_MOST_CHARS, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["term", "number"], name="agent_steps_are_numbered"
            ),
            models.CheckConstraint(
                condition=_is_a_move(), name="no_agent_step_skipped"
            ),
            models.CheckConstraint(
                condition=Q(who="programme", actor__isnull=True)
                | Q(who__in=["manager", "member"], actor__isnull=False),
                name="agent_steps_know_who_took_them",
            ),
            models.CheckConstraint(
                condition=Q(number=1, from_state="")
                | (Q(number__gt=1) & ~Q(from_state="")),
                name="agent_steps_begin_at_the_first",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_state}>{self.to_state}"


class TermsConsent(models.Model):
    """The person agreed to exactly this version at this moment. Append-only."""

    term = models.ForeignKey(AgentTerm, models.PROTECT, related_name="consents")
    terms = models.ForeignKey(ProgrammeTerms, models.PROTECT, related_name="+")
    language = models.CharField(max_length=10)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["term", "terms"], name="one_consent_per_terms"
            )
        ]

    def __str__(self) -> str:
        return f"{self.term_id}: {self.terms_id}"


def in_reader_language(english: str, chinese: str) -> str:
    """The text of the reader's language; the other one where it is missing."""
    first, second = english, chinese
    if (get_language() or "").startswith("zh"):
        first, second = chinese, english
    return first or second
