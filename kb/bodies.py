"""From an article's blocks to the HTML a page shows, with its table of contents."""

import re
from dataclasses import dataclass
from html import unescape
from typing import Any

from django.templatetags.static import static
from django.utils import translation
from django.utils.html import strip_tags
from django.utils.safestring import SafeString, mark_safe

from common import markdown
from common.text import pinyin_slug

# Raise it when a block template changes: bodies stored before are then drawn afresh.
BLOCKS_VERSION = 1
BODY_VERSION = BLOCKS_VERSION * 1000 + markdown.RENDERER_VERSION

# The sprite moves with every release: bodies keep its name, not its address.
SPRITE = "{sprite}"
# Ids the page around the body uses.
TAKEN_IDS = ("main", "q", "top-q", "helped", "related", "feedback")
HEADING = re.compile(r"<h([23])((?:\s[^>]*)?)>(.*?)</h\1>", re.DOTALL)
ID_ATTRIBUTE = re.compile(r'\sid="[^"]*"')


@dataclass(frozen=True)
class Body:
    html: SafeString
    contents: list[dict[str, str]]  # {"id", "text"} of each <h2>, in order


def render_body(stream: Any, language: str) -> Body:
    """Draw the blocks in the article's own language and give each heading an id.

    The ids come from the words (Chinese in pinyin), so links survive other edits.
    """
    with translation.override(language):
        html = "\n".join(str(block.render()) for block in stream)
    taken = set(TAKEN_IDS)
    contents: list[dict[str, str]] = []

    def with_id(match: re.Match[str]) -> str:
        level, attributes, inner = match.groups()
        text = unescape(strip_tags(inner)).strip()
        anchor = _free(anchor_of(text), taken)
        taken.add(anchor)
        if level == "2" and text:
            contents.append({"id": anchor, "text": text})
        others = ID_ATTRIBUTE.sub("", attributes)
        return f'<h{level} id="{anchor}"{others}>{inner}</h{level}>'

    drawn = HEADING.sub(with_id, html)
    return Body(mark_safe(drawn), contents)  # noqa: S308  blocks escape their values


def anchor_of(heading: str) -> str:
    return pinyin_slug(heading, max_length=60)


def shown(body: Body) -> Body:
    """The body with the sprite's present address in it."""
    html = body.html.replace(f'"{SPRITE}#', f'"{static("answerhall/icons.svg")}#')
    return Body(mark_safe(html), body.contents)  # noqa: S308  replaced by our address


def plain_text(html: str) -> str:
    """The words of a drawn body, for search and descriptions."""
    return " ".join(unescape(strip_tags(html.replace("<", " <"))).split())


def _free(wanted: str, taken: set[str]) -> str:
    anchor, number = wanted, 1
    while anchor in taken:
        number += 1
        anchor = f"{wanted}-{number}"
    return anchor
