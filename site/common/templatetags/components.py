"""The small parts every page is made of: icons, times, voices, status pills."""

from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any

from django import template
from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.paginator import Page
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext as _, gettext_lazy, ngettext

from common.folding import unchanging
from common.freshness import shows

register = template.Library()

VOICES = {
    "official": ("building-arch", gettext_lazy("Official")),
    "agent": ("headset", gettext_lazy("Service agent")),
    "member": ("user", gettext_lazy("Member")),
}
STATUSES = {
    "open": ("circle-dashed", gettext_lazy("Waiting for an answer")),
    "answered": ("message-2", gettext_lazy("Answered")),
    "ticket": ("ticket", gettext_lazy("With our team")),
    "solved": ("check", gettext_lazy("Solved")),
    "late": ("hourglass", gettext_lazy("Late")),
    "closed": ("lock", gettext_lazy("Closed")),
}
# After a month the date says more than "7 weeks ago".
RELATIVE_FOR = timedelta(days=30)
_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400  # seconds


# A page draws a few dozen of these; none of them changes while the site runs.
@register.simple_tag
@unchanging
@lru_cache(maxsize=256)
def icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("answerhall/icons.svg"),
        name,
    )


@register.simple_tag
def when(moment: datetime | None) -> SafeString:
    """A relative time; the exact one, in the reader's zone, is in the tooltip."""
    if moment is None:
        return mark_safe("")  # noqa: S308  a constant
    zone, language = timezone.get_current_timezone(), get_language()
    opening, day = _exactly(moment, zone, language)
    recent = abs(timezone.now() - moment) < RELATIVE_FOR
    words = _near(moment) if recent else day
    return mark_safe(f"{opening}{words}</time>")  # noqa: S308  all parts are escaped


@lru_cache(maxsize=10_000)
def _exactly(
    moment: datetime,
    zone: tzinfo,
    language: str | None,  # noqa: ARG001
) -> tuple[SafeString, str]:
    """The opening tag with the exact time, and the day: both never change."""
    local = timezone.localtime(moment, zone)
    opening = format_html(
        '<time datetime="{}" title="{}">',
        local.isoformat(timespec="minutes"),
        date_format(local, "DATETIME_FORMAT"),
    )
    return opening, escape(date_format(local, "DATE_FORMAT"))


def _near(moment: datetime) -> str:
    """One unit is enough: "2 days ago", not "2 days, 14 hours ago". Escaped."""
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < 0:
        return escape(naturaltime(moment))
    for unit in (_DAY, _HOUR, _MINUTE):
        if seconds >= unit:
            return _ago(unit, seconds // unit, get_language())
    return escape(_("just now"))


# A list shows some forty of these, and few that differ.
@lru_cache(maxsize=1024)
def _ago(unit: int, n: int, language: str | None) -> str:  # noqa: ARG001
    if unit == _DAY:
        words = ngettext("%(n)d day ago", "%(n)d days ago", n)
    elif unit == _HOUR:
        words = ngettext("%(n)d hour ago", "%(n)d hours ago", n)
    else:
        words = ngettext("%(n)d minute ago", "%(n)d minutes ago", n)
    return escape(words % {"n": n})


@register.simple_tag
@unchanging
def voice(kind: str) -> SafeString:
    return _voice(kind, get_language())


@lru_cache(maxsize=32)
def _voice(kind: str, language: str | None) -> SafeString:  # noqa: ARG001
    name, word = VOICES[kind]
    return format_html('<span class="voice is-{}">{}{}</span>', kind, icon(name), word)


@register.simple_tag
def avatar(person: Any, kind: str = "member") -> SafeString:
    """The first character of the name; the house's arch for official voices."""
    # Wherever somebody is introduced, a new name or badge makes the page stale.
    shows(person)
    inner = icon("building-arch") if kind == "official" else person.name[:1].upper()
    return format_html(
        '<span class="avatar is-{}" aria-hidden="true">{}</span>', kind, inner
    )


@register.inclusion_tag("components/byline.html")
def byline(person: Any, kind: str, at: datetime, note: str = "") -> dict:
    return {"person": person, "voice": kind, "at": at, "note": note}


@register.simple_tag
def pill(status: str) -> SafeString:
    return _pill(status, get_language())


@lru_cache(maxsize=32)
def _pill(status: str, language: str | None) -> SafeString:  # noqa: ARG001
    name, word = STATUSES[status]
    return format_html('<span class="pill is-{}">{}{}</span>', status, icon(name), word)


@register.simple_tag
def points(amount: int) -> SafeString:
    return format_html('<span class="points">{}{}</span>', icon("point"), f"{amount:,}")


@register.inclusion_tag("components/pager.html", takes_context=True)
def pager(context: template.Context, page: Page) -> dict:
    return {"page": page, "request": context["request"]}
