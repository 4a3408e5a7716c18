"""Structured data for search engines: schema.org as JSON-LD, and nothing but data."""

import json
import re
from collections.abc import Iterable
from html import unescape
from typing import Any

from django.conf import settings
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

Properties = dict[str, Any]

# Nothing in the data can end the <script> around it, or begin a comment in it.
_ESCAPES = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
# What search engines call our languages.
HREFLANG = {"en": "en", "zh-hans": "zh-CN"}
_PICTURE = re.compile(r'<img [^>]*?src="([^"]+)"')


def as_script(*graphs: Properties) -> SafeString:
    """<script type="application/ld+json"> for each; data that no browser executes."""
    blocks = (
        json.dumps({"@context": "https://schema.org", **graph}, ensure_ascii=False)
        for graph in graphs
    )
    return mark_safe(  # noqa: S308  every < and > is escaped
        "\n".join(
            f'<script type="application/ld+json">{block.translate(_ESCAPES)}</script>'
            for block in blocks
        )
    )


def breadcrumbs(crumbs: Iterable[tuple[str, str]]) -> Properties:
    """(name, path) of a page, after those of what stands above it."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": absolute(path),
            }
            for position, (name, path) in enumerate(crumbs, start=1)
        ],
    }


def alternates(addresses: dict[str, str]) -> SafeString:
    """Every language version names all of them, itself too; English is x-default."""
    if len(addresses) < 2:
        return mark_safe("")  # noqa: S308  a constant
    links = {HREFLANG[language]: address for language, address in addresses.items()}
    links["x-default"] = addresses.get("en") or next(iter(addresses.values()))
    return format_html_join(
        "\n",
        '<link rel="alternate" hreflang="{}" href="{}">',
        ((code, absolute(address)) for code, address in links.items()),
    )


def absolute(address: str) -> str:
    return settings.BASE_URL + address if address.startswith("/") else address


def pictures(html: str) -> list[str]:
    """The absolute addresses of the pictures in clean HTML."""
    if "<img " not in html:
        return []
    return [absolute(unescape(source)) for source in _PICTURE.findall(html)]
