"""What people agree to, and take back."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from people.models import Consent, Person
from people.queries import AGREED_AT_SIGN_UP


@transaction.atomic
def accept_terms(
    *, person: Person, at: datetime, version: str | None = None
) -> list[Consent]:
    """Record consent to terms, privacy policy and licence in one version."""
    version = version or settings.ANSWERHALL_TERMS_VERSION
    return [
        Consent.objects.update_or_create(
            person=person,
            kind=kind,
            version=version,
            defaults={"withdrawn_at": None},
            create_defaults={"at": at},
        )[0]
        for kind in AGREED_AT_SIGN_UP
    ]


@transaction.atomic
def choose_marketing(*, person: Person, is_wanted: bool, at: datetime) -> None:
    """Say yes or no to news and offers. A no counts from this moment."""
    version = settings.ANSWERHALL_TERMS_VERSION
    standing = person.consents.filter(kind=Consent.Kind.MARKETING, withdrawn_at=None)
    if not is_wanted:
        standing.update(withdrawn_at=at)
    elif not standing.exists():
        Consent.objects.update_or_create(
            person=person,
            kind=Consent.Kind.MARKETING,
            version=version,
            defaults={"at": at, "withdrawn_at": None},
        )
