"""What people look for, without who they were; and which words mean the same."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from search.pins import key_of
from search.synonyms import MAX_TERM_CHARS, MAX_TERMS, spoken, terms_of

MAX_PINNED = 5


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
    # The id in the index of what was opened first: kb.articlepage.12.
    opened_id = models.CharField(max_length=60, blank=True, db_default="")
    # Whether they went on to the form for asking.
    asked = models.BooleanField(default=False, db_default=False)

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


class PinnedResults(models.Model):
    """What staff put first for some searches. Shown while anybody may read it."""

    queries = models.CharField(
        _("searches"),
        max_length=400,
        help_text=_(
            "Separated by commas, in any language: 积分兑换, redeem points. Forms of "
            "words, traditional characters and order make no difference."
        ),
    )
    # Ids in the index, in the order they are shown: kb.articlepage.12.
    things = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name = _("recommendation")
        verbose_name_plural = _("recommendations")
        ordering = ["queries"]

    def __str__(self) -> str:
        return self.queries

    def clean(self) -> None:
        """Every search says something; written as a list of commas."""
        texts = terms_of(self.queries)
        if not texts:
            raise ValidationError({"queries": _("Write at least one search.")})
        for text in texts:
            if not key_of(text):
                raise ValidationError(
                    {"queries": _("Search can't look for “%(word)s”.") % {"word": text}}
                )
        self.queries = ", ".join(texts)

    def how_many(self) -> int:
        return len(self.things)

    how_many.short_description = _("recommended pages")  # type: ignore[attr-defined]


class SimilarThings(models.Model):
    """What the engine found about the same as a thing that can be found."""

    # In the index: kb.articlepage.12.
    id = models.CharField(max_length=60, primary_key=True)
    # What the engine was asked: the title, and the tags.
    text = models.CharField(max_length=200)
    # Primary keys by kind, the most alike first.
    similar = models.JSONField(default=dict)
    found_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id


class SynonymGroup(models.Model):
    """Words of any language that mean the same to whoever searches here."""

    terms = models.CharField(
        _("words that mean the same"),
        max_length=400,
        help_text=_("Separated by commas, in any language: 积分, points"),
    )

    class Meta:
        verbose_name = _("synonyms")
        verbose_name_plural = _("synonyms")
        ordering = ["terms"]

    def __str__(self) -> str:
        return self.terms

    def clean(self) -> None:
        """Two words or more, each saying something; written as a list of commas."""
        terms = terms_of(self.terms)
        if len({spoken(term) for term in terms}) < 2:
            raise ValidationError({"terms": _("Write at least two different words.")})
        if len(terms) > MAX_TERMS:
            raise ValidationError(
                {"terms": _("At most %(n)d words; make two groups.") % {"n": MAX_TERMS}}
            )
        for term in terms:
            if not spoken(term) or len(term) > MAX_TERM_CHARS:
                raise ValidationError(
                    {"terms": _("Search can't look for “%(word)s”.") % {"word": term}}
                )
        self.terms = ", ".join(terms)
