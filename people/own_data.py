"""The copy of everything we keep about a person, for themselves."""

import json
from datetime import datetime
from io import BufferedIOBase
from tempfile import SpooledTemporaryFile
from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from people import registries
from people.models import Person

IN_MEMORY_BYTES = 1_000_000


def write_copy(*, person: Person, at: datetime) -> BufferedIOBase:
    """A file of JSON with a part for every room, ready to be read.

    Written whole before anybody gets it: a copy that breaks off looks complete. One
    room is in memory at a time.
    """
    copy = SpooledTemporaryFile(max_size=IN_MEMORY_BYTES)  # noqa: SIM115  read later
    encoder = DjangoJSONEncoder(ensure_ascii=False, indent=2)
    opening = {
        "of": person.handle,
        "at": at,
        "from": settings.BASE_URL,
        "about": _(
            "Everything this site keeps about you. What others wrote about you in"
            " confidence, passwords and other people's data are not in it."
        ),
    }
    copy.write(b'{"copy": ')
    _write(copy, encoder, opening)
    for name, collect in sorted(registries.exports().items()):
        copy.write(f", {json.dumps(name)}: ".encode())
        _write(copy, encoder, collect(person))
    copy.write(b"}\n")
    copy.seek(0)
    return cast("BufferedIOBase", copy)


def _write(copy: SpooledTemporaryFile, encoder: DjangoJSONEncoder, part: Any) -> None:
    for words in encoder.iterencode(part):
        copy.write(words.encode())


def export_person(person: Person) -> dict[str, Any]:
    """Who they are here, how they come in, what they agreed to and were told."""
    told = person.notifications.order_by("at", "pk")
    return {
        "profile": {
            "handle": person.handle,
            "former_handles": list(
                person.old_handles.order_by("left_at").values("handle", "left_at")
            ),
            "name": person.display_name,
            "about_me": person.bio,
            "e_mail": person.email,
            "language": person.language,
            "time_zone": person.time_zone,
            "region": person.region.slug if person.region else None,
            "standing": person.standing,
            "roles": list(person.groups.values_list("name", flat=True)),
            "joined_at": person.date_joined,
            "last_signed_in_at": person.last_login,
        },
        "signing_in": {
            "e_mail_addresses": list(
                EmailAddress.objects.filter(user=person).values(
                    "email", "verified", "primary"
                )
            ),
            "connected_accounts": list(
                SocialAccount.objects.filter(user=person).values(
                    "provider", "uid", "date_joined", "last_login", "extra_data"
                )
            ),
            "second_factors": list(
                Authenticator.objects.filter(user=person).values(
                    "type", "created_at", "last_used_at"
                )
            ),
            "sessions": list(
                UserSession.objects.filter(user=person).values(
                    "created_at", "last_seen_at", "ip", "user_agent"
                )
            ),
            "api_keys": list(
                person.api_keys.order_by("created_at").values(
                    "name", "scope", "prefix", "created_at", "last_used_at"
                )
            ),
        },
        "known_elsewhere_as": list(
            person.identities.order_by("at").values("channel", "external_id", "at")
        ),
        "agreements": list(
            person.consents.order_by("at").values(
                "kind", "version", "at", "withdrawn_at"
            )
        ),
        "notifications": list(told.values("kind", "data", "url", "at", "read_at")),
        "notification_choices": list(
            person.notification_choices.order_by("kind").values(
                "kind", "channel", "is_wanted"
            )
        ),
        "requests_about_your_data": list(
            person.data_requests.order_by("asked_at").values(
                "kind", "asked_at", "due_at", "cancelled_at", "done_at"
            )
        ),
    }
