"""What people are told about their own account, in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _

from people.registries import notification


@notification("people.api_key_made", by_mail=True)
def api_key_made(data: dict[str, Any]) -> str:
    return _(
        "The API key “%(name)s” was made for your account. If it was not you, revoke it"
        " and change your password."
    ) % {"name": data["name"]}
