"""What people are told about their own account, in the reader's language."""

from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from people.registries import notification


@notification("people.api_key_made", by_mail=True)
def api_key_made(data: dict[str, Any]) -> str:
    return _(
        "The API key “%(name)s” was made for your account. If it was not you, revoke it"
        " and change your password."
    ) % {"name": data["name"]}


@notification("people.data_copied", by_mail=True)
def data_copied(data: dict[str, Any]) -> str:  # noqa: ARG001
    return _(
        "A copy of all your data was downloaded from your account. If it was not you,"
        " change your password now and tell our team."
    )


@notification("people.closing", by_mail=True)
def closing(data: dict[str, Any]) -> str:
    due_at = localtime(datetime.fromisoformat(data["due_at"]))
    return _(
        "You closed your account. It will be erased on %(day)s; sign in before then if"
        " you want to keep it. If it was not you, sign in and change your password."
    ) % {"day": date_format(due_at)}
