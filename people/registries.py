"""What rooms above tell people about, in their apps.ready()."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from people.models import Notification, Person

EDITORS, MODERATORS, DESK, MANAGERS = GROUPS = (
    "Editors",
    "Moderators",
    "Desk",
    "Managers",
)

ENTER_ADMIN = "wagtailadmin.access_admin"

Sentence = Callable[[dict[str, Any]], str]
MailPath = Callable[["Notification", datetime], str]


@dataclass(frozen=True)
class NotificationKind:
    kind: str
    sentence: Sentence
    label: "_StrOrPromise"
    by_mail: bool
    mail_path: "MailPath | None" = None


@dataclass
class _Registries:
    grants: dict[str, set[str]] = field(default_factory=dict)
    notifications: dict[str, NotificationKind] = field(default_factory=dict)
    erasures: list[Callable[..., None]] = field(default_factory=list)
    exports: dict[str, Callable[["Person"], Any]] = field(default_factory=dict)
    documents: dict[str, Callable[[str], str]] = field(default_factory=dict)


_registries = _Registries()


def grant(group_name: str, *permissions: str) -> None:
    """Let a staff group do something: grant(MANAGERS, "rewards.manage_rewards")."""
    if group_name not in GROUPS:
        raise ValueError(f"{group_name} is not one of {', '.join(GROUPS)}")
    _registries.grants.setdefault(group_name, set()).update(permissions)


def grants() -> dict[str, set[str]]:
    return _registries.grants


def notification(
    kind: str,
    label: "_StrOrPromise" = "",
    *,
    by_mail: bool = False,
    mail_path: MailPath | None = None,
) -> Callable[[Sentence], Sentence]:
    """Register how a notification of this kind reads, from its data.

    The sentence is asked in the reader's language. A kind with a label can be
    switched off by its reader; `by_mail` is whether it is mailed unless they say no.
    `mail_path` makes another address than the notification's when the mail is written.
    """

    def register(sentence: Sentence) -> Sentence:
        _registries.notifications[kind] = NotificationKind(
            kind, sentence, label, by_mail, mail_path
        )
        return sentence

    return register


def notification_kinds() -> dict[str, NotificationKind]:
    return _registries.notifications


def erasure(forget: Callable[..., None]) -> Callable[..., None]:
    """Register forget(person=, at=): blanks what this room keeps of a person."""
    _registries.erasures.append(forget)
    return forget


def erasures() -> list[Callable[..., None]]:
    return _registries.erasures


def export(
    name: str,
) -> Callable[[Callable[["Person"], Any]], Callable[["Person"], Any]]:
    """Register what this room hands a person who asks for their data."""

    def register(collect: Callable[["Person"], Any]) -> Callable[["Person"], Any]:
        _registries.exports[name] = collect
        return collect

    return register


def exports() -> dict[str, Callable[["Person"], Any]]:
    return _registries.exports


def document(kind: str) -> Callable[[Callable[[str], str]], Callable[[str], str]]:
    """Register where a consent's text stands: a function of the language code."""

    def register(address: Callable[[str], str]) -> Callable[[str], str]:
        _registries.documents[kind] = address
        return address

    return register


def document_url(kind: str, language: str) -> str:
    """The address of the terms, privacy policy or licence; "" when nobody has one."""
    address = _registries.documents.get(kind)
    return address(language) if address else ""
