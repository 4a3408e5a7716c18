"""The points ledger: double entry, append-only, balanced by construction."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Account(models.Model):
    """Where points lie. Only people's accounts store a balance.

    The hall's own accounts are summed from their entries, so no row is hot.
    """

    class Kind(models.TextChoices):
        HELD = "held", _("held")
        SPENDABLE = "spendable", _("spendable")
        RESERVED = "reserved", _("reserved")
        ISSUED = "issued", _("issued")
        REDEEMED = "redeemed", _("redeemed")
        EXPIRED = "expired", _("expired")
        CLAWBACK = "clawback", _("taken back")
        DONATED = "donated", _("given to good causes")
        # Between the two halves of passing points on; empty at every other time.
        PASSED_ON = "passed_on", _("passed on")

    PERSONAL = (Kind.HELD, Kind.SPENDABLE, Kind.RESERVED)

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="accounts"
    )
    kind = models.CharField(max_length=10, choices=Kind.choices)
    balance = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "kind"], name="one_account_of_a_kind_per_person"
            ),
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(owner__isnull=True),
                name="one_hall_account_of_a_kind",
            ),
            models.CheckConstraint(
                condition=Q(balance__gte=0), name="balance_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(
                    owner__isnull=False, kind__in=["held", "spendable", "reserved"]
                )
                | Q(
                    owner__isnull=True,
                    kind__in=[
                        "issued",
                        "redeemed",
                        "expired",
                        "clawback",
                        "donated",
                        "passed_on",
                    ],
                    balance=0,
                ),
                name="people_hold_and_the_hall_issues",
            ),
        ]
        indexes = [
            # What the hall owes is summed from this index alone.
            models.Index(
                fields=["kind", "balance"],
                condition=Q(balance__gt=0),
                name="account_with_points",
            )
        ]

    def __str__(self) -> str:
        return f"{self.owner_id or 'hall'}:{self.kind}"


class Transfer(models.Model):
    """One fact about points. Its entries move them; `idem_key` makes a repeat nothing.

    Stores reason and data, never sentences: the reader's language decides the words.
    An award that the caps left nothing of stands here without entries, so that it is
    paid when an earlier one is taken back.
    """

    class Kind(models.TextChoices):
        AWARD = "award", _("earned")
        GRANT = "grant", _("given by hand")
        VEST = "vest", _("released")
        REVERSAL = "reversal", _("taken back")
        REDEEM = "redeem", _("redeemed")
        FULFIL = "fulfil", _("delivered")
        CANCEL = "cancel", _("cancelled")
        VOID = "void", _("given back for a void code")
        EXPIRE = "expire", _("expired")
        DONATE = "donate", _("donated")
        PASS_ON = "pass_on", _("passed on")
        RECEIVE = "receive", _("received")
        # Moves nothing: points go into a new lot of the same account.
        CARRY = "carry", _("carried over")

    # What brings new points into the world, and can be taken back.
    ISSUING = (Kind.AWARD, Kind.GRANT)

    kind = models.CharField(max_length=10, choices=Kind.choices)
    idem_key = models.CharField(max_length=150, unique=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="transfers"
    )
    # Who was helped or voted; with the source it makes the cause of an award.
    partner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    reason = models.CharField(max_length=40)
    source_type = models.CharField(max_length=40)
    source_id = models.CharField(max_length=60)
    data = models.JSONField(default=dict)
    reverses = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="reversed_by"
    )
    at = models.DateTimeField()
    # Awards: the moment of the cause. Its day and month are what the caps count.
    earned_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="award", earned_at__isnull=False)
                | (~Q(kind="award") & Q(earned_at__isnull=True)),
                name="awards_know_when_they_were_earned",
            )
        ]
        indexes = [
            models.Index(fields=["person", "-at", "-id"], name="transfer_history"),
            models.Index(
                fields=["person", "earned_at"],
                condition=Q(kind="award"),
                name="transfer_of_day",
            ),
            models.Index(
                fields=["person", "reason", "partner", "earned_at"],
                condition=Q(kind="award"),
                name="transfer_of_pair",
            ),
            models.Index(fields=["source_type", "source_id"], name="transfer_source"),
            # Days are summed for the reports.
            models.Index(fields=["at"], name="transfer_by_time"),
        ]

    def __str__(self) -> str:
        return self.idem_key


class Entry(models.Model):
    """`amount` points leave the account `debit` and reach the account `credit`."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="entries")
    debit = models.ForeignKey(Account, models.PROTECT, related_name="given")
    credit = models.ForeignKey(Account, models.PROTECT, related_name="received")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="entry_is_positive"),
            models.CheckConstraint(
                condition=~Q(debit=F("credit")), name="entry_moves_between_two"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.debit_id} -> {self.credit_id}: {self.amount}"


class Lot(models.Model):
    """Points earned together, which expire together. Spent oldest expiry first."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="lots")
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="lots")
    granted = models.BigIntegerField()
    remaining = models.BigIntegerField()
    vests_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    # One to one: what was not used is carried over once.
    carried_from = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="carried_to"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(granted__gt=0)
                & Q(remaining__gte=0)
                & Q(remaining__lte=F("granted")),
                name="lot_within_its_grant",
            )
        ]
        indexes = [
            models.Index(
                fields=["account", "expires_at", "id"],
                condition=Q(remaining__gt=0),
                name="lot_to_spend_next",
            ),
            models.Index(
                fields=["expires_at"],
                condition=Q(remaining__gt=0),
                name="lot_to_expire",
            ),
            models.Index(
                fields=["vests_at"],
                condition=Q(vests_at__isnull=False),
                name="lot_to_vest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.remaining}/{self.granted}"


class LotUse(models.Model):
    """Points a transfer took from a lot; negative when it put them back."""

    lot = models.ForeignKey(Lot, models.PROTECT, related_name="uses")
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="lot_uses")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(amount=0), name="lot_use_not_nothing")
        ]

    def __str__(self) -> str:
        return f"{self.lot_id}: {self.amount}"


class Debt(models.Model):
    """What a person spent before it was taken back; later earnings pay it first."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        primary_key=True,
        related_name="points_debt",
    )
    amount = models.BigIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="debt_not_negative")
        ]

    def __str__(self) -> str:
        return f"{self.person_id}: {self.amount}"
