"""The filters beside a result list: what could be picked, and what it would leave."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.utils.translation import gettext as _, gettext_lazy

from common.templatetags.components import STATUSES
from search.documents import Results

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

LANGUAGES = {"en": "English", "zh-hans": "中文"}
AGES = {"month": gettext_lazy("Past month"), "year": gettext_lazy("Past year")}
MOST_CHOICES = 8


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    count: int
    is_picked: bool
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """One filter; `name` is its parameter in the address."""

    name: str
    heading: str
    choices: list[Choice]

    @property
    def is_picked(self) -> bool:
        return any(choice.is_picked for choice in self.choices)


def groups(
    results: Results,
    picked: Mapping[str, str],
    now_at: QueryDict,
    language: str,
    tags: Mapping[str, str],
) -> list[Group]:
    """The filters worth showing: those with more than one choice, or with one picked.

    `now_at` are the parameters of the page; each choice links to them with its own.
    `tags` are the names of tags by slug.
    """
    circles = {
        slug: names.get(language) or names.get("en") or slug
        for slug, names in results.circle_names.items()
    }
    found = [
        _group("circle", _("Topic"), circles, results, picked, now_at),
        _group("status", _("State"), _status_labels(), results, picked, now_at),
        _group("tag", _("Tag"), tags, results, picked, now_at),
        _group("language", _("Language"), LANGUAGES, results, picked, now_at),
        _group("age", _("Age"), AGES, results, picked, now_at),
    ]
    return [one for one in found if len(one.choices) > 1 or one.is_picked]


def _group(
    name: str,
    heading: str,
    labels: Mapping[str, "StrOrPromise"],
    results: Results,
    picked: Mapping[str, str],
    now_at: QueryDict,
) -> Group:
    counts = results.counts.get("since" if name == "age" else name, {})
    values = [value for value in labels if counts.get(value) or picked[name] == value]
    if name in ("circle", "tag"):
        values.sort(key=lambda value: (picked[name] != value, -counts.get(value, 0)))
    choices = [
        Choice(
            value,
            str(labels[value]),
            counts.get(value, 0),
            picked[name] == value,
            _address(now_at, name, "" if picked[name] == value else value),
        )
        for value in values[:MOST_CHOICES]
    ]
    return Group(name, heading, choices)


def _address(now_at: QueryDict, name: str, value: str) -> str:
    """The page's parameters with one filter picked, or let go again by ""."""
    parameters = now_at.copy()
    parameters.pop("page", None)
    parameters.pop(name, None)
    if value:
        parameters[name] = value
    return f"?{parameters.urlencode()}"


def _status_labels() -> dict[str, str]:
    shown = ("solved", "answered", "ticket", "open", "closed")
    return {status: str(STATUSES[status][1]) for status in shown}
