"""Everybody we know, how we know them, and what they agreed to."""

import zoneinfo
from datetime import datetime
from typing import Any, ClassVar, NoReturn, Self

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    PermissionsMixin,
)
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import (
    get_language,
    gettext,
    gettext_lazy as _,
    pgettext_lazy,
)

from common.addresses import address
from people.handles import ERASED_PREFIX, skeleton
from people.registries import ENTER_ADMIN

BIO_MAX_CHARS = 500


class Region(models.Model):
    """A place that gifts, shops and incidents refer to; regions nest."""

    slug = models.SlugField(_("slug"), unique=True)
    name_en = models.CharField(_("English name"), max_length=80)
    name_zh = models.CharField(_("Chinese name"), max_length=80)
    parent = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
        verbose_name=_("part of"),
    )

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        ordering = ("slug",)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        is_chinese = (get_language() or "").startswith("zh")
        return self.name_zh if is_chinese else self.name_en


class PersonQuerySet(models.QuerySet["Person"]):
    def with_login(self) -> Self:
        """People who signed up here and may still come in."""
        return self.filter(source="", is_active=True, merged_into=None)

    def known_as(self, handle: str) -> Self:
        return self.filter(handle_skeleton=skeleton(handle))

    def delete(self) -> NoReturn:
        raise TypeError("People are never deleted. Use people.actions.erase_person.")


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Unfiltered: whoever lists people says which."""

    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(handle=username)

    def create_user(
        self,
        handle: str,
        email: str | None = None,
        password: str | None = None,
        **fields: Any,
    ) -> "Person":
        person = self.model(handle=handle, email=email, **fields)
        person.password = make_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(
        self,
        handle: str,
        email: str | None = None,
        password: str | None = None,
        **fields: Any,
    ) -> "Person":
        fields |= {"is_superuser": True, "standing": Person.Standing.STAFF}
        return self.create_user(handle, email, password, **fields)


# Managers of Wagtail models that refer to people are untyped.
class Person(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]
    """Member, staff, imported author or channel contact. Login is optional."""

    class Standing(models.TextChoices):
        MEMBER = "member", _("Member")
        AGENT = "agent", _("Service agent")
        STAFF = "staff", _("Staff")

    handle = models.CharField(_("handle"), max_length=30, unique=True)
    handle_skeleton = models.CharField(max_length=60, unique=True, editable=False)
    display_name = models.CharField(
        pgettext_lazy("person", "name"), max_length=60, blank=True
    )
    email = models.EmailField(_("e-mail"), null=True, blank=True, unique=True)
    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        choices=[("", _("As my browser asks")), *settings.LANGUAGES],
    )
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
        verbose_name=_("region"),
    )
    bio = models.TextField(_("about me"), max_length=BIO_MAX_CHARS, blank=True)
    # Written only by people.actions; permissions are read from groups, never here.
    standing = models.CharField(
        _("standing"),
        max_length=10,
        choices=Standing.choices,
        default=Standing.MEMBER,
        editable=False,
    )
    is_active = models.BooleanField(_("may sign in"), default=True)
    date_joined = models.DateTimeField(_("joined"), default=timezone.now)
    # Where an imported person came from; both are "" for people of this hall.
    source = models.CharField(max_length=60, blank=True, editable=False)
    source_id = models.CharField(max_length=100, blank=True, editable=False)
    merged_into = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged_from",
    )
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    USERNAME_FIELD = "handle"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    objects = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("handle",)
        constraints = [
            models.UniqueConstraint(
                fields=("source", "source_id"),
                condition=~Q(source=""),
                name="one_person_per_source",
            ),
            models.CheckConstraint(
                condition=~Q(email=""), name="email_is_null_or_real"
            ),
            models.CheckConstraint(
                condition=Q(standing__in=["member", "agent", "staff"]),
                name="standing_is_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.prepare_to_save()
        if (names := kwargs.get("update_fields")) is not None and "handle" in names:
            kwargs["update_fields"] = {*names, "handle_skeleton"}
        super().save(*args, **kwargs)

    def prepare_to_save(self) -> None:
        """What every stored person has; bulk_create calls it itself."""
        self.handle_skeleton = skeleton(self.handle)
        self.email = self.email.strip().lower() or None if self.email else None

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG002
        raise TypeError("People are never deleted. Use people.actions.erase_person.")

    def get_absolute_url(self) -> str:
        return address("people:profile", self.handle)

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        if self.display_name:
            return self.display_name
        # Read from the handle: lists load no more of a person than they show.
        is_gone = self.handle.startswith(ERASED_PREFIX)
        return gettext("Former member") if is_gone else self.handle

    @property
    def is_imported(self) -> bool:
        return self.source != ""

    @property
    def is_erased(self) -> bool:
        return self.erased_at is not None

    @property
    def voice(self) -> str:
        """How the person sounds beside their name: member, agent or official."""
        is_staff = self.standing == self.Standing.STAFF
        return "official" if is_staff else str(self.standing)

    @property
    def is_staff(self) -> bool:
        """May enter the admin. Read from the role, so that removal counts at once."""
        return self.has_perm(ENTER_ADMIN)

    @property
    def zone(self) -> zoneinfo.ZoneInfo:
        return zoneinfo.ZoneInfo(self.time_zone or settings.ANSWERHALL_TIME_ZONE)


class OldHandle(models.Model):
    """A handle somebody left: it leads to them, and nobody else may take it."""

    handle = models.CharField(max_length=30)
    handle_skeleton = models.CharField(max_length=60, unique=True)
    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="old_handles"
    )
    left_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.handle


class Identity(models.Model):
    """A person as another channel knows them."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="identities"
    )
    channel = models.CharField(max_length=30)
    external_id = models.CharField(max_length=191)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(
                fields=("channel", "external_id"), name="one_person_per_identity"
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel}:{self.external_id}"


class Consent(models.Model):
    """What somebody agreed to, in which version, and whether they took it back."""

    class Kind(models.TextChoices):
        TERMS = "terms", _("Terms of use")
        PRIVACY = "privacy", _("Privacy policy")
        CONTENT_LICENCE = "content-licence", _("Licence of contributions")
        MARKETING = "marketing", _("News and offers")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="consents"
    )
    kind = models.CharField(max_length=20, choices=Kind.choices)
    version = models.CharField(max_length=20)
    at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("person", "kind", "version"), name="one_consent_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person} · {self.kind} {self.version}"


class NotificationQuerySet(models.QuerySet["Notification"]):
    def unread(self) -> Self:
        return self.filter(read_at=None)


class Notification(models.Model):
    """A fact for one reader: kind and data, put into words in their language."""

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="notifications"
    )
    kind = models.CharField(max_length=40)
    data = models.JSONField(default=dict)
    url = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=191, unique=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        ordering = ("-at", "-pk")
        indexes = [
            models.Index(fields=["person", "-at"], name="notification_newest"),
            models.Index(
                fields=["person"],
                condition=Q(read_at=None),
                name="notification_unread",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class NotificationChoice(models.Model):
    """Somebody's wish about one kind on one channel, where it is not the default."""

    class Channel(models.TextChoices):
        SITE = "site", _("On this site")
        MAIL = "mail", _("By e-mail")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="notification_choices"
    )
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    is_wanted = models.BooleanField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=("person", "kind", "channel"), name="one_choice_per_channel"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.channel}"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def in_force(self, at: datetime) -> Self:
        return self.filter(revoked_at=None, expires_at__gt=at)


class ApiKey(models.Model):
    """Lets a program act for its person. The key itself is shown once, never kept."""

    class Scope(models.TextChoices):
        READ = "read", _("Read only")
        WRITE = "write", _("Read, ask, answer, vote and redeem")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="api_keys"
    )
    name = models.CharField(_("name"), max_length=60)
    scope = models.CharField(max_length=10, choices=Scope.choices, default=Scope.READ)
    # What people recognise it by; the rest is 32 random bytes, of which only a
    # SHA-256 is kept: nobody guesses those, so a slow hash would protect nothing.
    prefix = models.CharField(max_length=12)
    hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    # To the hour: enough to see which key is forgotten, and cheap to keep.
    last_used_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        constraints = [
            models.CheckConstraint(
                condition=Q(scope__in=["read", "write"]), name="api_key_scope_is_known"
            )
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="api_keys_of_person")
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    @property
    def may_write(self) -> bool:
        return self.scope == self.Scope.WRITE


class DataRequestQuerySet(models.QuerySet["DataRequest"]):
    def closings_ahead(self) -> Self:
        return self.filter(
            kind=DataRequest.Kind.CLOSING, cancelled_at=None, done_at=None
        )


class DataRequest(models.Model):
    """What somebody asked about their own data, and what came of it: our proof."""

    class Kind(models.TextChoices):
        COPY = "copy", _("A copy of their data")
        CLOSING = "closing", _("Closing the account")

    person = models.ForeignKey(
        Person, on_delete=models.PROTECT, related_name="data_requests"
    )
    kind = models.CharField(_("request"), max_length=10, choices=Kind.choices)
    asked_at = models.DateTimeField(_("asked for"))
    # When a closing erases the person, unless they come back before.
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("dropped"), null=True, blank=True)
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = DataRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("data request")
        verbose_name_plural = _("data requests")
        constraints = [
            models.UniqueConstraint(
                fields=("person",),
                condition=Q(kind="closing", cancelled_at=None, done_at=None),
                name="one_closing_ahead_per_person",
            ),
            models.CheckConstraint(
                condition=~Q(kind="closing") | Q(due_at__isnull=False),
                name="a_closing_has_its_day",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"],
                condition=Q(kind="closing", cancelled_at=None, done_at=None),
                name="closings_ahead",
            ),
            models.Index(fields=["person", "-asked_at"], name="data_requests_of"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind}"
