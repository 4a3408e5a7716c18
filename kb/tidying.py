"""Markdown of other systems, made ours: no HTML, links that lead here."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from markdownify import markdownify

from common.text import pinyin_slug

# What stands in code is an example: nothing in it is touched.
CODE = re.compile(r"(^(?:```|~~~).*?^(?:```|~~~)[ \t]*$|`[^`\n]+`)", re.DOTALL | re.M)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ANCHOR = re.compile(r"<a\s+(?:id|name)=[^>]*>\s*</a>", re.IGNORECASE)
BLOCK = re.compile(
    r"<(table|div|figure|ul|ol|p|h[1-6]|blockquote)\b[^>]*>.*?</\1>",
    re.DOTALL | re.IGNORECASE,
)
KEY = re.compile(r"<kbd>(.*?)</kbd>", re.IGNORECASE)
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
# {.link-download}, {: .note}, {#anchor}: classes of the other system's templates.
ATTRIBUTES = re.compile(r"\{[.:#][^{}\n]*\}")
PICTURE = re.compile(r"!\[([^\]]*)\]\(\s*([^)\s]+)[^)]*\)")
LINK = re.compile(r"(?<!!)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(\s*([^)\s]+)([^)]*)\)")
# Leavings of wrong conversions, and marks that turn the reading direction around.
UNREADABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
FIRST_HEADING = re.compile(r"\A\s*# +(.+?)\s*#*\s*\n+")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*#*\s*$", re.M)
SAFE = re.compile(r"(?:https?://|mailto:|tel:|/)", re.IGNORECASE)

# The address of the article a link of the other system means; "" if there is none.
Resolver = Callable[[str], str]


@dataclass
class Tidied:
    text: str
    pictures_left_out: int = 0
    # Targets that are no article here, not yet at least.
    unknown_targets: list[str] = field(default_factory=list)


def tidy(source: str, title: str, resolve: Resolver) -> Tidied:
    """Markdown that our renderer shows as its writer meant it."""
    tidied = Tidied("")
    body = UNREADABLE.sub("", source.replace("\r\n", "\n"))
    body = FIRST_HEADING.sub(lambda m: "" if _same(m[1], title) else m[0], body)
    parts = CODE.split(body)
    # Split by one group: what stands in code is at the odd places.
    parts[::2] = [_without_html(part) for part in parts[::2]]
    anchors = {pinyin_slug(heading) for heading in HEADING.findall("".join(parts))}
    parts[::2] = [_linked(part, anchors, resolve, tidied) for part in parts[::2]]
    tidied.text = re.sub(r"\n{3,}", "\n\n", "".join(parts)).strip()
    return tidied


def _same(heading: str, title: str) -> bool:
    return "".join(heading.split()).casefold() == "".join(title.split()).casefold()


def _without_html(text: str) -> str:
    text = ANCHOR.sub("", COMMENT.sub("", text))
    if "<" in text:
        text = BLOCK.sub(_block_as_markdown, text)
        text = KEY.sub(r"`\1`", text)
        text = TAG.sub("", BREAK.sub(" ", text))
    return ATTRIBUTES.sub("", text)


def _block_as_markdown(block: re.Match[str]) -> str:
    written = markdownify(
        block[0],
        heading_style="ATX",
        escape_asterisks=False,
        escape_underscores=False,
        escape_misc=False,
    )
    return f"\n\n{written.strip()}\n\n"


def _linked(text: str, anchors: set[str], resolve: Resolver, tidied: Tidied) -> str:
    def picture(found: re.Match[str]) -> str:
        """Its file did not come along; its description did."""
        if SAFE.match(found[2]):
            return found[0]
        tidied.pictures_left_out += 1
        alt = " ".join(found[1].split())
        return f"*({alt})*" if alt else ""

    def link(found: re.Match[str]) -> str:
        words, target, rest = found[1], found[2], found[3]
        if SAFE.match(target) or target.removeprefix("#") in anchors:
            return found[0]
        if address := resolve(target):
            return f"[{words}]({address}{rest})"
        tidied.unknown_targets.append(target)
        return words

    return LINK.sub(link, PICTURE.sub(picture, text))
